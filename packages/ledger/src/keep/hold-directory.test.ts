import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatLock } from '../lock-text.ts'
import { holdDirectory } from './hold-directory.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-hold-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('a directory that is held', () => {
  it('is refused to a second holder until the first lets go', async () => {
    const first = holdDirectory(dir)
    expect(first.isOurs()).toBe(true)
    expect(() => holdDirectory(dir)).toThrow(expect.objectContaining({ code: 'LEDGER_HELD' }))
    await first.release()
    expect(first.isOurs()).toBe(false)
    await holdDirectory(dir).release()
  })

  it('stays with a holder elsewhere that was heard of a moment ago', () => {
    const elsewhere = { host: 'elsewhere', boot: '', pidNamespace: '', pid: 1, start: '', token: 'x', ack: 'durable' }
    writeFileSync(join(dir, 'LOCK'), formatLock({ ...elsewhere, heartbeat: Date.now() }))
    expect(() => holdDirectory(dir)).toThrow(expect.objectContaining({ code: 'LEDGER_HELD' }))
  })

  it('is let go twice without harm to the next holder', async () => {
    const first = holdDirectory(dir)
    await first.release()
    const second = holdDirectory(dir)
    await first.release()
    expect(() => holdDirectory(dir)).toThrow(expect.objectContaining({ code: 'LEDGER_HELD' }))
    expect(second.isOurs()).toBe(true)
    await second.release()
  })
})
