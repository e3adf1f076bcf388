/**
 * A directory, and what is missing above it.
 *
 * Node's own recursive mkdir never returns where the system says that a name does not exist below a directory that does, as
 * Linux says of `/proc/trail`: it climbs up and down for ever. A start has to fail there and name the option.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './record/system-code.ts'

/** True when the directory was made now. Throws the system's error. */
export function makeDirectories(path: string, mode: number): boolean {
  try {
    return makeOne(path, mode)
  } catch (error) {
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error
    // Where it is there by now, another process that starts made it: what is missing is made at the second try, if it can be.
    if (!existsSync(parent)) makeDirectories(parent, mode)
    return makeOne(path, mode)
  }
}

function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, mode)
    return true
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false
    throw error
  }
}
