import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Anchor, LedgerError } from '@trailmark/ledger'
import { fileAnchor } from '@trailmark/ledger/anchors'
import { verify } from '@trailmark/ledger/verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Audit, openAudit } from './audit.ts'
import type { AuditOptions } from './options.ts'

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-anchors-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

interface Opened {
  readonly audit: Audit
  readonly printed: string[]
}

function open(root: string, anchors: readonly Anchor[], rest: AuditOptions = {}): Opened {
  const printed: string[] = []
  const options = {
    service: 'clinic',
    dir: join(root, 'data'),
    keysDir: join(root, 'keys'),
    anchors,
    anchorEveryMs: 1_000,
  }
  const audit = openAudit(
    { ...options, operational: 'none', signals: false, ...rest },
    { print: (line) => printed.push(line) },
  )
  return { audit, printed }
}

/** Asks until it is so; the test's own time limit ends it otherwise. */
async function until<T>(ask: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = ask()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function recordsIn(root: string, stream: string): { event_type: string; reason?: string; metadata?: object }[] {
  const dir = join(root, 'data', 'clinic', stream)
  return readdirSync(dir).flatMap((writer) =>
    readdirSync(join(dir, writer, 'seg'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        readFileSync(join(dir, writer, 'seg', name), 'utf8')
          .trimEnd()
          .split('\n'),
      )
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  )
}

describe('an audit with anchors', () => {
  it('is not called weak for want of one, and says what they have', async () => {
    const root = temporary()
    const other = temporary()
    const { audit } = open(root, [fileAnchor({ path: other })])
    audit.record('login_failure', { reason: 'invalid_password' })
    expect(audit.health().weak).not.toContain('no_anchor')
    const anchoring = await until(() => {
      const { anchoring } = audit.health()
      return anchoring?.anchors[0]?.time !== undefined && anchoring
    })
    expect(anchoring).toMatchObject({ role: 'holder', anchors: [{ name: 'file' }], alarms: [] })
    await audit.close()
    expect(audit.health().anchoring).toMatchObject({ role: 'stopped' })
    expect(audit.health().anchoring?.unanchored).toBeUndefined()
    // What was signed at the end is anchored as well.
    const [held = ''] = readdirSync(other)
    const [log = ''] = readdirSync(join(root, 'data', 'clinic', 'anchor.long'))
    const newest = readFileSync(join(root, 'data', 'clinic', 'anchor.long', log, 'checkpoint'), 'utf8')
    expect(readFileSync(join(other, held), 'utf8')).toContain(newest)
    const report = await verify(join(root, 'data'))
    expect(report.ok).toBe(true)
    const lines = readFileSync(join(root, 'data', 'clinic', 'anchor.long', log, 'seg', '000000000000.jsonl'), 'utf8')
    for (const stream of report.streams.filter(({ stream }) => stream !== 'anchor'))
      expect(lines).toContain(`${stream.origin}\\n${stream.checkpoint?.size}\\n`)
  })

  it('without any is weak, and has nothing to say of anchoring', async () => {
    const root = temporary()
    const { audit } = open(root, [])
    expect(audit.health().weak).toContain('no_anchor')
    expect(audit.health().anchoring).toBeUndefined()
    await audit.close()
  })

  it('goes on recording while an anchor never answers, and tells of it', async () => {
    const root = temporary()
    const dead: Anchor = {
      name: 'dead',
      publish: async () => {
        throw new LedgerError('LEDGER_ANCHOR_UNREACHABLE', 'dead: no route')
      },
    }
    const silent: Anchor = { name: 'silent', publish: () => new Promise(() => {}) }
    const { audit, printed } = open(root, [dead, silent])
    await until(() => audit.health().anchoring?.anchors[0]?.failure)
    await audit.record('login_failure', { reason: 'invalid_password' }).durable
    expect(audit.ready()).toEqual({ ready: true, reasons: [] })
    expect(audit.health()).toMatchObject({ status: 'ok', anchoring: { unanchored: 0 } })
    expect(printed.join('\n')).toContain('LEDGER_ANCHOR_UNREACHABLE anchor-dead')
    await audit.close()
    const told = recordsIn(root, 'audit.standard').filter((one) => one.event_type === 'audit_sink_failed')
    expect(told).toContainEqual(expect.objectContaining({ reason: 'unreachable', metadata: { sink: 'anchor-dead' } }))
    expect((await verify(join(root, 'data'))).ok).toBe(true)
  })

  it('that was put back to an older state is loud about it', async () => {
    const root = temporary()
    const other = temporary()
    const first = open(root, [fileAnchor({ path: other })])
    await until(() => first.audit.health().anchoring?.anchors[0]?.time)
    await first.audit.close()
    const older = temporary()
    cpSync(join(root, 'data'), older, { recursive: true })
    const second = open(root, [fileAnchor({ path: other })])
    for (let i = 0; i < 5; i++) await second.audit.record('login_failure', { reason: 'invalid_password' }).durable
    const before = first.audit.health().anchoring?.size ?? 0
    await until(() => (second.audit.health().anchoring?.anchors[0]?.size ?? 0) > before + 1)
    await second.audit.close()
    rmSync(join(root, 'data'), { recursive: true })
    mkdirSync(join(root, 'data'))
    cpSync(older, join(root, 'data'), { recursive: true })
    const third = open(root, [fileAnchor({ path: other })])
    await until(() => third.audit.health().status === 'degraded')
    expect(third.audit.health().anchoring).toMatchObject({ alarms: ['rollback file'] })
    expect(third.printed.join('\n')).toContain('LEDGER_ANCHOR_ROLLBACK file')
    await third.audit.close()
    const told = recordsIn(root, 'audit.long').filter((one) => one.event_type === 'audit_integrity_failed')
    expect(told).toMatchObject([{ reason: 'rewound', outcome: 'failure', metadata: { verifier: 'anchor-file' } }])
  })

  it('refuses options that cannot be, and says so where its ledgers are in memory', async () => {
    const root = temporary()
    const bad: readonly AuditOptions[] = [
      { anchorEveryMs: 10 },
      { anchors: [fileAnchor({ path: root }), fileAnchor({ path: root })] },
    ]
    for (const rest of bad)
      expect(() => open(root, [], rest)).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
    const { audit, printed } = open(root, [fileAnchor({ path: root })], { ledger: 'memory' })
    expect(audit.health().weak).toContain('no_anchor')
    expect(printed.join('\n')).toContain('ANCHORS_IDLE')
    await audit.close()
  })
})
