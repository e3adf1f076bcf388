/**
 * A directory that one process at a time may write to, for whoever keeps state beside a ledger: the lock of FORMAT.md,
 * "Lock", without a ledger.
 */
import { resolve } from 'node:path'
import { takeLock } from '../append/lock.ts'
import { type Disk, realDisk } from '../disk.ts'
import { LedgerError } from '../errors.ts'

const everyMs = 5_000

export interface HeldDirectory {
  /** False for good once another process took over, for instance while this machine slept. Ask before every write. */
  isOurs(): boolean
  /** Lets go. Never rejects; a second call does nothing more. */
  release(): Promise<void>
}

/**
 * Takes the directory, which has to exist. Throws LEDGER_HELD while another process has it, and the system's error.
 *
 *     const held = holdDirectory('/var/lib/witness')
 */
export function holdDirectory(dir: string, disk: Disk = realDisk): HeldDirectory {
  const path = resolve(dir)
  const lock = takeLock({ dir: path, disk, ack: 'durable', now: Date.now })
  if (lock === undefined) throw new LedgerError('LEDGER_HELD', `another process holds ${path}`)
  let lost = false
  let beating: Promise<void> = Promise.resolve()
  let releasing: Promise<void> | undefined
  const beat = async (): Promise<void> => {
    if (lost) return
    lost = !lock.isOurs()
    if (!lost) await lock.beat()
  }
  const timer = setInterval(() => {
    // A beat that fails is no loss yet: a lock that grows old is read again before anything is written.
    beating = beating.then(beat).catch(() => undefined)
  }, everyMs).unref()
  // A beat under way writes to the lock's file, which therefore stays open until it is done.
  const release = async (): Promise<void> => {
    clearInterval(timer)
    lost = true
    await beating
    try {
      lock.release()
    } catch {
      // Its holder is gone once this process ends, which the next one sees.
    }
  }
  return {
    isOurs() {
      if (!lost && lock.isStale) lost = !lock.isOurs()
      return !lost
    },
    release() {
      releasing ??= release()
      return releasing
    },
  }
}
