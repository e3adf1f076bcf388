/**
 * Where slots are kept, as the subject keys see it: in files shared with other processes, or in memory.
 *
 * What takes long (persisting, erasing, rewriting) happens one after the other; what a record needs is in the table at once.
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { KeysError } from './errors.ts'
import { type Kek, KekFiles } from './kek-files.ts'
import { isErased, kekOf, slotBytes } from './slot.ts'
import { type Erased, eraseInTable, eraseSubjects, findKeys, kidText } from './slot-erase.ts'
import { readable, readSlots, SlotFiles, slotFilePaths } from './slot-files.ts'
import { runLater, runNow, type SlotIo } from './slot-io.ts'
import { underLock } from './slot-lock.ts'
import { isGone } from './slot-owner.ts'
import { rewriteSlots, wrapAhead } from './slot-rewrite.ts'
import type { Place, SlotTable } from './slot-table.ts'
import { SlotWriter } from './slot-writer.ts'

export interface SlotStore {
  readonly table: SlotTable
  /** False for readers: no keys are made. */
  readonly writable: boolean
  /** Slots that were found damaged. */
  readonly damaged: readonly Buffer[]
  kek(): Kek | undefined
  findKek(number: number): Kek['key'] | undefined
  /** Reads what other processes made or destroyed; cheap when nothing is new. */
  look(onSlot: (slot: Buffer, place: Place) => void): void
  /** A new slot of the table that has to become durable. */
  add(index: number): void
  /** A slot that another process made, and that may not be durable, is used from now on. */
  rely(index: number): void
  mark(index: number): void
  readonly pending: number
  readonly due: boolean
  isOwn(index: number): boolean
  persist(): Promise<void>
  persistSync(): void
  erase(subjects: readonly Uint8Array[], onSlot: (slot: Buffer, place: Place) => void): Promise<Erased>
  rotate(onSlot: (slot: Buffer, place: Place) => void): Promise<readonly number[]>
  /** Whether the key-encryption key has served its day, or a newer one is there to be followed. */
  rotationDue(nowMs: number): boolean
}

/** Files of processes that are gone are taken over at the next start when there are more of them. */
const deadFilesMax = 16
/** How long a key-encryption key is used: a day, after which an erasure is final. */
const kekMsMax = 86_400_000

export interface FileSlotsOptions {
  /** The keys directory. */
  readonly keysDir: string
  /** The directory of the slot files. */
  readonly dir: string
  readonly create: boolean
  readonly table: SlotTable
  readonly io: SlotIo
  readonly clock: { now(): number }
  readonly onProblem: (error: KeysError) => void
  /** Throws when the keys directory is not the one that was opened any more: then nothing is added to it. */
  readonly check: () => void
}

/** Slots in files. */
export class FileSlots implements SlotStore {
  readonly table: SlotTable
  readonly writable: boolean
  readonly #options: FileSlotsOptions
  readonly #keks: KekFiles
  readonly #files: SlotFiles
  readonly #writer: SlotWriter
  #last: Promise<void> = Promise.resolve()
  #queued: Promise<void> | undefined

