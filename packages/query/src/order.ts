/**
 * One order for records of many writers: (timestamp, ledger, n), in bounded memory.
 *
 * A writer's own log is nearly in order of time: urgent records overtake a queue, and an event may be told late. So each log
 * passes a small window that sets neighbours right, and the logs are then merged, each contributing its next record.
 * A record told later than the window is wide comes out late rather than being lost.
 */
import { Heap } from './heap.ts'
import type { StoredRecord } from './record.ts'

/** The window of each log: so many records, or so many characters of lines, whichever is reached first. */
export const windowRecordsMax = 1_024
export const windowCharsMax = 1 << 20

/** True when `a` comes before `b` in the trail. */
export function before(a: StoredRecord, b: StoredRecord): boolean {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp
  if (a.position.dir !== b.position.dir) return a.position.dir < b.position.dir
  return a.position.n < b.position.n
}

/** Sets records right that stand within one window of their place. */
export async function* inOrder(records: AsyncIterable<StoredRecord>): AsyncGenerator<StoredRecord, void, undefined> {
  const window = new Heap(before)
  let chars = 0
  for await (const record of records) {
    window.push(record)
    chars += record.line.length
    while (window.size > windowRecordsMax || (chars > windowCharsMax && window.size > 1)) {
      const first = window.pop()
      if (first === undefined) break
      chars -= first.line.length
      yield first
    }
  }
  for (let first = window.pop(); first !== undefined; first = window.pop()) yield first
}

/** Merges ordered sources into one ordered sequence; holds one record of each. Closes every source, however it ends. */
export async function* merge(
  sources: readonly AsyncGenerator<StoredRecord, void, undefined>[],
): AsyncGenerator<StoredRecord, void, undefined> {
  const heads = new Heap<{ record: StoredRecord; source: AsyncGenerator<StoredRecord, void, undefined> }>((a, b) =>
    before(a.record, b.record),
  )
  const advance = async (source: AsyncGenerator<StoredRecord, void, undefined>) => {
    const next = await source.next()
    if (!next.done) heads.push({ record: next.value, source })
  }
  try {
    for (const source of sources) await advance(source)
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      yield head.record
      await advance(head.source)
    }
  } finally {
    await Promise.allSettled(sources.map((source) => source.return()))
  }
}
