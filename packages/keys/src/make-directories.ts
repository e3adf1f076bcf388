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
    makeOne(path, mode)
  } catch (error) {
    const parent = dirname(path)
    if (errorCode(error) !== 'ENOENT' || parent === path) throw error
    // Where it is there by now, another process that starts made it: what is missing is made at the second try, if it can be.
    if (!existsSync(parent)) makeDirectories(parent, mode)
    makeOne(path, mode)
  }
}

function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, mode)
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
