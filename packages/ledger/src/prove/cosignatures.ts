/**
 * The cosignatures of witnesses that are kept beside a checkpoint, put below it where they belong.
 *
 * They are not checked here: whoever checks the proof knows which witnesses to trust. What is not a signature line of this
 * very checkpoint is left out.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'

const directory = 'anchors'
const filesMax = 32
/** In one file: a note holds no more. */
const linesMax = 64

/** The note with every cosignature of `anchors/<size>.<name>.cosig` that it does not carry yet. */
export async function readCosignatures(dir: string, note: string, size: number): Promise<string> {
  const prefix = `${String(size).padStart(12, '0')}.`
  const names = (await readdir(join(dir, directory)).catch(() => []))
    .filter((name) => name.startsWith(prefix) && name.endsWith('.cosig'))
    .sort()
    .slice(0, filesMax)
  let whole = note
  for (const name of names) {
    const bytes = await readSmallFile(join(dir, directory, name), noteBytesMax).catch(() => undefined)
    for (const line of bytes?.toString('utf8').split('\n').slice(0, linesMax) ?? []) {
      if (!line.startsWith('— ') || whole.includes(`\n${line}\n`)) continue
      const more = `${whole}${line}\n`
      // One line too many or not well formed would make the whole note unreadable.
      if (parseNote(Buffer.from(more))) whole = more
    }
  }
  return whole
}
