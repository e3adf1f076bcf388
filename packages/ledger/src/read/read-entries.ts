/** Reading a stream once from front to back, and following one that is being written. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry, FollowOptions, ReadOptions, StreamInfo } from '../stream.ts'
import { EntryReader } from './entry-reader.ts'

const pollMsDefault = 200

/**
 * The entries of a stream in order, from `from` to the highest durable one, and then it ends. A live writer does not mind.
 * Lines that are not framed are left out and told to `onInvalid`; nothing is verified here. Rejects with the system's error,
 * and with the signal's reason when it is aborted.
 *
 *     for await (const { n, line } of readEntries(stream)) console.log(n, JSON.parse(line))
 */
export async function* readEntries(
  stream: StreamInfo,
  options: ReadOptions = {},
): AsyncGenerator<Entry, void, undefined> {
  const { from = 0, signal } = options
  const reader = new EntryReader(stream, from, options)
  try {
    for (;;) {
      signal?.throwIfAborted()
      const entries = await reader.read()
      if (entries.length === 0) return
      yield* entries
    }
  } finally {
    await reader.close()
  }
}

/**
 * The entries of a stream as they become durable, for as long as the signal allows; then it ends without an error. Across
 * restarts of the writer and new segments; a new writer directory is a new stream.
 */
export async function* follow(stream: StreamInfo, options: FollowOptions): AsyncGenerator<Entry, void, undefined> {
  const { from, signal, pollMs = pollMsDefault } = options
  const reader = new EntryReader(stream, from === 'end' ? 0 : from, {})
  try {
    if (from === 'end') {
      await reader.skipToCheckpoint()
      while (!signal.aborted && (await reader.read()).length > 0);
    }
    while (!signal.aborted) {
      const entries = await reader.read()
      for (const entry of entries) {
        if (signal.aborted) return
        yield entry
      }
      if (entries.length === 0) await sleep(pollMs, undefined, { signal }).catch(() => {})
    }
  } finally {
    await reader.close()
  }
}
