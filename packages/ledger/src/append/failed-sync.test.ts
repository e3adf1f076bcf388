/**
 * A sync that fails as Linux lets it fail: some sectors were written, others not, and the system takes all of them for
 * written. Whoever syncs again is told that all is well, and the next loss of power shows that it is not.
 */
import { describe, expect, it } from 'vitest'
import { expectSurvived } from '../crash-image.fixture.ts'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { Life, promisedBy, stories } from '../life.fixture.ts'
import type { MemoryDisk } from '../memory-disk.fixture.ts'
import { seeded, seededLoss } from '../seeded.fixture.ts'

/** Lives in which the sync number `index` fails; also every `truncate` behind it, if wanted. False when there are fewer. */
async function failSync(
  name: keyof typeof stories,
  index: number,
  seed: number,
  cutsFail: boolean,
): Promise<{ memory: MemoryDisk; life: Life } | undefined> {
  const story = stories[name]
  const memory = await story.begin()
  let syncs = 0
  memory.pick = seeded(seed)
  memory.failsSync = () => syncs++ === index
  const disk = new FaultDisk((call) => {
    return cutsFail && syncs > index && call.name.endsWith('truncate') ? 'before' : undefined
  }, memory)
  const life = new Life()
  await story.live(disk, life).catch(() => {})
  memory.failsSync = () => false
  return syncs > index ? { memory, life } : undefined
}

describe.each(['birth', 'written', 'takeover'] as const)('in the life of a ledger (%s), a failed sync', (name) => {
  it.each([false, true])('promises nothing it cannot keep, also when nothing can be cut off (%s)', async (cutsFail) => {
    let failed = 0
    for (let index = 0; ; index++) {
      const lived = await failSync(name, index, index, cutsFail)
      if (!lived) break
      failed++
      const { memory, life } = lived
      expect(life.open, `sync ${index}`).toEqual([])
      const promised = promisedBy(stories[name], life)
      const allowed = { writers: 4, mayDouble: cutsFail }
      for (let seed = 0; seed < 3; seed++) {
        const thenLosesPower = seededLoss(seed + 7)
        expectSurvived(memory.killed(), promised, `sync ${index}, restart`, { ...allowed, thenLosesPower })
        expectSurvived(memory.afterPowerLoss(seededLoss(seed)), promised, `sync ${index}, power loss`, allowed)
      }
    }
    expect(failed).toBeGreaterThan(10)
  })
})
