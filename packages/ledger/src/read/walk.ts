/** Finds the writer directories below a root, however deep a deployment has put them. */
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LedgerError, systemCode } from '../errors.ts'
import { checkpointFile, metaFile, metaNoteFile, segmentDirectory, writerName } from '../layout.ts'

/** Deeper directories are not looked into. */
const depthMax = 12

/**
 * Directories that are, or once were, writer directories: by name or by what is left in them. Sorted; links are not followed.
 * Throws LEDGER_DIR_MISSING, LEDGER_DIR_NOT_DIRECTORY, LEDGER_DIR_UNUSABLE.
 */
export async function findWriterDirectories(root: string): Promise<string[]> {
  const found: string[] = []
  await walk(resolve(root), 0, found)
  return found
}

async function walk(dir: string, depth: number, found: string[]): Promise<void> {
  const entries = await list(dir)
  const names = new Set(entries.map((entry) => entry.name))
  const marks = [metaFile, metaNoteFile, checkpointFile, segmentDirectory]
  if (writerName.test(dir.slice(-14)) || marks.some((name) => names.has(name))) {
    found.push(dir)
    return
  }
  if (depth === depthMax) return
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  for (const name of below.sort()) await walk(join(dir, name), depth + 1, found)
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
