/**
 * Every disk call of a life with two sealings fails, once before it takes effect and once after; the process goes on, or dies
 * there. Each time nothing acknowledged is lost, and the next opening leaves every finished segment with a sound seal.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FaultDisk, type Verdict } from '../../packages/ledger/src/fault-disk.fixture.ts'
import { allIds, killHolders, laterClock, openTest } from '../../packages/ledger/src/ledger.fixture.ts'
import type { Ledger } from '../../packages/ledger/src/ledger.ts'
import { MemoryDisk } from '../../packages/ledger/src/memory-disk.fixture.ts'
import { seededLoss } from '../../packages/ledger/src/seeded.fixture.ts'
import { verify } from '../../packages/ledger/src/verify.ts'

let place: string
beforeEach(() => {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  place = mkdtempSync(join(parent, 'trailmark-sealing-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

async function live(root: string, disk: FaultDisk, acknowledged: string[]): Promise<void> {
  let ledger: Ledger = openTest(root, {
    disk,
    onFact(fact) {
      if (fact.kind !== 'failed' || disk.isDead) return
      const failed = ledger
      ledger = openTest(root, { disk })
      ledger.adopt(failed.takeUnacknowledged(), (body) => body)
      failed.closeSync()
    },
  })
  const give = (id: string): Promise<void> =>
    ledger.append(`"id":"${id}"`).durable.then(() => void acknowledged.push(id))
  for (const id of ['a', 'b']) {
    await disk.untilDead(give(id))
    // It is tried again later when it fails, which is not waited for here.
    const sealing = ledger.seal().catch(() => {})
    await disk.untilDead(Promise.race([sealing, sleep(30)]))
  }
  await disk.untilDead(give('c'))
  await disk.untilDead(ledger.close())
}

async function expectSealed(root: string, acknowledged: readonly string[], what: string): Promise<void> {
  killHolders(root)
  // A writer that was refused, or left for good, is sealed when it is opened again, if ever.
  const ledger = openTest(root, { clock: laterClock })
  const unsealed = (): string[] => {
    const names = readdirSync(join(ledger.dir, 'seg'))
    const finished = names.filter((name) => name.endsWith('.jsonl')).slice(0, -1)
    return finished.filter((name) => !names.includes(name.replace('.jsonl', '.seal')))
  }
  for (let i = 0; i < 500 && unsealed().length > 0; i++) await sleep(4)
  expect(unsealed(), what).toEqual([])
  await ledger.close()
  const ids = await allIds(root)
  expect(new Set(ids).size, `${what}: doubled in ${ids}`).toBe(ids.length)
  expect(
    acknowledged.filter((id) => !ids.includes(id)),
    `${what}: lost`,
  ).toEqual([])
  const report = await verify(root)
  expect(
    report.streams.flatMap((one) => one.integrity.breaks),
    what,
  ).toEqual([])
}

/** Several lives side by side: what they wait for is mostly timers. */
async function beside(calls: number, check: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < calls) await check(next++)
  }
  await Promise.all(Array.from({ length: 16 }, lane))
}

async function countCalls(): Promise<number> {
  const root = join(place, 'count')
  const disk = new FaultDisk()
  const acknowledged: string[] = []
  await live(root, disk, acknowledged)
  expect(acknowledged).toEqual(['a', 'b', 'c'])
  expect(disk.calls.filter(({ name, path }) => name === 'later.rename' && path.endsWith('.seal'))).toHaveLength(2)
  rmSync(root, { recursive: true })
  return disk.calls.length
}

describe.each(['before', 'after'] as const)(
  'a disk call that fails %s it takes effect, while segments are sealed',
  (when) => {
    it('and ends the process leaves nothing that the next opening does not put right', {
      timeout: 120_000,
    }, async () => {
      const calls = await countCalls()
      await beside(calls, async (index) => {
        const memory = new MemoryDisk()
        const disk: FaultDisk = new FaultDisk((call): Verdict => {
          if (call.index !== index) return undefined
          disk.die()
          return when
        }, memory)
        memory.makeDirectory('/life')
        const acknowledged: string[] = []
        await live('/life', disk, acknowledged).catch(() => {}) // it died, as it should
        const what = `call ${index}, ${disk.calls[index]?.name} ${disk.calls[index]?.path}`
        const left = join(place, `left ${index}`)
        for (const [how, after] of [
          ['killed', memory.killed()],
          ['without power', memory.afterPowerLoss(seededLoss(index))],
        ] as const) {
          mkdirSync(left)
          if (after.findFacts('/life')) after.materialise('/life', left)
          await expectSealed(left, acknowledged, `${what}, ${how}`)
          rmSync(left, { recursive: true })
        }
      })
    })

    it('and lets the process go on is made good by it or by the next', { timeout: 120_000 }, async () => {
      const calls = await countCalls()
      await beside(calls, async (index) => {
        const root = join(place, `life ${index}`)
        const disk = new FaultDisk((call) => (call.index === index ? when : undefined))
        const acknowledged: string[] = []
        await live(root, disk, acknowledged).catch(() => {}) // an opening may fail; that is an answer too
        mkdirSync(root, { recursive: true })
        const what = `call ${index}, ${disk.calls[index]?.name} ${disk.calls[index]?.path.slice(root.length)}`
        await expectSealed(root, acknowledged, what)
        rmSync(root, { recursive: true })
      })
    })
  },
)
