/**
 * A process that meets new people all the time is killed at a random moment, again and again: between the slot of a key and
 * its birth, between the birth and the records. No record may be left whose key, or whose key's birth, is missing, and
 * nothing acknowledged may be lost. TRAILMARK_KILLS sets the number of rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@trailmark/keys'
import { expect, it } from 'vitest'
import { readLeft, recordAndDie } from '../../packages/core/src/killed-keys.fixture.ts'

const rounds = Number(process.env['TRAILMARK_KILLS'] ?? 120)

it(`survives ${rounds} kills: no record without its key, nothing acknowledged missing`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-kill-keys-'))
  try {
    const promised = new Set<string>()
    for (let round = 0; round < rounds; round++) {
      const together = [1, 8, 64][round % 3] ?? 1
      for (const id of await recordAndDie(dir, round * 1_000_000, together, Math.floor(Math.random() * 200)))
        promised.add(id)
      // Now and then what the dead left is taken over and wrapped anew.
      if (round % 10 === 9) await openKeys({ dir: join(dir, 'keys') }).subjects?.rotateKek()
      if (round % 5 !== 4 && round !== rounds - 1) continue
      const left = readLeft(dir)
      expect([left.broken, left.clear], `round ${round}`).toEqual([[], []])
      expect(
        [...promised].filter((id) => !left.ids.has(id)),
        `round ${round}`,
      ).toEqual([])
    }
    expect(promised.size).toBeGreaterThan(rounds)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}, 1_200_000)
