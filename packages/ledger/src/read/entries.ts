import type { Entry, FollowOptions, ReadOptions, StreamInfo } from '../stream.ts'

export async function* readEntries(stream: StreamInfo, options: ReadOptions = {}): AsyncIterable<Entry> {
  throw new Error(`not written yet: ${stream.dir} ${options.from}`)
}

export async function* follow(stream: StreamInfo, options: FollowOptions): AsyncIterable<Entry> {
  throw new Error(`not written yet: ${stream.dir} ${options.from}`)
}
