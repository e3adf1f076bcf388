/**
 * LOCK: at most one process writes to a writer directory. FORMAT.md, "Lock".
 *
 * Created exclusively; taken over by replacing it, under a second exclusive file, only while it still holds what was judged
 * abandoned. The holder keeps its file open, so that its inode cannot be given to the file that replaces it.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { systemCode } from '../errors.ts'
import { lockFile } from '../layout.ts'
import { formatLock, type Identity, isAbandoned, lockBytesMax, parseLock, silenceMsMax } from '../lock-text.ts'
import { ownIdentity, processStart } from './identity.ts'

import { readSmall } from './small-file.ts'

/** How old a heartbeat may be before the holder looks whether it still is the holder: it may have slept. */
const heartbeatAgeMsMax = 15_000

export interface LockOptions {
  readonly dir: string
  readonly disk: Disk
  readonly ack: string
  now(): number
  readonly self?: Identity
}

/** Takes the lock of a writer directory, or returns undefined when somebody holds it. Throws the system's error. */
export function takeLock(options: LockOptions): Lock | undefined {
  for (let attempt = 0; attempt < 3; attempt++) {
    const fresh = tryCreate(options)
    if (fresh) return fresh
    const found = readHolder(options)
    if (!found) continue // released between the two looks
    return found.abandoned ? takeOver(options, found.bytes) : undefined
  }
  return undefined
}

/** Directories whose lock this process keeps for good although nobody here writes to them any more. */
const left = new Set<string>()

/** Whether somebody who writes holds the lock of a writer directory. */
export function isHeld(options: LockOptions): boolean {
  return !left.has(options.dir) && readHolder(options)?.abandoned === false
}

/** A lock that is held. */
export class Lock {
  /** Whether its last holder left without releasing it. */
  readonly takenOver: boolean
  readonly #options: LockOptions
  readonly #token: string
  #fd: number
  #heartbeatMs: number

  constructor(options: LockOptions, held: { fd: number; token: string; heartbeatMs: number; takenOver: boolean }) {
    this.#options = options
    this.#fd = held.fd
    this.#token = held.token
    this.#heartbeatMs = held.heartbeatMs
    this.takenOver = held.takenOver
  }

  /** True when the heartbeat is so old that another process may have taken over meanwhile. */
  get isStale(): boolean {
    return Math.abs(this.#options.now() - this.#heartbeatMs) > heartbeatAgeMsMax
  }

  /** Whether the file is still ours. One that was deleted by hand is put back. */
  isOurs(): boolean {
    const { disk, dir } = this.#options
    const bytes = readSmall(disk, join(dir, lockFile), lockBytesMax)
    if (bytes !== undefined) return parseLock(bytes)?.token === this.#token
    const again = tryCreate(this.#options, this.#token)
    if (!again) return false
    disk.close(this.#fd)
    this.#fd = again.#fd
    this.#heartbeatMs = again.#heartbeatMs
    return true
  }

  /** Writes a new heartbeat, in place and of the same length; it does not have to survive a crash. */
  async beat(): Promise<void> {
    const heartbeat = this.#options.now()
    await this.#options.disk.later.write(this.#fd, textOf(this.#options, this.#token, heartbeat), 0, 0)
    this.#heartbeatMs = heartbeat
  }

  /** Keeps the lock until this process ends, so that nobody in it continues what the disk has failed on. */
  leave(): void {
    left.add(this.#options.dir)
  }

  /** Removes the file if it is still ours. */
  release(): void {
    const { disk, dir } = this.#options
    try {
      const bytes = readSmall(disk, join(dir, lockFile), lockBytesMax)
      if (bytes && parseLock(bytes)?.token === this.#token) disk.remove(join(dir, lockFile))
    } finally {
      disk.close(this.#fd)
    }
  }
}

function tryCreate(options: LockOptions, token = randomBytes(16).toString('hex'), name = lockFile): Lock | undefined {
  const { disk, dir } = options
  let fd: number
  try {
    fd = disk.open(join(dir, name), 'create')
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined
    throw error
  }
  const heartbeatMs = options.now()
  try {
    disk.write(fd, textOf(options, token, heartbeatMs), 0, 0)
  } catch (error) {
    disk.close(fd)
    removeQuietly(disk, join(dir, name))
    throw error
  }
  return new Lock(options, { fd, token, heartbeatMs, takenOver: false })
}

function readHolder(options: LockOptions): { bytes: Buffer; abandoned: boolean } | undefined {
  const path = join(options.dir, lockFile)
  const facts = options.disk.findFacts(path)
  const bytes = facts && readSmall(options.disk, path, lockBytesMax)
  if (!facts || !bytes) return undefined
  const self = options.self ?? ownIdentity()
  const now = { timeMs: options.now(), writtenMs: facts.mtimeMs, self, startOf: processStart }
  return { bytes, abandoned: isAbandoned(parseLock(bytes), now) }
}

/**
 * Two processes may judge the same lock abandoned at the same moment. Only the one that creates the guard may replace it, and
 * only if the lock has not changed meanwhile; so the second finds either the guard or a lock that is alive.
 */
function takeOver(options: LockOptions, judged: Buffer): Lock | undefined {
  const { disk, dir } = options
  const guard = join(dir, `${lockFile}.takeover`)
  if (!createGuard(disk, guard, options.now())) return undefined
  try {
    const found = readHolder(options)
    if (!found?.abandoned || !found.bytes.equals(judged)) return undefined
    const token = randomBytes(16).toString('hex')
    const name = `${lockFile}.${token}.tmp`
    const path = join(dir, name)
    const fd = disk.open(path, 'create')
    try {
      const heartbeatMs = options.now()
      disk.write(fd, textOf(options, token, heartbeatMs), 0, 0)
      disk.rename(path, join(dir, lockFile))
      return new Lock(options, { fd, token, heartbeatMs, takenOver: true })
    } catch (error) {
      disk.close(fd)
      removeQuietly(disk, path)
      throw error
    }
  } finally {
    removeQuietly(disk, guard)
  }
}

/** A guard is held for milliseconds; one that has stood for half a minute was left by a crash. */
function createGuard(disk: Disk, guard: string, timeMs: number): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      disk.close(disk.open(guard, 'create'))
      return true
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
      const facts = disk.findFacts(guard)
      if (facts && Math.abs(timeMs - facts.mtimeMs) <= silenceMsMax) return false
      removeQuietly(disk, guard)
    }
  }
  return false
}

function textOf(options: LockOptions, token: string, heartbeat: number): Buffer {
  return Buffer.from(
    formatLock({ ...(options.self ?? ownIdentity()), token, ack: options.ack, heartbeat: Math.trunc(heartbeat) }),
  )
}

function removeQuietly(disk: Disk, path: string): void {
  try {
    disk.remove(path)
  } catch {
    // It is gone already, or the next start removes it.
  }
}
