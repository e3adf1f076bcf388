/**
 * Which of some records stand in the ledgers of this service already: asked after a start, of what a crash may have left half
 * done. Ids are unique, so their text is looked for, in the files that were written to since the oldest of them was made.
 */
import { createReadStream, type Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Clocks of file systems and hosts may differ by so much. */
const toleranceMs = 120_000
const idMark = '"id":"'
const idChars = 36

/** Those of `ids` (UUIDv7) that are in a segment below `serviceDir`. What cannot be read holds none of them. */
export async function findRecorded(serviceDir: string, ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const sinceMs = Math.min(...[...ids].map(timeOfId)) - toleranceMs
  for (const path of await segments(serviceDir)) {
    const facts: Stats | undefined = await stat(path).catch(() => undefined)
    if (facts === undefined || !facts.isFile() || facts.mtimeMs < sinceMs) continue
    await search(path, ids, found)
    if (found.size === ids.size) break
  }
  return found
}

/** `<stream>.<class>/<writer>/seg/<index>.jsonl` of every audit ledger. */
async function segments(serviceDir: string): Promise<string[]> {
  const paths: string[] = []
  for (const stream of await names(serviceDir)) {
    if (!stream.startsWith('audit.')) continue
    for (const writer of await names(join(serviceDir, stream))) {
      const seg = join(serviceDir, stream, writer, 'seg')
      for (const name of await names(seg)) if (name.endsWith('.jsonl')) paths.push(join(seg, name))
    }
  }
  return paths
}

async function search(path: string, ids: ReadonlySet<string>, found: Set<string>): Promise<void> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1_048_576 })) {
      const text: string = rest + chunk
      for (let at = text.indexOf(idMark); at >= 0; at = text.indexOf(idMark, at + 1)) {
        const id = text.slice(at + idMark.length, at + idMark.length + idChars)
        if (ids.has(id)) found.add(id)
      }
      rest = text.slice(-(idMark.length + idChars))
    }
  } catch {
    // Gone, or not ours to read.
  }
}

async function names(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => [])
}

/** The first 48 bits of a UUIDv7 are its time. */
function timeOfId(id: string): number {
  const ms = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  return Number.isNaN(ms) ? 0 : ms
}
