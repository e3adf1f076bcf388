/**
 * Ledgers with 64 KiB that were written and never synced, in the ways this can come about, and what a crash may do to them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expectSurvived, memoryRoot, minuteAhead, openInMemory, type Promised } from './crash-image.fixture.ts'
import { FaultDisk } from './fault-disk.fixture.ts'
import type { AckLevel } from './ledger.ts'
import { MemoryDisk } from './memory-disk.fixture.ts'
import { seededLoss } from './seeded.fixture.ts'
import { verify } from './verify.ts'

const tailBytes = 64 * 1024

export interface Image {
  readonly disk: MemoryDisk
  readonly promised: Promised
  /** The segment whose end was never synced, and how much of it was. */
  readonly path: string
  readonly synced: number
}

export const images = [
  { name: 'waits for its first sync', make: () => makeImage({ first: 0, tail: 1 }) },
  { name: 'waits for the sync of a batch', make: () => makeImage({ first: 100, tail: 1 }) },
  { name: 'has begun a new segment', make: () => makeImage({ first: 100, tail: 1, hours: 1.1 }) },
  { name: 'acknowledges written batches', make: () => makeImage({ first: 100, tail: 20, ack: 'written' }) },
]

interface Wanted {
  /** How many entries are durable. */
  readonly first: number
  /** How many batches are not. */
  readonly tail: number
  readonly hours?: number
  readonly ack?: AckLevel
}

async function makeImage({ first, tail, hours = 0, ack = 'durable' }: Wanted): Promise<Image> {
  const memory = new MemoryDisk()
  const disk = new FaultDisk(() => undefined, memory)
  const gate = Promise.withResolvers<never>()
  gate.promise.catch(() => {})
  let ahead = 0
  const ledger = openInMemory(disk, { ack, clock: { now: () => minuteAhead.now() + ahead } })
  const given: string[] = []
  const durable: string[] = []
  const give = (fill: number): void => {
    const id = `e${given.length}`
    given.push(id)
    const receipt = ledger.append(`"id":"${id}","fill":"${'x'.repeat(fill)}"`)
    receipt.durable.then(
      () => durable.push(id),
      () => {},
    )
  }
  for (let i = 0; i < first; i++) give((i * 7) % 90)
  await ledger.flush()
  const seg = join(ledger.dir, 'seg')
  const newest = (): string => join(seg, memory.list(seg).sort().at(-1) ?? '')
  const before = first > 0 ? { path: newest(), bytes: memory.content(newest()).length } : undefined
  ahead = hours * 3_600_000
  disk.wait = (call) =>
    /later\.(datasync|syncDirectory)/.test(call.name) && call.path.startsWith(seg) ? gate.promise : undefined
  for (let batch = 0; batch < tail; batch++) {
    for (let bytes = 0; bytes < tailBytes / tail; bytes += 1000) give(20 + ((given.length * 331) % 1880))
    const written = disk.calls.length
    while (!disk.calls.slice(written).some((call) => call.name === 'later.write' && call.path.startsWith(seg)))
      await turn()
    await turn()
  }
  // The process is gone, and so is whatever it still meant to do.
  disk.die()
  gate.reject(new Error('the process is dead'))
  await turn()
  const synced = before?.path === newest() ? before.bytes : 0
  return { disk: memory, promised: { durable, given }, path: newest(), synced }
}

/** Loses power `count` times, each time keeping other sectors and names. Every five hundredth is verified as real files. */
export async function expectHolesHarmless(image: Image, from: number, count: number): Promise<void> {
  for (let seed = from; seed < from + count; seed++) {
    const left = image.disk.afterPowerLoss(seededLoss(seed))
    expectSurvived(left, image.promised, `seed ${seed}`)
    if (seed % 500 === 0) await expectVerified(left, `seed ${seed}`)
  }
}

/** Cuts the tail off at every byte of it, or every so many from `from` on. Returns how often. */
export async function expectCutsHarmless(image: Image, from: number, step: number): Promise<number> {
  const content = image.disk.content(image.path)
  // Everything that was written is on the disk; what is cut off is all that is missing.
  const whole = image.disk.afterPowerLoss((choices) => choices - 1)
  let cuts = 0
  for (let end = image.synced + from; end <= content.length; end += step) {
    const left = whole.killed()
    left.putContent(image.path, content.subarray(0, end))
    expectSurvived(left, image.promised, `cut at ${end}`)
    if (cuts++ % 2000 === 0) await expectVerified(left, `cut at ${end}`)
  }
  return cuts
}

async function expectVerified(disk: MemoryDisk, what: string): Promise<void> {
  const target = mkdtempSync(join(tmpdir(), 'trailmark-torn-'))
  try {
    disk.materialise(memoryRoot, target)
    const { ok, streams } = await verify(target)
    const breaks = streams.flatMap((one) => one.integrity.breaks)
    if (!ok) throw new Error(`${what}: verify says ${JSON.stringify(breaks)}`)
  } finally {
    rmSync(target, { recursive: true })
  }
}
