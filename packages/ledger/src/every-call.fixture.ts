/**
 * Every disk call of a short life fails once, before it takes effect or after. Either the process dies there, with or without
 * what the page cache held, or it goes on.
 */
import { strictEqual } from 'node:assert'
import { expectSurvived, forgetHolders } from './crash-image.fixture.ts'
import { FaultDisk, type Verdict } from './fault-disk.fixture.ts'
import { Life, promisedBy, type Story } from './life.fixture.ts'
import { seededLoss } from './seeded.fixture.ts'

/** A failed opening may refuse a writer, and a failed sync moves on to another one. */
const writers = 4

type When = NonNullable<Verdict>

/** The process dies at each call; then power may be lost as well, in `losses` ways. Returns the number of calls. */
export function dieAtEveryCall(story: Story, when: When, losses: number): Promise<number> {
  return forEachCall(story, async (index, what) => {
    const memory = await story.begin()
    const disk: FaultDisk = new FaultDisk((call): Verdict => {
      if (call.index !== index) return undefined
      disk.die()
      return when
    }, memory)
    const life = new Life()
    await story.live(disk, life).catch(() => {}) // it died, as it should
    const promised = promisedBy(story, life)
    const thenLosesPower = seededLoss(index)
    expectSurvived(memory.killed(), promised, `${what}, killed`, { writers: 2, thenLosesPower })
    for (let seed = 0; seed < losses; seed++) {
      expectSurvived(memory.afterPowerLoss(seededLoss(seed)), promised, `${what}, power loss ${seed}`, { writers: 2 })
    }
  })
}

/** Each call fails with `code` and the process goes on: every entry is recorded, or its receipt says that it is not. */
export function failEveryCall(story: Story, when: When, code: string, losses: number): Promise<number> {
  return forEachCall(story, async (index, what) => {
    const memory = await story.begin()
    const disk = new FaultDisk((call) => (call.index === index ? when : undefined), memory)
    disk.errorCode = code
    const life = new Life()
    await story.live(disk, life).catch(() => {}) // an opening may fail; that is an answer too
    strictEqual(life.open.join(), '', `${what}: neither recorded nor refused`)
    forgetHolders(memory)
    const promised = promisedBy(story, life)
    for (let seed = 0; seed < losses; seed++) {
      const thenLosesPower = seededLoss(seed + 100)
      expectSurvived(memory.killed(), promised, what, { writers, thenLosesPower })
      expectSurvived(memory.afterPowerLoss(seededLoss(seed)), promised, `${what}, power loss ${seed}`, { writers })
    }
  })
}

/** The calls of a life that nothing disturbs. */
async function countCalls(story: Story): Promise<FaultDisk> {
  const memory = await story.begin()
  const disk = new FaultDisk(() => undefined, memory)
  const life = new Life()
  await story.live(disk, life)
  strictEqual(life.durable.toSorted().join(), life.given.toSorted().join())
  expectSurvived(memory, promisedBy(story, life), 'undisturbed')
  return disk
}

/** Some lives side by side: what they wait for is mostly each other's timers. */
async function forEachCall(story: Story, check: (index: number, what: string) => Promise<void>): Promise<number> {
  const { calls } = await countCalls(story)
  const waiting = calls.map((call) => () => check(call.index, `call ${call.index}, ${call.name} ${call.path}`))
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next()
  }
  await Promise.all(Array.from({ length: 32 }, lane))
  return calls.length
}
