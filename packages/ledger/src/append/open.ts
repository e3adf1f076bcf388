/**
 * `openLedger`: checks the options, takes a writer directory, and wraps its writer as the ledger callers see.
 */
import { randomBytes } from 'node:crypto'
import { basename, dirname, resolve } from 'node:path'
import { type Disk, realDisk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
import type { AckLevel, AppendReceipt, Ledger, LedgerState, Opening, OpenOptions, PendingEntry } from '../ledger.ts'
import { bodyBytesMax, Chain } from '../line.ts'
import { isKeyName } from '../note.ts'
import { hashToHex } from '../tree.ts'
import { Checkpointer } from './checkpointer.ts'
import type { Lock } from './lock.ts'
import { NoteSigner } from './note-signer.ts'
import { Pending } from './pending.ts'
import { Segment } from './segment.ts'
import { Writer } from './writer.ts'
import { takeWriterDirectory, type WriterDirectory } from './writer-directory.ts'

/**
 * Opens a stream for writing: continues the first writer directory that is free and sound, or makes a new one.
 *
 * Synchronous, and quick: it reads what was written since the newest checkpoint. A lock held by another process and a damaged
 * log never fail an opening; the former is passed over, the latter named in `opening.refused`.
 * With `exclusive` it throws LEDGER_HELD while another process writes to the stream.
 * Throws LEDGER_OPTION_INVALID, LEDGER_DIR_NOT_DIRECTORY, LEDGER_DIR_READ_ONLY, LEDGER_DIR_FULL, LEDGER_DIR_UNUSABLE.
 *
 *     const ledger = openLedger({ dir, origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer })
 *     await ledger.append('"event":"login"').durable
 */
export function openLedger(options: OpenOptions): Ledger {
  checkOptions(options)
  const disk = options.disk ?? realDisk
  const ack = options.ack ?? 'durable'
  const now = (): number => (options.clock ? options.clock.now() : Date.now())
  const publicKey = Buffer.from(options.signer.publicKey).toString('base64')
  const dir = resolve(options.dir)
  const { origin, stream, retentionClass } = options
  const service = serviceOf(options, dir)
  const { taken, refused } = takeWriterDirectory({
    disk,
    dir,
    origin,
    service,
    stream,
    retentionClass,
    publicKey,
    ack,
    exclusive: options.exclusive === true,
    now,
  })
  return new OpenLedger({ options, ack, now, publicKey, taken, refused })
}

interface OpenLedgerStart {
  readonly options: OpenOptions
  readonly ack: AckLevel
  now(): number
  readonly publicKey: string
  readonly taken: WriterDirectory
  readonly refused: Opening['refused']
}

class OpenLedger implements Ledger {
  readonly writer: string
  readonly dir: string
  readonly origin: string
  readonly opening: Opening
  readonly #writer: Writer
  readonly #lock: Lock
  readonly #onFact: OpenOptions['onFact']
  #closed = false
  #hasEntries = false
  #closing: Promise<void> | undefined

  constructor(start: OpenLedgerStart) {
    const { options, taken } = start
    const { end } = taken
    this.writer = taken.writer
    this.dir = taken.dir
    this.origin = `${options.origin}/${taken.writer}`
    this.#lock = taken.lock
    this.#onFact = options.onFact
    this.opening = openingOf(start)
    const disk = options.disk ?? realDisk
    const { segment } = end
    this.#writer = new Writer({
      disk,
      dir: taken.dir,
      writer: taken.writer,
      ack: start.ack,
      chain: new Chain(end.next, end.place.h),
      segment:
        segment && new Segment(disk, taken.dir, segment.first, segment.facts.birthtimeMs || start.now(), segment.facts),
      lock: taken.lock,
      now: start.now,
      beforeCommit: options.beforeCommit,
      onFact: (fact) => options.onFact?.(fact),
      makeCheckpointer: (ready) => makeCheckpointer(start, disk, ready),
    })
  }

  get state(): LedgerState {
    return this.#writer.state
  }

  append(body: string, head = false): AppendReceipt {
    if (this.#closed) throw new LedgerError('LEDGER_CLOSED', `${this.origin} is closed`)
    const entry = new Pending(body, checkBody(body))
    // What opens the log stays in front, whatever comes to the head of the queue before the first batch.
    this.#writer.add(entry, head || !this.#hasEntries)
    this.#hasEntries = true
    return entry
  }

  takeUnacknowledged(): readonly PendingEntry[] {
    return this.#writer.hasFailed ? this.#writer.takeAll() : []
  }

  adopt(entries: readonly PendingEntry[], rewrite: (body: string) => string): void {
    if (this.#closed) throw new LedgerError('LEDGER_CLOSED', `${this.origin} is closed`)
    for (const entry of entries) {
      if (!(entry instanceof Pending))
        throw new LedgerError('LEDGER_ENTRY_INVALID', 'only entries of a ledger can be adopted')
      try {
        entry.body = rewrite(entry.body)
        entry.bytes = checkBody(entry.body)
        this.#writer.add(entry, false)
      } catch (error) {
        const problem = new LedgerError(
          'LEDGER_ENTRY_INVALID',
          `an adopted entry could not be rewritten: ${String(error)}`,
        )
        entry.fail(error instanceof LedgerError ? error : problem)
      }
    }
  }

  flush(): Promise<void> {
    return this.#writer.flush()
  }

  flushSync(): void {
    this.#writer.flushNow()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  closeSync(): void {
    if (this.#closed && !this.#closing) return
    this.#closed = true
    const failure = this.#writer.finishNow()
    this.#closing ??= Promise.resolve()
    this.#leave(failure)
  }

  async #close(): Promise<void> {
    this.#closed = true
    const failure = await this.#writer.finish()
    this.#leave(failure)
    if (failure && !failure.final)
      throw new LedgerError('LEDGER_CLOSED', `closed with entries that could not be written: ${failure.message}`)
  }

  #left = false

  /** After a final failure the lock stays: this process must not continue a file the disk has failed on. */
  #leave(failure: LedgerState['failure']): void {
    if (this.#left) return
    this.#left = true
    const message = `${this.origin} was closed before this entry was durable${failure ? `: ${failure.message}` : ''}`
    for (const entry of this.#writer.takeAll()) entry.fail(new LedgerError('LEDGER_CLOSED', message))
    if (failure?.final) return
    try {
      this.#lock.release()
    } catch {
      // The next start sees that this process is gone.
    }
    try {
      this.#onFact?.({ kind: 'closed' })
    } catch {
      // A listener's failure is not ours.
    }
  }
}

/** A directory without a checkpoint gets one before its first entry, unless the signer needs time. */
function makeCheckpointer(start: OpenLedgerStart, disk: Disk, ready: () => void): Checkpointer {
  const { options, taken, now } = start
  const { dir, end, signedSize, unsignedMeta } = taken
  const { tree, place } = end
  const signer = new NoteSigner(`${options.origin}/${taken.writer}`, options.signer)
  const rest = unsignedMeta ? { unsignedMeta } : {}
  const checkpointer = new Checkpointer({ disk, dir, signer, now, tree, place, signedSize, ready, ...rest })
  try {
    if (unsignedMeta) checkpointer.writeNow()
  } catch {
    // Tried again by the timer, whose failure shows in the state.
  }
  return checkpointer
}

function openingOf(start: OpenLedgerStart): Opening {
  const { taken, refused, ack, publicKey } = start
  const { end, lock, signedSize, recovered } = taken
  const wasClosed = !lock.takenOver && !recovered && signedSize === end.next
  return {
    writer: taken.writer,
    incarnation: randomBytes(16).toString('hex'),
    next: end.next,
    previous: end.next === 0 && !recovered ? 'new' : wasClosed ? 'closed' : 'crashed',
    ...(end.next > 0 && { predecessor: { size: end.next, root: hashToHex(end.tree.root()) } }),
    ...(recovered && { recovered }),
    refused,
    ack,
    publicKey,
  }
}

function checkOptions(options: OpenOptions): void {
  const invalid = (name: string, expected: string): never => {
    throw new LedgerError('LEDGER_OPTION_INVALID', `${name} ${expected}`)
  }
  if (typeof options.dir !== 'string' || options.dir === '') invalid('dir', 'must be the path of a directory')
  if (!isKeyName(options.origin) || options.origin.length > 400) {
    invalid('origin', `must be 1 to 400 characters without white space and plus signs, as in clinic/audit.standard`)
  }
  for (const name of ['stream', 'retentionClass'] as const) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(options[name]))
      invalid(name, 'must be 1 to 64 letters, digits, hyphens or underscores')
  }
  if (options.signer.publicKey.length !== 32) invalid('signer', 'must have an Ed25519 public key of 32 raw bytes')
  if (!['durable', 'written', 'queued'].includes(options.ack ?? 'durable'))
    invalid('ack', 'must be durable, written or queued')
}

/** `clinic` of `clinic/audit.standard`; for any other origin the directory above the stream's. */
function serviceOf(options: OpenOptions, dir: string): string {
  const suffix = `/${options.stream}.${options.retentionClass}`
  if (options.origin.endsWith(suffix) && options.origin.length > suffix.length)
    return options.origin.slice(0, -suffix.length)
  return basename(dirname(dir)) || options.origin
}

/** The bytes of a body in UTF-8. */
function checkBody(body: string): number {
  if (body.length === 0 || body.includes('\n'))
    throw new LedgerError('LEDGER_ENTRY_INVALID', 'an entry is not empty and has no line feed')
  const bytes = Buffer.byteLength(body)
  if (bytes > bodyBytesMax)
    throw new LedgerError('LEDGER_ENTRY_TOO_LARGE', `${bytes} bytes, at most ${bodyBytesMax} fit`)
  return bytes
}
