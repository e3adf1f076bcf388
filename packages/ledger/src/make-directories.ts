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
    return makeOne(path, mode)
  } catch (error) {
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error
    // Where it is there by now, another process that starts made it: what is missing is made at the second try, if it can be.
    const first = existsSync(parent) ? undefined : makeDirectories(parent, mode)
    const last = makeOne(path, mode)
    return first ?? last
  }
}

function makeOne(path: string, mode: number): string | undefined {
  try {
    mkdirSync(path, mode)
    return path
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined
    throw error
  }
}
