/**
 * Crashes of a ledger on a disk in memory, in full numbers. The model of that disk, and the same in small numbers, stand in
 * the package; here it is every byte, every call, and twenty thousand losses of power.
 */
import { expect, it } from 'vitest'
import { images } from '../../packages/ledger/src/torn-tail.fixture.ts'
import { onAllCores } from './both-cores.ts'
import type { Share } from './ledger-crash.worker.ts'

const worker = new URL('./ledger-crash.worker.ts', import.meta.url)
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

it('20,000 patterns of sectors and names that a loss of power leaves cost nothing acknowledged', async () => {
  const shares = images.flatMap((_, image) =>
    [0, 1].map((half): Share => ({ kind: 'holes', image, from: half * 2500, count: 2500 })),
  )
  expect(sum(await onAllCores<number>(worker, shares))).toBe(20_000)
})

it('a tail of 64 KiB cut off at each of its bytes costs nothing acknowledged', async () => {
  const shares = [0, 1, 2, 3].map((from): Share => ({ kind: 'cuts', image: 1, from, step: 4 }))
  expect(sum(await onAllCores<number>(worker, shares))).toBeGreaterThanOrEqual(65_536)
})

it('a disk call that fails, each once before and once after it took effect, costs nothing acknowledged', async () => {
  const shares = (['birth', 'written', 'collecting', 'sealing', 'takeover'] as const).flatMap((story) =>
    (['before', 'after'] as const).map((when): Share => ({ kind: 'calls', story, when, losses: 4 })),
  )
  expect(sum(await onAllCores<number>(worker, shares))).toBeGreaterThan(900)
})
