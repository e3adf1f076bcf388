import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KeysError } from './errors.ts'
import { openKeys } from './open.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-keys-'))
  chmodSync(dir, 0o700)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const january = Date.parse('2026-01-31T23:59:59.999Z')
const february = Date.parse('2026-02-01T00:00:00.000Z')

function clockAt(ms: number) {
  const clock = { ms, now: () => clock.ms }
  return clock
}

test('a new month begins with the old key and goes on with its own, which by then is on disk', async () => {
  const clock = clockAt(january)
  const { tokens } = openKeys({ dir, clock })
  const old = tokens.current('monthly', january)
  clock.ms = february
  // The very first token of the month waits for nothing: its key is the one that is safely on disk.
  expect(tokens.current('monthly', february)).toBe(old)
  expect(readdirSync(dir)).not.toContain('monthly-2026-02.key')
  await vi.waitFor(() => expect(tokens.current('monthly', february).kid).not.toBe(old.kid))
  const made = tokens.current('monthly', february)
  expect(openKeys({ dir, clock }).tokens.current('monthly', february).kid).toBe(made.kid)
  expect(tokens.all('monthly').map(({ kid }) => kid)).toEqual([made.kid, old.kid])
  expect(tokens.current('monthly', january)).toBe(old)
})

test('processes that meet a new month together end up with one key', async () => {
  const clock = clockAt(january)
  const all = Array.from({ length: 3 }, () => openKeys({ dir, clock }).tokens)
  const old = all[0]?.current('monthly', january).kid
  clock.ms = february
  await vi.waitFor(() => {
    for (const tokens of all) expect(tokens.current('monthly', february).kid).not.toBe(old)
  })
  expect(new Set(all.map((tokens) => tokens.current('monthly', february).kid)).size).toBe(1)
})

test('times that callers tell make no keys', async () => {
  const { tokens } = openKeys({ dir, clock: clockAt(january) })
  const now = tokens.current('monthly', january)
  for (const told of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15, Date.parse('2031-05-05'), february]) {
    expect(tokens.current('monthly', told)).toBe(now)
  }
  await new Promise((done) => setTimeout(done, 20))
  expect(readdirSync(dir).filter((name) => name.startsWith('monthly-'))).toEqual(['monthly-2026-01.key'])
})

test('a month whose key cannot be made goes on with the old key, and somebody is told', async () => {
  const clock = clockAt(january)
  const problems: KeysError[] = []
  const onProblem = (error: KeysError) => {
    problems.push(error)
    throw new Error('the one who was told fails too')
  }
  const { tokens } = openKeys({ dir, clock, onProblem })
  const old = tokens.current('monthly', january)
  rmSync(dir, { recursive: true })
  clock.ms = february
  expect(tokens.current('monthly', february)).toBe(old)
  await vi.waitFor(() => expect(problems).toHaveLength(1))
  expect(problems[0]?.code).toBe('KEYS_DIR_UNUSABLE')
  expect(problems[0]?.message).toContain('monthly-2026-02.key')
  expect(tokens.current('monthly', february)).toBe(old)
})

test('a destroyed month is no longer looked up, and an older process finds keys that others made', () => {
  const clock = clockAt(january)
  const { tokens } = openKeys({ dir, clock })
  const old = tokens.current('monthly', january).kid
  clock.ms = february
  openKeys({ dir, clock })
  const [made, ...rest] = tokens.all('monthly').map(({ kid }) => kid)
  expect(made).not.toBe(old)
  expect(rest).toEqual([old])
  rmSync(join(dir, 'monthly-2026-01.key'))
  expect(tokens.all('monthly').map(({ kid }) => kid)).toEqual([made])
  expect(tokens.current('monthly', january).kid).toBe(made)
})

test('a key removed while in use stays in use, and somebody is told', () => {
  const problems: KeysError[] = []
  const { tokens } = openKeys({ dir, clock: clockAt(january), onProblem: (error) => problems.push(error) })
  const [stable, monthly] = [tokens.current('stable', january), tokens.current('monthly', january)]
  rmSync(join(dir, 'stable-000001.key'))
  rmSync(join(dir, 'monthly-2026-01.key'))
  expect(tokens.all('stable')).toEqual([stable])
  expect(tokens.all('monthly')).toEqual([monthly])
  expect(problems.map(({ code }) => code)).toEqual(['KEYS_DIR_UNUSABLE', 'KEYS_DIR_UNUSABLE'])
})

test('a damaged key that appears later is told and left out of look-ups', () => {
  const problems: KeysError[] = []
  const { tokens } = openKeys({ dir, clock: clockAt(january), onProblem: (error) => problems.push(error) })
  const before = tokens.all('monthly')
  writeFileSync(join(dir, 'monthly-2025-12.key'), 'short', { mode: 0o600 })
  expect(tokens.all('monthly')).toEqual(before)
  expect(problems[0]?.code).toBe('KEYS_FILE_INVALID')
})
