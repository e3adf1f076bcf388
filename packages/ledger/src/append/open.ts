/**
 * `openLedger`: checks the options, takes a writer directory, and wraps its writer as the ledger callers see.
 */
import { randomBytes } from 'node:crypto'
import { basename, dirname, join, resolve } from 'node:path'
import { type Disk, realDisk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
import type { Place } from '../frontier.ts'
import { epochMsDefault } from '../keep/epochs.ts'
import { parseLineage, type Rotation } from '../keep/lineage.ts'
import { fitsSecond, secondKeyBytes } from '../keep/second-signature.ts'
import { sealFile } from '../layout.ts'
import type {
  AckLevel,
  AppendReceipt,
  Ledger,
  LedgerFact,
  LedgerState,
  Opening,
  OpenOptions,
  PendingEntry,
  SealedSegment,
} from '../ledger.ts'
import { bodyBytesMax, Chain } from '../line.ts'
import { isKeyName } from '../note.ts'
import { type Hash, hashToHex } from '../tree.ts'
import { Checkpointer, type CheckpointerStart } from './checkpointer.ts'
import type { Lock } from './lock.ts'
import { NoteSigner } from './note-signer.ts'
import { bodyOf, Pending, rewriteEntry } from './pending.ts'
import { Sealer } from './sealer.ts'
import { Segment } from './segment.ts'
import { TileKeeper } from './tile-keeper.ts'
import { tellQuietly } from './trouble.ts'
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
  const { second } = options.signer
  const { taken, refused } = takeWriterDirectory({
    disk,
    dir,
    origin,
    service,
    stream,
    retentionClass,
    publicKey,
    secondKey: second && Buffer.from(second.publicKey).toString('base64'),
    lineage: lineageOf(options),
    keeper: options.epochs,
    epochMs: options.epochMs ?? epochMsDefault,
    ack,
    exclusive: options.exclusive === true,
    signsAtOnce: (text) => signsAtOnce(options.signer, text),
    now,
  })
  return new OpenLedger({ options, ack, now, publicKey, taken, refused })
}

