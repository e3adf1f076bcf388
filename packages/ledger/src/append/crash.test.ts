/**
 * Every disk call of a short life fails, once before it takes effect and once after. Either the process dies there, with or
 * without what the page cache held, or it goes on. Each time the log opens again with every acknowledged entry, each once.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FaultDisk, type Verdict } from '../fault-disk.fixture.ts'
import { allIds, killHolders, laterClock, openTest } from '../ledger.fixture.ts'
import type { Ledger } from '../ledger.ts'
import { verify } from '../verify.ts'

let place: string
beforeEach(() => {
  // A file system in memory, where there is one: thousands of syncs, and the faults are ours either way.
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  place = mkdtempSync(join(parent, 'trailmark-crash-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

interface Life {
  readonly acknowledged: string[]
  readonly given: string[]
}

/** Opens, appends in batches, begins a second segment, closes, opens again, appends, ends. */
async function live(root: string, disk: FaultDisk, life: Life): Promise<void> {
  let ahead = 0
  const clock = { now: () => Date.now() + ahead }
  const open = (): Ledger => {
    const opened = openTest(root, {
      disk,
      clock,
      onFact(fact) {
        if (fact.kind !== 'failed' || disk.isDead) return
        const next = open()
        next.adopt(opened.takeUnacknowledged(), (body) => body)
        opened.closeSync()
        if (ledger === opened) ledger = next
      },
    })
    return opened
  }
  const give = (id: string): Promise<void> => {
    life.given.push(id)
    return ledger.append(`"id":"${id}"`).durable.then(() => void life.acknowledged.push(id))
  }
  let ledger = open()
  await disk.untilDead(Promise.all([give('a'), give('b')]))
  await disk.untilDead(give('c'))
  ahead = 3_700_000
  await disk.untilDead(Promise.all([give('d'), give('e')]))
  await disk.untilDead(ledger.close())
  ledger = open()
  await disk.untilDead(give('f'))
  const last = give('g').catch(() => {})
  ledger.closeSync()
  await disk.untilDead(last)
}

async function survivors(root: string): Promise<string[]> {
  killHolders(root)
  for (let attempt = 0; attempt < 2; attempt++) {
    const ledger = openTest(root, { clock: laterClock })
    await ledger.append(`"id":"after ${attempt}"`).durable
    await ledger.close()
  }
  return (await allIds(root)).filter((id) => !id.startsWith('after'))
}

const newLife = (): Life => ({ acknowledged: [], given: [] })

async function countCalls(): Promise<number> {
  const root = join(place, 'count')
  const disk = new FaultDisk()
  const life = newLife()
  await live(root, disk, life)
  expect(life.acknowledged).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(await survivors(root)).toEqual(life.given)
  rmSync(root, { recursive: true })
  return disk.calls.length
}

function expectKept(ids: readonly string[], life: Life, what: string): void {
  const sorted = ids.toSorted()
  expect(new Set(sorted).size, `${what}: doubled in ${sorted}`).toBe(sorted.length)
  expect(
    life.acknowledged.filter((id) => !ids.includes(id)),
    `${what}: lost`,
  ).toEqual([])
  expect(
    ids.filter((id) => !life.given.includes(id)),
    `${what}: invented`,
  ).toEqual([])
}

async function expectWhole(root: string, life: Life, what: string): Promise<void> {
  expectKept(await survivors(root), life, what)
  const report = await verify(root)
  expect(
    report.streams.flatMap((one) => one.integrity.breaks),
    what,
  ).toEqual([])
}

const nameOf = (disk: FaultDisk, index: number, root: string): string =>
  `call ${index}, ${disk.calls[index]?.name} ${disk.calls[index]?.path.slice(root.length)}`

describe.each(['before', 'after'] as const)('a disk call that fails %s it takes effect', (when) => {
  it('and ends the process loses nothing acknowledged, with and without the page cache', {
    timeout: 120_000,
  }, async () => {
    const calls = await countCalls()
    for (let index = 0; index < calls; index++) {
      const root = join(place, 'life')
      const disk: FaultDisk = new FaultDisk((call): Verdict => {
        if (call.index !== index) return undefined
        disk.die()
        return when
      })
      const life = newLife()
      await live(root, disk, life).catch(() => {}) // it died, as it should
      mkdirSync(root, { recursive: true })
      const killed = join(place, 'killed')
      const powerless = join(place, 'powerless')
      cpSync(root, killed, { recursive: true })
      mkdirSync(powerless)
      disk.writeSurvivors(root, powerless)
      await expectWhole(killed, life, `${nameOf(disk, index, root)}, killed`)
      await expectWhole(powerless, life, `${nameOf(disk, index, root)}, without power`)
      for (const dir of [root, killed, powerless]) rmSync(dir, { recursive: true })
    }
  })

  it('and lets the process go on loses nothing acknowledged and doubles nothing', { timeout: 120_000 }, async () => {
    const calls = await countCalls()
    for (let index = 0; index < calls; index++) {
      const root = join(place, 'life')
      const disk = new FaultDisk((call) => (call.index === index ? when : undefined))
      const life = newLife()
      await live(root, disk, life).catch(() => {}) // an opening may fail; that is an answer too
      mkdirSync(root, { recursive: true })
      await expectWhole(root, life, nameOf(disk, index, root))
      rmSync(root, { recursive: true })
    }
  })
})
