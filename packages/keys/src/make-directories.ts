/**
 * A directory, and what is missing above it.
 *
 * Node's own recursive mkdir never returns where the system says that a name does not exist below a directory that does, as
 * Linux says of `/proc/trail`: it climbs up and down for ever.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from './key-file.ts'

/** Nothing when it is there. Throws the system's error. */
export function makeDirectories(path: string, mode: number): void {
  try {
    mkdirSync(path, mode)
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
    const parent = dirname(path)
    if (errorCode(error) !== 'ENOENT' || existsSync(parent)) throw error
    makeDirectories(parent, mode)
    makeDirectories(path, mode)
  }
}
