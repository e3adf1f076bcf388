import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Audit, createAudit } from './audit.ts'
import { beginRehearsal } from './rehearsal.ts'
import { runtimeOf } from './runtime.ts'

let home = ''
let audits: Audit[] = []
const opened: object[] = []
const printed: string[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-rehearsal-'))
})
afterEach(async () => {
  for (const audit of audits) await audit.close()
  audits = []
  opened.length = 0
  printed.length = 0
  Reflect.deleteProperty(globalThis, Symbol.for('@trailmark/core/rehearsal/1'))
  rmSync(home, { recursive: true })
})

function open(): Audit {
  const audit = createAudit({
    service: 'clinic',
    dir: join(home, 'data'),
    keysDir: join(home, 'keys'),
    ledger: 'disk',
    operational: 'none',
    signals: false,
    metrics: false,
  })
  audits.push(audit)
  return audit
}

describe('a rehearsal', () => {
  it('keeps records in memory, whatever the options say, and knows the audit', async () => {
    beginRehearsal({ opened: (audit) => void opened.push(audit), print: (line) => void printed.push(line) })
    const audit = open()
    const receipt = audit.record('login_success', { actor: { id: 'usr_1' } })
    await receipt.durable
    expect(opened).toEqual([audit])
    expect(existsSync(join(home, 'data'))).toBe(false)
    expect(existsSync(join(home, 'keys'))).toBe(false)
    runtimeOf(audit).notice('AUDIT_MOUNTED_TWICE', 'twice')
    expect(printed).toContain('trailmark: twice [AUDIT_MOUNTED_TWICE]')
  })

  it('still refuses options that are wrong', () => {
    beginRehearsal({ opened: () => undefined, print: () => undefined })
    expect(() => createAudit({ ledger: 'paper' as never })).toThrow(/ledger/)
  })

  it('is nothing that a process finds by itself', () => {
    open()
    expect(opened).toEqual([])
    expect(existsSync(join(home, 'data'))).toBe(true)
  })
})
