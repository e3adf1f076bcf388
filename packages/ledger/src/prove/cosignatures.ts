/**
 * The cosignatures of witnesses that are kept beside a log, put below the checkpoint they belong to.
 *
 * They are not checked here: whoever checks the proof knows which witnesses to trust. What is not a signature line of this
 * very checkpoint is left out.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { anchorsDirectory } from '../layout.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import type { SignedNote } from './signed-note.ts'

const evidence = /^([0-9]{12})\.[a-z0-9-]{1,40}\.cosig$/
const filesMax = 32

/** The note with every signature that `anchors/<size>.<name>.cosig` has for the same checkpoint and it does not carry yet. */
export async function withCosignatures(dir: string, { text, checkpoint }: SignedNote): Promise<string> {
  const body = parseNote(Buffer.from(text))?.text
  let whole = text
  for (const name of (await namesIn(dir)).filter((one) => sizeOf(one) === checkpoint.size).slice(0, filesMax)) {
    const kept = await readNote(dir, name)
    if (kept?.body !== body) continue
    for (const line of kept?.text.split('\n') ?? []) {
      if (!line.startsWith('— ') || whole.includes(`\n${line}\n`)) continue
      const more = `${whole}${line}\n`
      // One line too many would make the whole note unreadable.
      if (parseNote(Buffer.from(more))) whole = more
    }
  }
  return whole
}

/** The newest checkpoint over more than `n` entries that witnesses cosigned, as it was shown to one of them. */
export async function newestCosigned(dir: string, n: number): Promise<SignedNote | undefined> {
  for (const name of (await namesIn(dir))
    .filter((one) => sizeOf(one) > n)
    .toReversed()
    .slice(0, filesMax)) {
    const kept = await readNote(dir, name)
    const checkpoint = kept && parseCheckpoint(kept.body)
    if (checkpoint && checkpoint.size > n) return { text: kept.text, checkpoint }
  }
  return undefined
}

async function namesIn(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, anchorsDirectory)).catch(() => [])
  return names.filter((name) => evidence.test(name)).sort()
}

function sizeOf(name: string): number {
  return Number(evidence.exec(name)?.[1])
}

/** A file of evidence is a signed note: the checkpoint as it was shown, and the line of the witness below it. */
async function readNote(dir: string, name: string): Promise<{ text: string; body: string } | undefined> {
  const bytes = await readSmallFile(join(dir, anchorsDirectory, name), noteBytesMax).catch(() => undefined)
  const note = bytes && parseNote(bytes)
  return note && { text: bytes.toString('utf8'), body: note.text }
}
