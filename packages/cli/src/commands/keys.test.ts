import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@trailmark/keys'
import { query, type StoredRecord } from '@trailmark/query'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-keys-cli-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const at = (day: string) => Date.parse(`${day}T12:00:00Z`)
const makeKeys = (nowMs: number) => openKeys({ dir: join(home, '.trailmark-keys'), clock: { now: () => nowMs } })

async function trailmark(nowMs: number, ...args: string[]) {
  const { terminal, printed } = recordingTerminal(home, nowMs)
  const code = await run(['keys', ...args], terminal)
  return { code, ...printed() }
}

async function changes(): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  const filter = { types: ['key_rotated', 'key_destroyed'] }
  for await (const one of query(join(home, '.trailmark'), filter)) found.push(one)
  return found
}

describe('trailmark keys token', () => {
  it('rotates, says what changed, and has it on record before and after', async () => {
    const before = makeKeys(at('2026-01-15')).tokens.current('stable', 0).kid
    const { code, out } = await trailmark(at('2026-01-15'), 'token', 'rotate', '--reason', 'compromised', '--json')
    const { previous, current } = JSON.parse(out)
    expect([code, previous]).toEqual([0, before])
    const [attempt, result] = await changes()
    expect([attempt?.phase, result?.phase]).toEqual(['attempt', 'result'])
    expect(result).toMatchObject({ reason: 'compromised', metadata: { key_id: current, previous_key_id: previous } })
    expect(result?.operation_id).toBe(attempt?.operation_id)
  })

  it('destroys what is due and nothing else', async () => {
    makeKeys(at('2026-01-15'))
    makeKeys(at('2026-06-15'))
    const january = openKeys({ dir: join(home, '.trailmark-keys'), create: false })
      .tokens.all('monthly')
      .at(-1)
    const first = await trailmark(at('2026-06-15'), 'token', 'expire')
    expect([first.code, first.out]).toEqual([0, expect.stringContaining(`destroyed ${january?.kid}`)])
    expect(readdirSync(join(home, '.trailmark-keys'))).not.toContain('monthly-2026-01.key')
    expect((await trailmark(at('2026-06-15'), 'token', 'expire')).out).toContain('no monthly key is due')
    expect((await changes()).map((one) => [one.event_type, one.phase])).toEqual([
      ['key_destroyed', 'attempt'],
      ['key_destroyed', 'result'],
    ])
  })

  it('changes nothing when it cannot be recorded', async () => {
    makeKeys(at('2026-01-15'))
    const { terminal, printed } = recordingTerminal(home, at('2026-01-15'), { TRAILMARK_DIR: '/proc/no-such-place' })
    expect(await run(['keys', 'token', 'rotate'], terminal)).toBe(3)
    expect(printed().err).toContain('CLI_NOT_RECORDED')
    expect(readdirSync(join(home, '.trailmark-keys'))).not.toContain('stable-000002.key')
  })

  it('lists keys without a trail', async () => {
    makeKeys(at('2026-01-15'))
    const { code, out } = await trailmark(at('2026-01-15'), 'token', 'list')
    expect([code, out]).toEqual([0, expect.stringMatching(/stable +2026-01-15 {2}makes new tokens/)])
    expect(readdirSync(home)).toEqual(['.trailmark-keys'])
  })

  it('answers a wrong word with what there is', async () => {
    for (const args of [
      [],
      ['token'],
      ['token', 'burn'],
      ['log'],
      ['log', 'expire'],
      ['epochs', 'burn'],
      ['token', 'rotate', '--reason', 'fun'],
    ])
      expect((await trailmark(0, ...args)).code, args.join(' ')).toBe(2)
  })
})

describe('trailmark keys log', () => {
  it('rotates: ledgers go on under the new key, the old one verifies them, and both sides are on record', async () => {
    const keysDir = join(home, '.trailmark-keys')
    const first = Buffer.from(makeKeys(at('2026-01-15')).log.publicKey).toString('base64')
    const { code, out } = await trailmark(at('2026-01-15'), 'log', 'rotate', '--reason', 'compromised', '--json')
    const { previous, current } = JSON.parse(out)
    expect([code, previous]).toEqual([0, first])
    expect((await changes()).map((one) => [one.event_type, one.phase, one.metadata?.purpose])).toEqual([
      ['key_rotated', 'attempt', 'signing'],
      ['key_rotated', 'result', 'signing'],
    ])
    // The second rotation is recorded in the ledger that the first one began.
    expect((await trailmark(at('2026-01-16'), 'log', 'rotate')).out).toContain(`${current} is destroyed`)
    expect(readdirSync(keysDir).filter((name) => name.startsWith('log'))).toEqual([
      'log-000001.note',
      'log-000002.note',
      'log.pem',
    ])
    const { terminal, printed } = recordingTerminal(home, at('2026-01-16'))
    expect(await run(['verify', '--key', first], terminal), printed().out).toBe(0)
    const list = await trailmark(at('2026-01-16'), 'log', 'list')
    expect(list.out.split('\n').slice(1, 4)).toEqual([
      expect.stringContaining('signs checkpoints'),
      expect.stringMatching(new RegExp(`^${current.replaceAll('+', '\\+')} +2026-01-15 +destroyed`)),
      expect.stringContaining(first),
    ])
  })

  it('lists the epochs under way by writer', async () => {
    makeKeys(at('2026-01-15'))
    await trailmark(at('2026-01-15'), 'token', 'rotate')
    const { code, out } = await trailmark(at('2026-01-15'), 'epochs')
    expect([code, out]).toEqual([0, expect.stringMatching(/audit +w-[0-9a-f]{12} +\d{4}-/)])
  })
})
