import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Audit, createAudit } from '@trailmark/core'
import { findStreams, readEntries } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'

let home = ''
let audit: Audit

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-seal-'))
  audit = createAudit({
    service: 'clinic',
    dir: join(home, 'data'),
    keysDir: join(home, 'keys'),
    ledger: 'disk',
    operational: 'none',
    signals: false,
  })
})
afterEach(async () => {
  await audit.close()
  await rm(home, { recursive: true, force: true })
})

async function trailmark(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { TRAILMARK_DIR: join(home, 'data'), TRAILMARK_KEYS_DIR: join(home, 'keys') }
  const { terminal, printed } = recordingTerminal(home, Date.now(), env)
  const code = await run(['seal', ...args], terminal)
  return { code, ...printed() }
}

async function recorded(): Promise<string[]> {
  const lines: string[] = []
  for (const stream of await findStreams(join(home, 'data')))
    for await (const { line } of readEntries(stream)) lines.push(line)
  return lines
}

describe('trailmark seal', () => {
  it('seals what a running service recorded, while it goes on, and leaves that on record', async () => {
    await audit.record('login_success', { actor: { id: 'usr_1' } }).durable
    const { code, out } = await trailmark('--json')
    await audit.record('login_success', { actor: { id: 'usr_2' } }).durable
    expect(code).toBe(0)
    const { ok, ledgers }: { ok: boolean; ledgers: { stream: string; sealed?: { first: number } }[] } = JSON.parse(out)
    expect(ok).toBe(true)
    expect(ledgers.length).toBeGreaterThanOrEqual(2)
    expect(ledgers.map(({ sealed }) => sealed?.first)).toEqual(ledgers.map(() => 0))
    await audit.flush()
    const rotated = (await recorded()).filter((line) => line.includes('"event_type":"log_rotated"'))
    expect(rotated).toHaveLength(ledgers.length)
    expect(rotated[0]).toContain('"reason":"request"')
    await audit.close()
    expect((await verify(join(home, 'data'))).ok).toBe(true)
  })

  it('says so in words, one line for each ledger', async () => {
    const { code, out } = await trailmark(join(home, 'data', 'clinic'))
    expect(code).toBe(0)
    expect(out).toMatch(
      /^clinic {2}audit\.standard {2}w-[0-9a-f]{12} {2}sealed seg\/000000000000\.jsonl, entries 0 to \d+ {2}sha256 [0-9a-f]{64}$/m,
    )
    expect(out).toMatch(/^sealed (\d) of \1 ledgers/m)
  })

  it('finds nobody to ask when no process writes', async () => {
    await audit.close()
    const { code, err } = await trailmark()
    expect(code).toBe(3)
    expect(err).toContain('CLI_NOT_FOUND')
  })
})
