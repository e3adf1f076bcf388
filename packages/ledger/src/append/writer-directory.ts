/**
 * Finds the writer directory this process may write to, or makes one. FORMAT.md, "Opening".
 *
 * The first directory by name whose lock is free, or whose holder is gone, and whose log is sound. One that is held is passed
 * over; one that is damaged, or belongs to another key or service, is refused, left as it is, and named.
 */
import { randomBytes } from 'node:crypto'
import { rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { LedgerError, systemCode } from '../errors.ts'
import { beginEpochs, continueEpochs, type EpochOptions, type EpochPlace, furthest } from '../keep/epoch-start.ts'
import type { Epochs } from '../keep/epochs.ts'
import { keysDirectory, metaFile, segmentDirectory, writerName } from '../layout.ts'
import type { RefusedWriter } from '../ledger.ts'
import { formatMeta, formatMetaNote, type Meta } from '../meta.ts'
import { cutTail } from './cut.ts'
import { isHeld, type Lock, takeLock } from './lock.ts'
import { type Expected, readSigned, type SignedState } from './read-signed.ts'
import { findEnd, type LogEnd } from './recover.ts'
import { settle, settleParents } from './settle.ts'
import { replaceFile } from './small-file.ts'

export interface DirectoryOptions extends EpochOptions {
  readonly disk: Disk
  /** The directory of the stream. */
  readonly dir: string
  /** Without the writer. */
  readonly origin: string
  readonly service: string
  readonly stream: string
  readonly retentionClass: string
  readonly publicKey: string
  /** Base64, where checkpoints are signed by a second key. */
  readonly secondKey: string | undefined
  readonly ack: string
  /** Whether nobody else may write to the stream meanwhile. */
  readonly exclusive: boolean
  /** Whether the signer answers without a promise: then no entry was ever written before a first checkpoint. */
  signsAtOnce(text: string): boolean
  now(): number
}

/** A writer directory under lock, ready to be continued. */
export interface WriterDirectory {
  readonly writer: string
  readonly dir: string
  readonly lock: Lock
  readonly end: LogEnd
  /** The size of the newest checkpoint, -1 for none. */
  readonly signedSize: number
  readonly unsignedMeta?: Uint8Array
  /** Whether LEDGER.json promises a second signature. */
  readonly hasSecond: boolean
  readonly epochs: Epochs | undefined
  readonly recovered?: { readonly first: number; readonly bytes: number; readonly quarantine: string }
}

/** With the first directory on the way to the stream's that was made just now: none of them is durable yet. */
type Taking = DirectoryOptions & { readonly made: string | undefined }

/** Each try loses only to a process that found a directory by it, so a crowd of starting processes soon runs out. */
const createTriesMax = 64

/** Throws LEDGER_DIR_*. */
export function takeWriterDirectory(options: DirectoryOptions): { taken: WriterDirectory; refused: RefusedWriter[] } {
  const { disk, dir } = options
  const refused: RefusedWriter[] = []
  try {
    const taking: Taking = { ...options, made: disk.makeDirectory(dir) }
    for (const writer of disk
      .list(dir)
      .filter((name) => writerName.test(name))
      .sort()) {
      const taken = tryWriter(taking, writer, refused)
      if (taken) return { taken, refused }
    }
    for (let tries = 0; tries < createTriesMax; tries++) {
      const taken = createWriter(taking, refused.at(-1))
      if (taken) return { taken, refused }
    }
    throw new LedgerError('LEDGER_HELD', `${dir}: every new writer directory was taken by another process at once`)
  } catch (error) {
    throw error instanceof LedgerError ? error : directoryError(dir, error)
  }
}

function tryWriter(options: Taking, writer: string, refused: RefusedWriter[]): WriterDirectory | undefined {
  const { disk, ack } = options
  const dir = join(options.dir, writer)
  let lock: Lock | undefined
  try {
    lock = takeLock({ disk, dir, ack, now: options.now })
    if (!lock && options.exclusive && isHeld({ disk, dir, ack, now: options.now })) throw heldElsewhere(options, writer)
    if (!lock) return undefined
    checkAlone(options, writer)
    return continueWriter(options, writer, lock)
  } catch (error) {
    const { code, message } = error instanceof LedgerError ? error : directoryError(dir, error)
    if (code === 'LEDGER_HELD' && options.exclusive) {
      releaseQuietly(lock)
      throw error
    }
    // Lost at the last moment to another process: that writer is busy, and nothing is wrong with it.
    const isGone = options.exclusive && disk.findFacts(dir) === undefined
    if (code !== 'LEDGER_HELD' && !isGone) refused.push({ writer, code, message })
    releaseQuietly(lock)
    return undefined
  }
}

function continueWriter(options: Taking, writer: string, lock: Lock): WriterDirectory {
  const { disk } = options
  const dir = join(options.dir, writer)
  removeLeftovers(disk, dir)
  const expected: Expected = { ...options, origin: `${options.origin}/${writer}` }
  const signed = readSigned(disk, dir, expected)
  if (!signed) {
    if (hasEntries(disk, dir)) throw new LedgerError('LEDGER_META_MISSING', `${dir} has segments and no ${metaFile}`)
    return initialise(options, writer, lock) // left by a crash while it was made
  }
  disk.makeDirectory(join(dir, segmentDirectory))
  removeLeftovers(disk, join(dir, segmentDirectory))
  const { meta, keys } = signed
  const trusted = furthest(signed.checkpoint, keys.newest)
  const found = findEnd(disk, dir, trusted)
  if (!signed.checkpoint && found.segment && found.segment.first + found.segment.bytes > 0)
    checkNeverSigned(options, dir, signed)
  const recovered = found.torn && { first: found.torn.first, ...cutTail(disk, dir, found.torn, options.now()) }
  // The lines behind the checkpoint may never have left the page cache; nobody may build on them before they have.
  settle(disk, dir, found.unsynced)
  const end = recovered ? findEnd(disk, dir, trusted) : found
  if (!lock.isOurs()) throw new LedgerError('LEDGER_HELD', `${dir} was taken by another process at the same moment`)
  return {
    writer,
    dir,
    lock,
    end,
    signedSize: signed.checkpoint?.size ?? -1,
    hasSecond: meta.secondKey !== undefined,
    epochs: continueEpochs(options, placeOf(options, writer, lock), {
      keys,
      promised: meta.epochs === true,
      unfinished: signed.checkpoint !== undefined && !signed.isCurrent,
    }),
    ...(!signed.metaSigned && { unsignedMeta: signed.metaBytes }),
    ...(recovered && { recovered }),
  }
}

/**
 * Entries that no checkpoint covers are as they should be where the signer needs time, or failed. Otherwise somebody took the
 * checkpoint away: to go on would sign whatever was put in the place of what it covered.
 */
function checkNeverSigned(options: DirectoryOptions, dir: string, { meta, metaBytes }: SignedState): void {
  if (!options.signsAtOnce(formatMetaNote(meta.origin, metaBytes))) return
  throw new LedgerError('LEDGER_CHECKPOINT_MISSING', `${dir} has entries, and its checkpoint is gone`)
}

/** Undefined when another process, looking for a free directory at this moment, was faster than its maker. */
function createWriter(options: Taking, predecessor: RefusedWriter | undefined): WriterDirectory | undefined {
  const { disk, ack } = options
  const writer = `w-${randomBytes(6).toString('hex')}`
  const dir = join(options.dir, writer)
  checkAlone(options, writer)
  disk.makeDirectory(dir)
  const lock = takeLock({ disk, dir, ack, now: options.now })
  if (!lock) return undefined
  try {
    checkAlone(options, writer)
    return initialise(options, writer, lock, predecessor)
  } catch (error) {
    releaseQuietly(lock)
    if (options.exclusive) removeEmpty(dir)
    throw error
  }
}

/**
 * Asked under the own lock: of two processes that come at once at least one sees the other, and gives way. Both may, and come
 * again; that both stay is not possible.
 */
function checkAlone({ disk, dir, ack, now, exclusive }: DirectoryOptions, writer: string): void {
  if (!exclusive) return
  for (const other of disk.list(dir)) {
    if (other === writer || !writerName.test(other)) continue
    if (isHeld({ disk, dir: join(dir, other), ack, now })) throw heldElsewhere({ dir }, other)
  }
}

/** Whoever gives way leaves no directory that nobody finishes. One that another process has begun to use is not empty. */
function removeEmpty(dir: string): void {
  try {
    rmdirSync(dir)
  } catch {
    // Not empty, or not ours to remove: the next opening finishes it.
  }
}

function heldElsewhere({ dir }: Pick<DirectoryOptions, 'dir'>, writer: string): LedgerError {
  return new LedgerError('LEDGER_HELD', `another process writes to ${join(dir, writer)}`)
}

/** Writes LEDGER.json into a directory that has none yet. Until that is there, the directory counts as empty. */
function initialise(options: Taking, writer: string, lock: Lock, predecessor?: RefusedWriter): WriterDirectory {
  const { disk, service, stream, retentionClass, publicKey, secondKey } = options
  const dir = join(options.dir, writer)
  disk.makeDirectory(join(dir, segmentDirectory))
  if (options.keeper || options.lineage.length > 0) disk.makeDirectory(join(dir, keysDirectory))
  settleParents(disk, dir, options.made)
  const meta: Meta = {
    origin: `${options.origin}/${writer}`,
    service,
    stream,
    retentionClass,
    writer,
    created: new Date(options.now()).toISOString(),
    publicKey,
    ...(options.keeper && { epochs: true }),
    ...(secondKey !== undefined && { secondKey }),
    ...(predecessor && { predecessor: { writer: predecessor.writer, code: predecessor.code } }),
  }
  const unsignedMeta = Buffer.from(formatMeta(meta))
  replaceFile(disk, join(dir, metaFile), unsignedMeta)
  // One sync for all the names in it: an opening that finds only some of them makes the others again.
  disk.syncDirectory(dir)
  const epochs = beginEpochs(options, placeOf(options, writer, lock))
  const end = findEnd(disk, dir, undefined)
  return { writer, dir, lock, end, signedSize: -1, unsignedMeta, hasSecond: secondKey !== undefined, epochs }
}

function placeOf({ dir, origin, stream }: DirectoryOptions, writer: string, lock: Lock): EpochPlace {
  const one = { origin: `${origin}/${writer}`, stream, writer }
  return { dir: join(dir, writer), writer: one, isOurs: () => lock.isOurs() }
}

function removeLeftovers(disk: Disk, dir: string): void {
  for (const name of disk.list(dir)) if (name.endsWith('.tmp')) disk.remove(join(dir, name))
}

function hasEntries(disk: Disk, dir: string): boolean {
  return [segmentDirectory, keysDirectory].some(
    (name) => disk.findFacts(join(dir, name)) !== undefined && disk.list(join(dir, name)).length > 0,
  )
}

function releaseQuietly(lock: Lock | undefined): void {
  try {
    lock?.release()
  } catch {
    // Its process is this one: the next start sees that it is gone.
  }
}

/** The system's error as one of ours, with the path and what to do about it. */
function directoryError(dir: string, error: unknown): LedgerError {
  const options = { cause: error }
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LedgerError('LEDGER_DIR_READ_ONLY', `${dir} cannot be written: ${String(error)}`, options)
    case 'ENOTDIR':
    case 'EEXIST':
      return new LedgerError(
        'LEDGER_DIR_NOT_DIRECTORY',
        `${dir} is not a directory, or a file stands in its path: ${String(error)}`,
        options,
      )
    case 'ENOSPC':
    case 'EDQUOT':
      return new LedgerError('LEDGER_DIR_FULL', `${dir}: no space left: ${String(error)}`, options)
    default:
      return new LedgerError('LEDGER_DIR_UNUSABLE', `${dir}: ${String(error)}`, options)
  }
}