/** A signer that fails may be one that needs time. */
function signsAtOnce(signer: OpenOptions['signer'], text: string): boolean {
  try {
    const signature = signer.sign(Buffer.from(text))
    if (signature instanceof Uint8Array) return true
    signature.catch(() => {})
    return false
  } catch {
    return false
  }
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
    const signer = noteSignerOf(start)
    const tiles = new TileKeeper(disk, taken.dir, end.tree)
    const segment = findOpenSegment(start, disk)
    const onFact = (fact: LedgerFact): void => options.onFact?.(fact)
    const sealer = new Sealer({
      ...{ disk, dir: taken.dir, signer, tree: end.tree, tiles },
      lastIsFinished: segment?.isSealed === true,
      onFact: (fact) => tellQuietly(onFact, fact),
    })
    const onLines = (bytes: Buffer, place: Place): void => sealer.growing(bytes, place)
    const onLeaf = (leaf: Hash): void => {
      tiles.add(leaf)
      sealer.grown()
    }
    this.#writer = new Writer({
      disk,
      dir: taken.dir,
      writer: taken.writer,
      ack: start.ack,
      chain: new Chain(end.next, end.place.h),
      segment,
      lock: taken.lock,
      now: start.now,
      beforeCommit: options.beforeCommit,
      sealer,
      tiles,
      commitDelayMs: options.commitDelayMs ?? 0,
      reserveBytes: options.reserveBytes ?? 0,
      onFact,
      makeCheckpointer: (ready) => makeCheckpointer(start, { disk, signer, onLines, onLeaf, ready }),
    })
  }

  get state(): LedgerState {
    return this.#writer.state
  }

  append(body: string, head = false, id = ''): AppendReceipt {
    if (this.#closed) throw new LedgerError('LEDGER_CLOSED', `${this.origin} is closed`)
    const entry = new Pending(body, checkBody(body), id)
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
        const body = rewrite(bodyOf(entry))
        rewriteEntry(entry, body, checkBody(body))
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

  async seal(): Promise<SealedSegment> {
    if (this.#closed) throw new LedgerError('LEDGER_CLOSED', `${this.origin} is closed`)
    return this.#writer.seal()
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
    if (failure?.final) {
      this.#lock.leave()
      return
    }
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
function makeCheckpointer(
  start: OpenLedgerStart,
  by: Pick<CheckpointerStart, 'disk' | 'signer' | 'onLines' | 'onLeaf' | 'ready'>,
): Checkpointer {
  const { taken, now } = start
  const { dir, end, signedSize, unsignedMeta, epochs } = taken
  const { tree, place } = end
  const rest = { ...(unsignedMeta && { unsignedMeta }), ...(epochs && { epochs }) }
  const checkpointer = new Checkpointer({ ...by, dir, now, tree, place, signedSize, ...rest })
  try {
    if (unsignedMeta || epochs?.isDue) checkpointer.writeNow()
  } catch {
    // Tried again by the timer, whose failure shows in the state.
  }
  return checkpointer
}

function noteSignerOf({ options, taken }: OpenLedgerStart): NoteSigner {
  const { writer, epochs, hasSecond } = taken
  return new NoteSigner(`${options.origin}/${writer}`, options.signer, { epochs, hasSecond })
}

/** The segment that entries go on in, unless an earlier process had finished with it. */
function findOpenSegment({ taken, now }: OpenLedgerStart, disk: Disk): Segment | undefined {
  const { dir, end } = taken
  if (!end.segment) return undefined
  const { first, facts } = end.segment
  const hasSeal = disk.findFacts(join(dir, sealFile(first))) !== undefined
  return new Segment(disk, dir, first, facts.birthtimeMs || now(), facts, hasSeal)
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
  const { publicKey, second } = options.signer
  if (publicKey.length !== 32) invalid('signer', 'must have an Ed25519 public key of 32 raw bytes')
  if (second && second.publicKey.length !== secondKeyBytes)
    invalid('signer', `must have a second public key of ${secondKeyBytes} raw bytes, ML-DSA-44`)
  if (second && !fitsSecond(`${options.origin}/w-000000000000`))
    invalid('origin', 'must be shorter where checkpoints get a second signature: 220 bytes fit')
  const { epochMs = epochMsDefault } = options
  if (!(epochMs >= 1_000 && epochMs <= 604_800_000)) invalid('epochMs', 'must be 1,000 to 604,800,000 milliseconds')
  const { reserveBytes = 0 } = options
  if (!Number.isSafeInteger(reserveBytes) || reserveBytes < 0 || reserveBytes > 1 << 30)
    invalid('reserveBytes', 'must be 0 to 1,073,741,824 bytes')
  const { commitDelayMs = 0 } = options
  if (!(commitDelayMs >= 0 && commitDelayMs <= 1_000)) invalid('commitDelayMs', 'must be 0 to 1,000 milliseconds')
  if (!['durable', 'written', 'queued'].includes(options.ack ?? 'durable'))
    invalid('ack', 'must be durable, written or queued')
}

/** Checked once, so that nobody has to ask again. Throws LEDGER_OPTION_INVALID. */
function lineageOf({ signer }: OpenOptions): readonly Rotation[] {
  const lineage = parseLineage(signer.lineage ?? [], Buffer.from(signer.publicKey).toString('base64'))
  if (typeof lineage !== 'string') return lineage
  throw new LedgerError('LEDGER_OPTION_INVALID', `signer must have a lineage that leads to its key: ${lineage}`)
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
  // Half a character has no bytes in UTF-8; something else would be stored in its place.
  if (bytes !== body.length && !body.isWellFormed())
    throw new LedgerError('LEDGER_ENTRY_INVALID', 'an entry has no lone surrogates')
  if (bytes > bodyBytesMax)
    throw new LedgerError('LEDGER_ENTRY_TOO_LARGE', `${bytes} bytes, at most ${bodyBytesMax} fit`)
  return bytes
}
