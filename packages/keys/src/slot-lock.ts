/**
 * `subjects/LOCK`: at most one process rewrites slots that others may be reading or copying: rotation, taking over, erasure.
 * Appending needs no lock.
 */
import { linkSync, promises, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { KeysError } from './errors.ts'
import { errorCode, unfinishedPrefix, unusable } from './key-file.ts'
import { readSlots } from './slot-files.ts'
import { headerOf, isGone, parseHeader, thisOwner } from './slot-owner.ts'

const waitMs = 20
/** Nothing under the lock takes longer, unless its holder has ended. */
const waitMsMax = 30_000

let takings = 0

/** Does the work while no other process holds the lock. Throws KEYS_SUBJECTS_BUSY when it is not let go. */
export async function underLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const path = join(dir, 'LOCK')
  const started = performance.now()
  while (!take(dir, path)) {
    if (performance.now() - started > waitMsMax) {
      throw new KeysError(
        'KEYS_SUBJECTS_BUSY',
        `${path} is held by another process for more than ${waitMsMax / 1000} s`,
      )
    }
    await sleep(waitMs)
  }
  try {
    return await work()
  } finally {
    await promises.rm(path, { force: true })
  }
}

/** Written whole and then linked to its name, which succeeds for exactly one. */
function take(dir: string, path: string): boolean {
  takings += 1
  const unfinished = join(dir, `${unfinishedPrefix}lock-${process.pid}-${takings}`)
  try {
    writeFileSync(unfinished, headerOf(thisOwner()), { mode: 0o600 })
    try {
      linkSync(unfinished, path)
      return true
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
      return removeAbandoned(path) && take(dir, path)
    } finally {
      rmSync(unfinished, { force: true })
    }
  } catch (error) {
    throw unusable(path, error)
  }
}

/** True when a lock was there whose holder has ended; it is gone then. */
function removeAbandoned(path: string): boolean {
  try {
    const stats = statSync(path)
    const owner = parseHeader(readSlots(path) ?? Buffer.alloc(0))
    const self = thisOwner()
    const ours = owner?.pid === self.pid && owner.start === self.start && owner.machine === self.machine
    if (ours || !isGone(owner, stats.mtimeMs, Date.now())) return false
    // Whoever judged the same lock may have replaced it since: only the one that was judged is removed.
    if (statSync(path).ino === stats.ino) rmSync(path, { force: true })
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true
    throw error
  }
}