  constructor(options: FileSlotsOptions) {
    const { keysDir, dir, create, table, io, clock } = options
    this.#options = options
    this.table = table
    this.writable = create && isWritable(dir, options.onProblem)
    this.#keks = new KekFiles(keysDir, this.writable, clock.now())
    const files = new SlotFiles(dir, options.onProblem)
    this.#files = files
    const keks = this.#keks
    this.#writer = new SlotWriter({
      dir,
      io,
      keks,
      table,
      check: options.check,
      newFileId: () => files.newId(),
      pathOf: (id) => files.pathOf(id),
    })
  }

  get damaged(): readonly Buffer[] {
    return this.#files.damaged
  }

  kek(): Kek | undefined {
    return this.#keks.current
  }

  findKek(number: number): Kek['key'] | undefined {
    return this.#keks.find(number)
  }

  look(onSlot: (slot: Buffer, place: Place) => void): void {
    this.#writer.checkInPlace()
    this.#files.look(this.#writer.own?.path, onSlot)
    if (!this.#writer.bereft) return
    const lost = this.#writer.readopt()
    if (lost === 0) return
    const what = `a slot file of this process was removed; ${lost} keys that stood nowhere else are written anew`
    this.#options.onProblem(new KeysError('KEYS_SLOT_DAMAGED', `${this.#options.dir}: ${what}`))
  }

  add(index: number): void {
    this.#writer.add(index)
  }

  rely(index: number): void {
    if (this.writable) this.#writer.rely(this.table.file(index))
  }

  mark(index: number): void {
    this.#writer.mark(index)
  }

  get pending(): number {
    return this.#writer.pending.length
  }

  get due(): boolean {
    return this.#writer.due
  }

  isOwn(index: number): boolean {
    return this.table.file(index) === this.#writer.own?.id || this.#writer.pending.includes(index)
  }

  persist(): Promise<void> {
    if (!this.due) return Promise.resolve()
    // One run covers everybody who asked before it began.
    this.#queued ??= this.#alone(() => {
      this.#queued = undefined
      return runLater(this.#writer.persist())
    })
    return this.#queued
  }

  persistSync(): void {
    runNow(this.#writer.persist())
  }

  erase(subjects: readonly Uint8Array[], onSlot: (slot: Buffer, place: Place) => void): Promise<Erased> {
    const { dir, io } = this.#options
    const { table } = this
    return this.#exclusively(async () => {
      await runLater(this.#writer.persist())
      this.look(onSlot)
      return eraseSubjects({ dir, io, table, writer: this.#writer }, subjects)
    })
  }

  async rotate(onSlot: (slot: Buffer, place: Place) => void): Promise<readonly number[]> {
    if (!this.writable) throw this.#readOnly()
    const now = this.#options.clock.now()
    this.#keks.look()
    // Another process may have made the next one; then this one only follows.
    if (!this.#wrapsBehind()) await this.#alone(() => underLock(this.#options.dir, () => this.#keks.next(now)))
    await wrapAhead({ table: this.table, writer: this.#writer, keks: this.#keks, files: this.#files, nowMs: now })
    return this.#exclusively(async () => {
      await runLater(this.#writer.persist())
      this.look(onSlot)
      await this.#rewrite(now)
      await runLater(this.#writer.persist())
      const old = await this.#keks.retireOld()
      const named = await this.#namedKeks()
      const destroyed = old.filter((number) => !named.has(number))
      for (const number of destroyed) await this.#keks.destroy(number)
      return destroyed
    })
  }

  rotationDue(nowMs: number): boolean {
    if (!this.writable) return false
    this.#keks.look()
    return this.#wrapsBehind() || Math.abs(nowMs - (this.#keks.current?.created ?? nowMs)) >= kekMsMax
  }

  /** Takes over what processes left behind, when it has become much. Not needed for anything but a quick start. */
  async tidy(): Promise<void> {
    const now = this.#options.clock.now()
    const dead = this.#files.all.filter((file) => isGone(file.owner, file.touchedMs, now))
    if (!this.writable || dead.length <= deadFilesMax) return
    await this.#exclusively(() => this.#rewrite(now))
  }

  #rewrite(nowMs: number): Promise<void> {
    const { dir, io } = this.#options
    return rewriteSlots({
      dir,
      io,
      keks: this.#keks,
      table: this.table,
      files: this.#files,
      writer: this.#writer,
      nowMs,
    })
  }

  /** Whether a slot of this process is wrapped with an older key than the newest. */
  #wrapsBehind(): boolean {
    const newest = this.#keks.current?.number
    for (let index = 0; index < this.table.count; index++) {
      const slot = this.table.slot(index)
      if (!isErased(slot) && kekOf(slot) !== newest && this.table.file(index) === this.#writer.own?.id) return true
    }
    return false
  }

  /** The key-encryption keys that any slot on disk depends on. Reads the files anew: others write to them. */
  async #namedKeks(): Promise<Set<number>> {
    const named = new Set<number>()
    for (const path of slotFilePaths(this.#options.dir)) {
      const bytes = readSlots(path) ?? Buffer.alloc(0)
      for (let at = slotBytes; at + slotBytes <= bytes.length; at += slotBytes) {
        const slot = bytes.subarray(at, at + slotBytes)
        const sound = readable(slot)
        // What cannot be read may still be restored with its key.
        if (sound === undefined || !isErased(sound)) named.add(kekOf(slot))
        if ((at / slotBytes) % 2_000 === 0) await nextTurn()
      }
    }
    return named
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (!this.writable) return Promise.reject(this.#readOnly())
    return this.#alone(() => underLock(this.#options.dir, work))
  }

  #readOnly(): KeysError {
    return new KeysError('KEYS_DIR_UNUSABLE', `${this.#options.dir} was opened for reading`)
  }

  /** One after the other, in the order they were asked for. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work)
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    )
    return mine
  }
}

/** A directory mounted read-only still serves the keys that are in it; others have to be told that no more are made. */
function isWritable(dir: string, onProblem: (error: KeysError) => void): boolean {
  try {
    accessSync(dir, constants.W_OK)
    return true
  } catch (error) {
    onProblem(
      new KeysError('KEYS_DIR_UNUSABLE', `${dir} cannot be written, so nobody new gets a key`, { cause: error }),
    )
    return false
  }
}

/** Slots that end with the process. */
export class MemorySlots implements SlotStore {
  readonly table: SlotTable
  readonly writable = true
  readonly damaged: readonly Buffer[] = []
  readonly pending = 0
  readonly due = false
  readonly #kek: Kek = { number: 1, key: createSecretKey(randomBytes(32)), created: 0 }

  constructor(table: SlotTable) {
    this.table = table
  }

  kek(): Kek {
    return this.#kek
  }

  findKek(): Kek['key'] {
    return this.#kek.key
  }

  look(): void {}

  add(): void {}

  rely(): void {}

  mark(): void {}

  isOwn(): boolean {
    return true
  }

  persist(): Promise<void> {
    return Promise.resolve()
  }

  persistSync(): void {}

  async erase(subjects: readonly Uint8Array[]): Promise<Erased> {
    const { live, before } = findKeys(this.table, subjects)
    eraseInTable(this.table, live)
    return { kids: live.map((index) => kidText(this.table.slot(index))), before }
  }

  /** There is nothing that an older key-encryption key could still open. */
  rotate(): Promise<readonly number[]> {
    return Promise.resolve([])
  }

  rotationDue(): boolean {
    return false
  }
}
