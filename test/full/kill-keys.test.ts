/**
 * A process that meets new people all the time is killed at a random moment, again and again: between the slot of a key and
 * its birth, between the birth and the records. No record may be left whose key, or whose key's birth, is missing, and
 * nothing acknowledged may be lost. TRAILMARK_KEY_KILLS sets the number of rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@trailmark/keys'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readLeft, recordAndDie } from '../../packages/core/src/killed-keys.fixture.ts'
import { fillCompileCache } from './compile-cache.ts'

const rounds = Number(process.env['TRAILMARK_KEY_KILLS'] ?? 120)
/** Trails side by side: most of a round is the start of a process, and each look reads all that its trail holds. */
const lanes = 2 * Math.min(4, availableParallelism())

let place: string
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'trailmark-kill-keys-'))
  // Half of each start would be spent on reading our sources.
  vi.stubEnv('NODE_COMPILE_CACHE', join(place, 'cache'))
  await fillCompileCache(join(place, 'cache'), 'packages/core/src/audit.ts')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(place, { recursive: true, force: true })
})

async function runLane(dir: string, count: number): Promise<number> {
  const promised = new Set<string>()
  for (let round = 0; round < count; round++) {
    const together = [1, 8, 64][round % 3] ?? 1
    const afterMs = Math.floor(Math.random() * 200)
    // Every second one keeps a promise first, however busy the machine is.
    const ids = await recordAndDie(dir, round * 1_000_000, together, afterMs, round % 2 === 0 ? 'promise' : 'open')
    for (const id of ids) promised.add(id)
    // Now and then what the dead left is taken over and wrapped anew.
    if (round % 10 === 9) await openKeys({ dir: join(dir, 'keys') }).subjects?.rotateKek()
    if (round % 5 !== 4 && round !== count - 1) continue
    const left = readLeft(dir)
    expect([left.broken, left.clear], `round ${round}`).toEqual([[], []])
    expect(
      [...promised].filter((id) => !left.ids.has(id)),
      `round ${round}`,
    ).toEqual([])
  }
  return promised.size
}

it(`survives ${rounds} kills: no record without its key, nothing acknowledged missing`, async () => {
  const all = Array.from({ length: lanes }, (_, lane) => {
    return runLane(join(place, `lane ${lane}`), Math.floor(rounds / lanes) + (lane < rounds % lanes ? 1 : 0))
  })
  const settled = await Promise.allSettled(all)
  expect(settled.filter((one) => one.status === 'rejected')).toEqual([])
  const promised = settled.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0)
  expect(promised).toBeGreaterThanOrEqual(rounds / 2)
}, 1_200_000)
