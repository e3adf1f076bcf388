/**
 * Keeps the tree over what is durable and signs it: at most once a second while there is something new, and at the end.
 *
 * A checkpoint replaces the file `checkpoint`; beside it goes what opening needs to continue from there (`frontier.ts`).
 * Signing may be slow or elsewhere, so it never holds up a batch; only the writing of the two files takes a turn on the disk.
 */
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { type Frontier, formatFrontiers, type Place } from '../frontier.ts'
import type { Epochs, EpochTurn } from '../keep/epochs.ts'
import { checkpointFile, frontierFile, keysDirectory, metaNoteFile } from '../layout.ts'
import { lineFeed } from '../line.ts'
import { formatMetaNote } from '../meta.ts'
import { type Hash, leafIn, type Tree } from '../tree.ts'
import type { NoteSigner } from './note-signer.ts'
import { replaceFile, replaceFileLater } from './small-file.ts'

const everyMs = 1000

export interface CheckpointerStart {
  readonly disk: Disk
  readonly dir: string
  readonly signer: NoteSigner
  /** Called with the lines of a batch before its leaves: bytes and place as for `add`, not to be kept. */
  readonly onLines?: (bytes: Buffer, place: Place) => void
  /** Called with every leaf of the tree, in order, as it becomes durable. */
  readonly onLeaf?: (leaf: Hash) => void
  now(): number
  /** The tree at opening, and where in the files it ends. */
  readonly tree: Tree
  readonly place: Place
  /** The size of the newest checkpoint on disk, -1 for none. */
  readonly signedSize: number
  /** LEDGER.json, when its note is still to be signed. */
  readonly unsignedMeta?: Uint8Array
  /** What else signs, and what that needs on disk before a checkpoint. */
  readonly epochs?: Epochs
  /** Called when something is ready to be written. */
  ready(): void
}

interface Signed {
  readonly size: number
  /** Key statements, durable before the rest is written. */
  readonly statements: readonly SmallFile[]
  readonly files: readonly SmallFile[]
  readonly frontier: Frontier
  readonly turn: EpochTurn | undefined
}

interface SmallFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export class Checkpointer {
  readonly #start: CheckpointerStart
  readonly #tree: Tree
  #place: Place
  #unhashed: { bytes: Buffer; place: Place }[] = []
  #signedSize: number
  #unsignedMeta: Uint8Array | undefined
  #frontiers: Frontier[] = []
  #signed: Signed | undefined
  #signing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #epochTimer: NodeJS.Timeout | undefined
  #startedMs = Number.NEGATIVE_INFINITY
  #stopped = false
  #newest: { size: number; timeMs: number } | undefined
  #failure: string | undefined

  constructor(start: CheckpointerStart) {
    this.#start = start
    this.#tree = start.tree
    this.#place = start.place
    this.#signedSize = start.signedSize
    this.#unsignedMeta = start.unsignedMeta
    if (start.signedSize >= 0 && start.signedSize === start.tree.size) this.#frontiers = [this.#frontier()]
  }

  /** The newest checkpoint this process wrote. */
  get newest(): { size: number; timeMs: number } | undefined {
    return this.#newest
  }

  /** Why the newest attempt to sign or write failed; it is repeated. */
  get failure(): string | undefined {
    return this.#failure ?? this.#start.epochs?.problem
  }

  get isReady(): boolean {
    return this.#signed !== undefined
  }

  /** Lines that became durable: `bytes` is a line feed, then lines with theirs. They are hashed when the disk is busy anyway. */
  add(bytes: Buffer, place: Place): void {
    this.#unhashed.push({ bytes, place })
    this.schedule()
  }

  /** Signs within a second if there is anything to sign. */
  schedule(): void {
    if (this.#timer || this.#signing || this.#signed || this.#stopped) return
    if (!this.#isBehind) {
      this.#awaitEpochEnd()
      return
    }
    const waitMs = Math.max(0, this.#startedMs + everyMs - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#signing = this.#sign()
    }, waitMs).unref()
  }

  /** Brings the tree up to date. */
  hash(): void {
    const batches = this.#unhashed
    if (batches.length === 0) return
    this.#unhashed = []
    for (const { bytes, place } of batches) {
      this.#start.onLines?.(bytes, place) // first: hashing a leaf writes to the byte in front of it
      let start = 1
      while (start < bytes.length) {
        const end = bytes.indexOf(lineFeed, start)
        const leaf = leafIn(bytes, start, end)
        this.#tree.push(leaf)
        this.#start.onLeaf?.(leaf)
        start = end + 1
      }
      this.#place = place
    }
  }

