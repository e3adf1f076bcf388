/**
 * What was appended to files since a moment: logs and ledgers of an application that goes on running.
 *
 * Bounded in files, depth and bytes. A file that got shorter, or is another one by now, was rotated and is read from its start.
 */
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const filesMax = 5_000
const depthMax = 8
const bytesMax = 64 * 1024 * 1024
const chunkBytes = 1024 * 1024

interface Mark {
  readonly inode: number
  readonly size: number
}

export interface AppendedText {
  readonly path: string
  readonly text: string
}

export class Appended {
  readonly #roots: readonly string[]
  #marks = new Map<string, Mark>()
  /** True once a bound was reached: not everything was looked at. */
  bounded = false

  /** Files, and directories with everything below them. */
  constructor(roots: readonly string[]) {
    this.#roots = roots
  }

  /** Everything up to now is old. */
  async mark(): Promise<void> {
    this.#marks = await this.#sizes()
  }

  /** Bytes there are now that were not there at `mark()`. */
  async count(): Promise<number> {
    let bytes = 0
    for (const [path, { size, inode }] of await this.#sizes()) bytes += size - this.#from(path, inode, size)
    return bytes
  }

  /** The new bytes, piece by piece. A spelling is found across two pieces because the second one repeats the end of the first. */
  async *read(): AsyncGenerator<AppendedText, void, undefined> {
    let left = bytesMax
    for (const [path, { size, inode }] of await this.#sizes()) {
      const from = this.#from(path, inode, size)
      if (from >= size) continue
      const file = await open(path, 'r').catch(() => undefined)
      if (file === undefined) continue
      try {
        for (let at = from; at < size; at += chunkBytes - overlapBytes) {
          if (left <= 0) {
            this.bounded = true
            return
          }
          const length = Math.min(chunkBytes, size - at)
          const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
          left -= bytesRead
          // One character for each byte: where a piece cuts a character in two, the rest is still found.
          yield { path, text: buffer.toString('latin1', 0, bytesRead) }
          if (bytesRead < length) break
        }
      } finally {
        await file.close()
      }
    }
  }

  #from(path: string, inode: number, size: number): number {
    const mark = this.#marks.get(path)
    return mark === undefined || mark.inode !== inode || mark.size > size ? 0 : mark.size
  }

  async #sizes(): Promise<Map<string, Mark>> {
    const sizes = new Map<string, Mark>()
    const look = async (path: string, depth: number): Promise<void> => {
      if (sizes.size >= filesMax || depth > depthMax) {
        this.bounded = true
        return
      }
      const facts = await stat(path).catch(() => undefined)
      if (facts?.isFile()) sizes.set(path, { inode: facts.ino, size: facts.size })
      if (!facts?.isDirectory()) return
      for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
        // Links below a directory would lead out of it, or around in circles.
        if (!entry.isSymbolicLink()) await look(join(path, entry.name), depth + 1)
      }
    }
    for (const root of this.#roots) await look(root, 0)
    return sizes
  }
}

const overlapBytes = 4_096
