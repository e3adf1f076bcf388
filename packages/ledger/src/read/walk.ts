/** Finds the writer directories below a root, however deep a deployment has put them. */
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LedgerError, systemCode } from '../errors.ts'
import { checkpointFile, metaFile, metaNoteFile, segmentDirectory, segmentsAmong, writerName } from '../layout.ts'

/** Deeper directories are not looked into. */
const depthMax = 12
/** At the root of a mounted volume, and closed to everybody. */
const lostAndFound = 'lost+found'

/**
 * Directories that are, or once were, writer directories: by name or by what is left in them. Sorted; links are not followed.
 * What lies below one is looked into as well, so that no file put somewhere hides the writers below it.
 * A directory that cannot be read is among them, since nobody can say that it is none.
 * Throws LEDGER_DIR_MISSING, LEDGER_DIR_NOT_DIRECTORY, LEDGER_DIR_UNUSABLE.
 */
export async function findWriterDirectories(root: string): Promise<string[]> {
  const found: string[] = []
  await walk(resolve(root), 0, found)
  return found
}

async function walk(dir: string, depth: number, found: string[]): Promise<void> {
  let entries: Dirent[]
  try {
    entries = await list(dir)
  } catch (error) {
    if (depth === 0) throw error
    // What cannot be looked into may hold a writer, so it counts as one: `verify` then names it.
    if (basename(dir) !== lostAndFound) found.push(dir)
    return
  }
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  if (writerName.test(basename(dir)) || (await hasMarks(dir, entries))) found.push(dir)
  if (depth === depthMax) return
  for (const name of below.sort()) await walk(join(dir, name), depth + 1, found)
}

/** A service may well be called `seg`: a directory of that name counts only for the segments in it. */
async function hasMarks(dir: string, entries: readonly Dirent[]): Promise<boolean> {
  const marks = [metaFile, metaNoteFile, checkpointFile]
  for (const entry of entries) {
    if (marks.includes(entry.name) && !entry.isDirectory()) return true
    if (entry.name !== segmentDirectory || !entry.isDirectory()) continue
    const inside = await list(join(dir, segmentDirectory)).catch(() => [])
    if (segmentsAmong(inside.map(({ name }) => name)).length > 0) return true
  }
  return false
}

async function list(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true })
  } catch (error) {
    const code = systemCode(error)
    const options = { cause: error }
    if (code === 'ENOENT') throw new LedgerError('LEDGER_DIR_MISSING', `${dir} does not exist`, options)
    if (code === 'ENOTDIR') throw new LedgerError('LEDGER_DIR_NOT_DIRECTORY', `${dir} is not a directory`, options)
    throw new LedgerError('LEDGER_DIR_UNUSABLE', `${dir} cannot be read: ${String(error)}`, options)
  }
}
