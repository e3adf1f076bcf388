/**
 * A directory, and what is missing above it.
 *
 * Node's own recursive mkdir never returns where the system says that a name does not exist below a directory that does, as
 * Linux says of `/proc/trail`: it climbs up and down for ever.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './errors.ts'

/** The first directory that was made, undefined when all were there. Throws the system's error. */
export function makeDirectories(path: string, mode: number): string | undefined {
  try {
    mkdirSync(path, mode)
    return path
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || existsSync(parent)) throw error
    const first = makeDirectories(parent, mode)
    return makeDirectories(path, mode) === undefined ? first : (first ?? path)
  }
}
