/**
 * Every disk call of a life with two turns of an epoch fails, once before it takes effect and once after, and ends the process.
 * Each time the ledger opens again with the keys there are, in the same directory, and verifies.
 */
import { describe, expect, it } from 'vitest'
import { forgetHolders, memoryRoot, minuteAhead, openInMemory } from '../../packages/ledger/src/crash-image.fixture.ts'
import { TestKeeper } from '../../packages/ledger/src/epoch-keeper.fixture.ts'
import { FaultDisk, type Verdict } from '../../packages/ledger/src/fault-disk.fixture.ts'
import { allIds, temporaryDirectory } from '../../packages/ledger/src/ledger.fixture.ts'
import { MemoryDisk } from '../../packages/ledger/src/memory-disk.fixture.ts'
import { seededLoss } from '../../packages/ledger/src/seeded.fixture.ts'
import { verify } from '../../packages/ledger/src/verify.ts'

const hour = 3_600_000

/** Opens, lets an epoch end while it is open and one before it is opened again. */
async function live(disk: FaultDisk, keeper: TestKeeper, acknowledged: string[]): Promise<void> {
  let aheadMs = 0
  const clock = { now: () => minuteAhead.now() + aheadMs }
  const open = () => openInMemory(disk, { clock, epochs: keeper })
  let ledger = open()
  const give = (id: string) => ledger.append(`"id":"${id}"`).durable.then(() => void acknowledged.push(id))
  await disk.untilDead(give('a'))
  aheadMs += hour
  await disk.untilDead(give('b'))
  await disk.untilDead(ledger.close())
  aheadMs += hour
  ledger = open()
  await disk.untilDead(give('c'))
  ledger.closeSync()
}

async function expectGoesOn(disk: MemoryDisk, keeper: TestKeeper, acknowledged: readonly string[], what: string) {
  forgetHolders(disk)
  // A clock hours on: the epoch ends at this opening, with whatever keys were left.
  const ledger = openInMemory(disk, { epochs: keeper, clock: { now: () => Date.now() + 4 * hour } })
  expect(ledger.opening.refused, what).toEqual([])
  ledger.append('"id":"after"')
  await ledger.close()
  expect(keeper.keys.get(ledger.origin), what).toHaveLength(1)
  const root = temporaryDirectory()
  disk.materialise(memoryRoot, root)
  const { streams } = await verify(root)
  expect(
    streams.flatMap(({ integrity }) => integrity.breaks),
    what,
  ).toEqual([])
  const ids = await allIds(root)
  for (const id of acknowledged) expect(ids, what).toContain(id)
}

describe.each(['before', 'after'] as const)('a process that dies in an epoch, %s a disk call takes effect', (when) => {
  it('leaves a ledger that opens and verifies, with and without the page cache', { timeout: 300_000 }, async () => {
    const whole = new FaultDisk(undefined, new MemoryDisk())
    const kept = new TestKeeper()
    await live(whole, kept, [])
    expect(kept.destroyed).toBe(2)
    for (let index = 0; index < whole.calls.length; index++) {
      const memory = new MemoryDisk()
      const disk: FaultDisk = new FaultDisk((call): Verdict => {
        if (call.index !== index) return undefined
        disk.die()
        return when
      }, memory)
      const keeper = new TestKeeper()
      const acknowledged: string[] = []
      await live(disk, keeper, acknowledged).catch(() => {}) // it died, as it should
      const what = `call ${index}, ${disk.calls[index]?.name} ${disk.calls[index]?.path}`
      await expectGoesOn(memory.killed(), keeper.copy(), acknowledged, `${what}, killed`)
      for (const pick of [() => 0, seededLoss(index)])
        await expectGoesOn(memory.afterPowerLoss(pick), keeper.copy(), acknowledged, `${what}, without power`)
    }
  })
})
