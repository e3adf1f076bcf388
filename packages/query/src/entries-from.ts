/**
 * The entries of a log from an index on, with every hole named.
 *
 * A reader that wants the truth must not take less for all: an altered index or a line that is gone makes the rest of a log
 * unreadable or leaves a gap, and a query over it would look complete. Whether lines are as they were signed is for `verify`.
 */
import { join } from 'node:path'
import { type Entry, openFile, readEntries } from '@trailmark/ledger'
import type { MalformedLine } from './record.ts'
import type { NamedStream } from './streams.ts'

export interface ReadOptions {
  readonly signal?: AbortSignal
  /** Bytes read since the last call. */
  readonly onProgress?: (bytes: number) => void
  /** Called for each line that is not a record, for holes between lines, and for ledgers that cannot be read. */
  readonly onMalformed?: (line: MalformedLine) => void
}

/** Yields the entries that can be read and tells `onMalformed` what stands between them. */
export async function* entriesFrom(
  stream: NamedStream,
  from: number,
  options: ReadOptions,
): AsyncGenerator<Entry, void, undefined> {
  const { signal, onProgress } = options
  const tell = (file: string, offset: number, message: string, n?: number) =>
    options.onMalformed?.(malformedIn(stream, { file, offset, message, ...(n !== undefined && { n }) }))
  // Before the first entry: what a live writer signs while we read is not ours to miss.
  const signed = await signedSize(stream.info.dir)
  let next = from
  let unframed = 0
  const entries = readEntries(stream.info, {
    from,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    onInvalid({ file, offset }) {
      unframed += 1
      tell(file, offset, 'not framed as a line of a ledger')
    },
  })
  for await (const entry of entries) {
    const { n, file, offset } = entry
    // A line that is not even framed was told already; it is the one that is missing here.
    if (n > next + unframed) tell(file, offset, `entries ${next} to ${n - 1} are missing before this line`, n)
    else if (n < next) tell(file, offset, `index ${n} again, where ${next} was expected`, n)
    unframed = 0
    next = Math.max(next, n + 1)
    yield entry
  }
  if (signed !== undefined && next < signed)
    tell('checkpoint', 0, `the log can be read up to index ${next - 1} only, and ${signed} entries were signed`)
}

/** What is said of a place in a log. */
export function malformedIn(
  { name, info }: NamedStream,
  what: Omit<MalformedLine, 'code' | 'dir' | 'writer'>,
): MalformedLine {
  return { code: 'QUERY_LINE_MALFORMED', dir: name, writer: info.writer, ...what }
}

/** The size on the second line of the checkpoint. Its signature is for `verify`. */
async function signedSize(dir: string): Promise<number | undefined> {
  const file = await openFile(join(dir, 'checkpoint')).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1_024), 0, 1_024, 0)
    const size = Number(/^[^\n]+\n(\d{1,15})\n/.exec(buffer.toString('latin1', 0, bytesRead))?.[1])
    return Number.isNaN(size) ? undefined : size
  } finally {
    await file.close()
  }
}
