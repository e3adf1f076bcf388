/**
 * Short lives of a ledger on a disk that may fail at any call: everything a writer does to a disk happens in one of them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { forgetHolders, minuteAhead, openInMemory, type Promised } from './crash-image.fixture.ts'
import type { FaultDisk } from './fault-disk.fixture.ts'
import type { AckLevel, Ledger, OpenOptions } from './ledger.ts'
import { MemoryDisk } from './memory-disk.fixture.ts'

/** What became of each entry; `open` ones were neither resolved nor rejected. */
export class Life implements Promised {
  readonly given: string[] = []
  readonly durable: string[] = []
  readonly rejected: string[] = []

  get open(): string[] {
    return this.given.filter((id) => !this.durable.includes(id) && !this.rejected.includes(id))
  }

  give(ledger: Ledger, id: string): Promise<void> {
    return this.leave(ledger, id)()
  }

  /** Nobody waits for the entry until what this returns is called. */
  leave(ledger: Ledger, id: string): () => Promise<void> {
    this.given.push(id)
    const receipt = ledger.append(`"id":"${id}","fill":"${'x'.repeat(300)}"`)
    return () =>
      receipt.durable.then(
        () => void this.durable.push(id),
        () => void this.rejected.push(id),
      )
  }
}

/** What runs a ledger as an application does: after a final failure a new one adopts what was not acknowledged. */
class Owner {
  ledger: Ledger
  readonly #disk: FaultDisk
  readonly #ack: AckLevel
  aheadMs = 0

  readonly #rest: Partial<OpenOptions>

  constructor(disk: FaultDisk, ack: AckLevel, rest: Partial<OpenOptions> = {}) {
    this.#disk = disk
    this.#ack = ack
    this.#rest = rest
    this.ledger = this.open()
  }

  open(): Ledger {
    const opened = openInMemory(this.#disk, {
      ...this.#rest,
      ack: this.#ack,
      clock: { now: () => minuteAhead.now() + this.aheadMs },
      onFact: (fact) => {
        if (fact.kind !== 'failed' || this.#disk.isDead) return
        const next = this.open()
        next.adopt(opened.takeUnacknowledged(), (body) => body)
        opened.closeSync()
        if (this.ledger === opened) this.ledger = next
      },
    })
    return opened
  }
}

/** Opens, appends in batches, begins a second segment, closes, opens again, appends, ends at once. */
async function live(disk: FaultDisk, life: Life, ack: AckLevel): Promise<void> {
  const owner = new Owner(disk, ack)
  await disk.untilDead(Promise.all([life.give(owner.ledger, 'a'), life.give(owner.ledger, 'b')]))
  const c = life.give(owner.ledger, 'c')
  if (ack !== 'durable') await disk.untilDead(owner.ledger.flush().catch(() => {}))
  await disk.untilDead(c)
  owner.aheadMs = 3_700_000
  await disk.untilDead(Promise.all([life.give(owner.ledger, 'd'), life.give(owner.ledger, 'e')]))
  const last = life.give(owner.ledger, 'f')
  await disk.untilDead(owner.ledger.close().catch(() => {}))
  await disk.untilDead(last)
  owner.ledger = owner.open()
  await disk.untilDead(life.give(owner.ledger, 'g'))
  const h = life.give(owner.ledger, 'h')
  owner.ledger.closeSync()
  await disk.untilDead(h)
}

/** Opens, fills a tile, ends a segment by order, appends, closes, opens again, appends, ends at once; space is held meanwhile. */
async function liveSealing(disk: FaultDisk, life: Life): Promise<void> {
  const owner = new Owner(disk, 'durable', { reserveBytes: 8192 })
  await disk.untilDead(Promise.all(Array.from({ length: 258 }, (_, i) => life.give(owner.ledger, `s${i}`))))
  await disk.untilDead(owner.ledger.seal().catch(() => {}))
  await disk.untilDead(life.give(owner.ledger, 'a'))
  await disk.untilDead(owner.ledger.seal().catch(() => {}))
  await disk.untilDead(owner.ledger.close().catch(() => {}))
  owner.ledger = owner.open()
  const last = life.give(owner.ledger, 'b')
  owner.ledger.closeSync()
  await disk.untilDead(last)
}

/** Opens, leaves entries that nobody waits for, to be written in time, with a flush, with one that is asked for, and at the end. */
async function liveCollecting(disk: FaultDisk, life: Life): Promise<void> {
  const delayMs = 2
  const owner = new Owner(disk, 'durable', { commitDelayMs: delayMs })
  const asks: (() => Promise<void>)[] = []
  const leave = (...ids: readonly string[]): void => {
    for (const id of ids) asks.push(life.leave(owner.ledger, id))
  }
  const ask = (): Promise<unknown> => disk.untilDead(Promise.all(asks.splice(0).map((one) => one())))
  await disk.untilDead(life.give(owner.ledger, 'a'))
  leave('b', 'c')
  await disk.untilDead(sleep(3 * delayMs))
  leave('d')
  await disk.untilDead(owner.ledger.flush().catch(() => {}))
  leave('e')
  await disk.untilDead(life.give(owner.ledger, 'f'))
  leave('g')
  await disk.untilDead(owner.ledger.close().catch(() => {}))
  await ask()
  owner.ledger = owner.open()
  leave('h', 'i')
  owner.ledger.closeSync()
  await ask()
}

/** A log whose last process died in the middle of a write: the first three entries were promised. */
async function tornDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  const ledger = openInMemory(disk)
  for (const id of ['x', 'y', 'z']) ledger.append(`"id":"${id}"`)
  await ledger.flush()
  const left = disk.killed()
  ledger.closeSync()
  const path = `${ledger.dir}/seg/000000000000.jsonl`
  const fd = left.open(path, 'write')
  left.write(fd, Buffer.from('{"n":3,"d":2,"id":"torn","fill":"xxxxxxxxxxxxxxxx'), 0, left.findFacts(path)?.size ?? 0)
  left.close(fd)
  forgetHolders(left)
  return left
}

export interface Story {
  /** What was promised before it begins. */
  readonly before: readonly string[]
  begin(): Promise<MemoryDisk>
  live(disk: FaultDisk, life: Life): Promise<void>
}

export const stories = {
  /** A new ledger. */
  birth: { before: [], begin: async () => new MemoryDisk(), live: (disk, life) => live(disk, life, 'durable') },
  /** One that acknowledges before the sync. */
  written: { before: [], begin: async () => new MemoryDisk(), live: (disk, life) => live(disk, life, 'written') },
  /** One that collects what nobody waits for. */
  collecting: { before: [], begin: async () => new MemoryDisk(), live: liveCollecting },
  /** One whose segments are sealed, with tiles and a reserve. */
  sealing: { before: [], begin: async () => new MemoryDisk(), live: liveSealing },
  /** One that takes over from the dead, and cuts a torn tail. */
  takeover: { before: ['x', 'y', 'z'], begin: tornDisk, live: (disk, life) => live(disk, life, 'durable') },
} satisfies Record<string, Story>

/** The life and what came before it, as one promise. */
export function promisedBy(story: Story, life: Life): Promised {
  return { given: [...story.before, ...life.given], durable: [...story.before, ...life.durable] }
}
