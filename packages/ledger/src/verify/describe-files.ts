/** What lies in a writer directory beside the log: names this format does not know, and what recovery cut off. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as layout from '../layout.ts'
import { tileDirectory } from '../tile.ts'
import { listNames } from './list-names.ts'
import type { Note } from './report.ts'

const known = new Set<string>([
  layout.metaFile,
  layout.metaNoteFile,
  layout.lockFile,
  `${layout.lockFile}.takeover`,
  layout.checkpointFile,
  layout.frontierFile,
  layout.reserveFile,
  layout.segmentDirectory,
  layout.quarantineDirectory,
  layout.keysDirectory,
  layout.anchorsDirectory,
  layout.publishedDirectory,
  tileDirectory,
])
/** As many names as a reader can look at. */
const shownMax = 20

export async function describeFiles(dir: string): Promise<Note[]> {
  const notes: Note[] = []
  const unknown = (await listNames(dir)).filter((name) => !known.has(name) && !name.endsWith('.tmp'))
  for (const name of await listNames(join(dir, layout.segmentDirectory))) {
    const isKnown = layout.segmentsAmong([name]).length > 0 || layout.sealsAmong([name]).length > 0
    if (!isKnown && !name.endsWith('.tmp')) unknown.push(`${layout.segmentDirectory}/${name}`)
  }
  if (unknown.length > 0) {
    const message = `not part of the format: ${unknown.slice(0, shownMax).join(', ')}`
    notes.push({ code: 'LEDGER_FILE_UNKNOWN', message })
  }
  for (const name of await listNames(join(dir, layout.quarantineDirectory))) {
    const path = `${layout.quarantineDirectory}/${name}`
    const bytes = await stat(join(dir, path)).then(
      (facts) => facts.size,
      () => 0,
    )
    const message = `${path}: ${bytes} bytes that were cut off and never acknowledged`
    notes.push({ code: 'LEDGER_QUARANTINE', message })
  }
  return notes
}
