/**
 * `follow()`: matching records as they become durable, from every writer below a root, new writers included.
 *
 * Each log is followed on its own and hands its records into one short queue; a reader that is slow makes the logs wait,
 * so memory stays bounded. Records come in the order in which they arrive: nobody can wait for a writer that is silent.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { follow as followEntries } from '@trailmark/ledger'
import { compileFilter, type Filter, type Matcher } from './filter.ts'
import type { Identities } from './identities.ts'
import { lastOf } from './last.ts'
import { before } from './order.ts'
import { lineGate } from './read-stream.ts'
import type { MalformedLine, StoredRecord } from './record.ts'
import { type NamedStream, namedStreams } from './streams.ts'

export interface FollowOptions {
  readonly identities?: Identities
  /** A further test, asked only of records that match the filter. */
  readonly accept?: (record: StoredRecord) => boolean
  /** Begin with the newest so many records that match, in order. Default: 0. At most 100,000. */
  readonly last?: number
  readonly onMalformed?: (line: MalformedLine) => void
  /** How often to look for new entries and new writers. Default: 250 ms. */
  readonly pollMs?: number
}

/**
 * Follows the trail until `signal` aborts, and then ends quietly. No record is missed between the first ones (`last`) and
 * the ones that follow. Throws QUERY_FILTER_INVALID and QUERY_KEYS_NEEDED at once. A root without any ledger is waited for.
 */
export function follow(
  root: string,
  filter: Filter,
  signal: AbortSignal,
  options: FollowOptions = {},
): AsyncGenerator<StoredRecord, void, undefined> {
  const matcher = compileFilter(filter, options.identities, options.accept)
  return run()

  async function* run(): AsyncGenerator<StoredRecord, void, undefined> {
    const own = new AbortController()
    const ending = AbortSignal.any([signal, own.signal])
    const queue = new Handover(ending)
    const pumps: Promise<void>[] = []
    const pollMs = options.pollMs ?? 250
    const start = (stream: NamedStream, from: number) => {
      pumps.push(pump(stream, from, matcher, queue, { ...options, pollMs, signal: ending }))
    }
    try {
      const known = new Set<string>()
      const streams = (await namedStreams(root)).filter(({ info }) => matcher.streams.has(info.stream))
      const first: StoredRecord[] = []
      for (const stream of streams) {
        known.add(stream.name)
        const { records, next } = await lastOf(stream, matcher, options.last ?? 0, options)
        first.push(...records)
        start(stream, next)
      }
      first.sort((a, b) => (before(a, b) ? -1 : 1))
      const count = Math.min(options.last ?? 0, first.length)
      yield* first.slice(first.length - count)
      pumps.push(
        findNew(root, matcher.streams, known, start, ending, pollMs * 4).catch((error: unknown) => queue.fail(error)),
      )
      yield* queue.items()
    } finally {
      own.abort()
      await Promise.allSettled(pumps)
    }
  }
}

async function pump(
  stream: NamedStream,
  from: number,
  matcher: Matcher,
  queue: Handover,
  options: FollowOptions & { readonly pollMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const gate = lineGate(matcher)
  try {
    for await (const entry of followEntries(stream.info, { from, signal: options.signal, pollMs: options.pollMs })) {
      const answer = gate(entry, stream.name)
      if (typeof answer === 'string') continue
      if ('message' in answer) options.onMalformed?.(answer)
      else await queue.put(answer)
    }
  } catch (error) {
    queue.fail(error)
  }
}

/** A writer that starts while we follow has its own directory; everything in it is new. */
async function findNew(
  root: string,
  kinds: ReadonlySet<string>,
  known: Set<string>,
  start: (stream: NamedStream, from: number) => void,
  signal: AbortSignal,
  everyMs: number,
): Promise<void> {
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    for (const stream of await namedStreams(root)) {
      if (known.has(stream.name) || !kinds.has(stream.info.stream)) continue
      known.add(stream.name)
      start(stream, 0)
    }
  }
}

/** A short queue between many logs and one reader: who puts into a full one waits. */
class Handover {
  readonly #waiting: { record: StoredRecord; taken: () => void }[] = []
  readonly #signal: AbortSignal
  #failure: { error: unknown } | undefined
  #wake: () => void = () => undefined

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#end(), { once: true })
  }

  put(record: StoredRecord): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve()
    return new Promise((taken) => {
      this.#waiting.push({ record, taken })
      this.#wake()
    })
  }

  /** The first failure ends the following; one that comes from ending it is none. */
  fail(error: unknown): void {
    if (this.#signal.aborted || this.#failure !== undefined) return
    this.#failure = { error }
    this.#wake()
  }

  async *items(): AsyncGenerator<StoredRecord, void, undefined> {
    while (!this.#signal.aborted) {
      const next = this.#waiting.shift()
      if (next !== undefined) {
        // Before the yield: a reader that leaves never comes back from it, and the log would wait for ever.
        next.taken()
        yield next.record
      } else if (this.#failure !== undefined) throw this.#failure.error
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          if (this.#signal.aborted) resolve()
        })
      }
    }
  }

  #end(): void {
    for (const { taken } of this.#waiting.splice(0)) taken()
    this.#wake()
  }
}