  /** Writes what was signed. A failure is kept in `failure` and tried again with the next checkpoint. */
  async write(): Promise<void> {
    const signed = this.#signed
    if (!signed) return
    this.#signed = undefined
    try {
      const { disk, dir } = this.#start
      const replace = ({ name, bytes }: SmallFile) =>
        replaceFileLater(disk, join(dir, name), bytes, () => !this.#stopped)
      for (const statement of signed.statements) await replace(statement)
      if (signed.statements.length > 0) await disk.later.syncDirectory(join(dir, keysDirectory))
      for (const file of this.#filesOf(signed)) await replace(file)
      await disk.later.syncDirectory(dir)
      if (!this.#stopped) this.#written(signed)
    } catch (error) {
      this.#failure = String(error)
    }
    this.schedule()
  }

  /** The last checkpoint. Rejects with what the signer or the disk rejects with. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer)
    clearTimeout(this.#epochTimer)
    await this.#signing
    this.#signed = undefined
    this.hash()
    if (!this.#isBehind) return
    await this.#sign()
    await this.write()
    if (this.#failure !== undefined) throw new Error(this.#failure)
  }

  /** Signs and writes at once if there is anything to sign and the signer answers at once. Throws what they throw. */
  writeNow(): boolean {
    this.hash()
    if (!this.#isBehind) return false
    const signed = this.#prepare()
    if (signed instanceof Promise) {
      signed.catch(() => {}) // asked again when the timer fires
      return false
    }
    const { disk, dir } = this.#start
    for (const { name, bytes } of signed.statements) replaceFile(disk, join(dir, name), bytes)
    if (signed.statements.length > 0) disk.syncDirectory(join(dir, keysDirectory))
    for (const { name, bytes } of this.#filesOf(signed)) replaceFile(disk, join(dir, name), bytes)
    disk.syncDirectory(dir)
    this.#written(signed)
    return true
  }

  /** From now on nothing is put in place any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#epochTimer)
  }

  get #isBehind(): boolean {
    if (this.#unsignedMeta !== undefined || this.#unhashed.length > 0) return true
    return this.#tree.size > this.#signedSize || this.#start.epochs?.isDue === true
  }

  /** An epoch ends although nothing is written. */
  #awaitEpochEnd(): void {
    const waitMs = this.#start.epochs?.waitMs
    if (waitMs === undefined) return
    clearTimeout(this.#epochTimer)
    this.#epochTimer = setTimeout(() => this.schedule(), waitMs + 1).unref()
  }

  async #sign(): Promise<void> {
    this.#startedMs = performance.now()
    this.hash()
    try {
      this.#signed = await this.#prepare()
      this.#failure = undefined
    } catch (error) {
      this.#failure = String(error)
    }
    this.#signing = undefined
    if (this.#signed) this.#start.ready()
    else this.schedule()
  }

  /** Everything that is to be written, with its signatures; a promise only if the signer gives one. */
  #prepare(): Signed | Promise<Signed> {
    const { signer, epochs, now } = this.#start
    const { origin } = signer
    const frontier = this.#frontier()
    const { size } = frontier
    const root = this.#tree.root()
    const turn = epochs?.turn(size, root)
    const notes: { name: string; note: Buffer | Promise<Buffer> }[] = []
    const { statement } = turn ?? {}
    if (statement) notes.push({ name: statement.name, note: signer.noteBy(statement.text, statement.signers) })
    if (this.#unsignedMeta)
      notes.push({ name: metaNoteFile, note: signer.note(formatMetaNote(origin, this.#unsignedMeta)) })
    const checkpoint = { origin, size, root }
    notes.push({ name: checkpointFile, note: signer.checkpoint(checkpoint, now(), turn?.epochKey) })

    const finish = (ready: readonly Buffer[]): Signed => {
      const files = notes.map(({ name }, i) => ({ name, bytes: ready[i] ?? Buffer.alloc(0) }))
      const statements = [...(turn?.rotations ?? []), ...files.splice(0, statement ? 1 : 0)]
      return { size, frontier, statements, files, turn }
    }
    const ready = notes.flatMap(({ note }) => (Buffer.isBuffer(note) ? [note] : []))
    return ready.length === notes.length ? finish(ready) : Promise.all(notes.map(({ note }) => note)).then(finish)
  }

  /** The frontier goes first: a crash in between leaves the old checkpoint, and the old frontier beside the new one. */
  #filesOf(signed: Signed): SmallFile[] {
    const frontiers = formatFrontiers([...this.#frontiers.slice(-1), signed.frontier])
    return [{ name: frontierFile, bytes: Buffer.from(frontiers) }, ...signed.files]
  }

  #written(signed: Signed): void {
    this.#signedSize = signed.size
    this.#unsignedMeta = undefined
    this.#frontiers = [signed.frontier]
    this.#newest = { size: signed.size, timeMs: this.#start.now() }
    if (signed.turn) this.#start.epochs?.turned(signed.turn)
  }

  #frontier(): Frontier {
    return { size: this.#tree.size, ...this.#place, hashes: [...this.#tree.frontier] }
  }
}
