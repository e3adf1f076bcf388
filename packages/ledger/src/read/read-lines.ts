/** Visits every line of a file, a chunk at a time: the event loop goes round between chunks. */
import { LineSplitter, type VisitLine } from '../line-splitter.ts'
import { openFile } from './open-file.ts'

const chunkBytes = 1 << 20

export interface LineVisitor {
  /** Called once, with the buffer that the places of the lines refer to. */
  begin(bytes: Buffer): VisitLine
  /** Bytes read since the last call. */
  onBytes(bytes: number): void
  /** Bytes behind the last line feed. */
  unfinished(offset: number, bytes: number): void
}

/** From the byte `from` on, where a line begins. Rejects as `openFile` does, and with the system's error. */
export async function readLines(path: string, visitor: LineVisitor, from = 0): Promise<void> {
  const file = await openFile(path)
  try {
    const splitter = new LineSplitter(from, chunkBytes)
    const { bytes } = splitter
    const visit = visitor.begin(bytes)
    for (;;) {
      const room = splitter.room()
      const { bytesRead } = await file.read(bytes, room, bytes.length - room, splitter.position)
      if (bytesRead === 0) break
      splitter.feed(bytesRead, visit)
      visitor.onBytes(bytesRead)
    }
    if (splitter.rest < splitter.position) visitor.unfinished(splitter.rest, splitter.position - splitter.rest)
  } finally {
    await file.close()
  }
}
