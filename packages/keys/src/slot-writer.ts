/**
 * Makes new slots durable in this process's own file, which is created with the first of them.
 *
 * A slot gets its place once and is written there until the disk has it, so the blocking way may step in at any moment. A
 * promise needs two looks after the sync: the file still stands under its name (or whoever copies it may have missed the
 * slot), and the key-encryption key is still in force (or it may be destroyed). Otherwise the slots are written anew.
 */
import { randomBytes } from 'node:crypto'
import { fstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KeysError } from './errors.ts'
import type { KekFiles } from './kek-files.ts'
import { errorCode } from './key-file.ts'
import { kekOf, slotBytes, stateSpan, unwrap, wrapInto } from './slot.ts'
import { inAnyOrder, type SlotIo, type Step } from './slot-io.ts'
import { headerOf, thisOwner } from './slot-owner.ts'
import { nowhere, type SlotTable } from './slot-table.ts'

/** How often slots are written anew before this counts as a failure. */
const attemptsMax = 5
/** Slots written and synced together: on a disk that is nearly full, as many as fit are not waiting any more. */
const slotsMax = 4_096
/** Noting that a birth is on record can wait, so a batch of it is bounded. */
const marksMax = 256

/** The file this process appends to. */
export interface OwnFile {
  readonly id: number
  readonly path: string
  fd: number | undefined
  ino: number | undefined
  /** The next free place. */
  next: number
  /** True once its name would survive a crash. */
  listed: boolean
}

export interface SlotWriterParts {
  readonly dir: string
  readonly io: SlotIo
  readonly keks: KekFiles
  readonly table: SlotTable
  /** Throws when the keys directory is not the one that was opened any more. */
  check(): void
  newFileId(): number
  /** Where a file of another process stands now; undefined when it is gone. */
  pathOf(id: number): string | undefined
}

export class SlotWriter {
  readonly #parts: SlotWriterParts
  #own: OwnFile | undefined
  /** Not durable yet, in the order they were made. */
  #pending: number[] = []
  /** Files of others that hold keys we use and that nobody may have synced. */
  readonly #foreign = new Set<number>()
  /** Births on record, not noted in their slots yet. */
  #marks: number[] = []
  #marksHeld = false
  #bereft = false

  constructor(parts: SlotWriterParts) {
    this.#parts = parts
  }

  get own(): OwnFile | undefined {
    return this.#own
  }

  get pending(): readonly number[] {
    return this.#pending
  }

  get due(): boolean {
    return this.#pending.length > 0 || this.#foreign.size > 0
  }

  /** True while keys of a file that is gone may stand nowhere: see `readopt()`. */
  get bereft(): boolean {
    return this.#bereft
  }

  add(index: number): void {
    this.#pending.push(index)
  }

  /** Notices when the own file was taken away: by somebody who copies it, or by mistake. */
  checkInPlace(): void {
    const own = this.#own
    if (own?.listed === true && statSync(own.path, { throwIfNoEntry: false })?.ino !== own.ino) this.#forsake(own)
  }

  /** Right behind a look at all files: keys of the file that is gone and that nobody copied are written anew; says how many. */
  readopt(): number {
    this.#bereft = false
    const waiting = new Set(this.#pending)
    const lost = this.#parts.table.homeless().filter((index) => !waiting.has(index))
    this.#pending.push(...lost)
    return lost.length
  }

  /** A slot of another process's file is about to be relied upon. */
  rely(file: number): void {
    this.#foreign.add(file)
  }

  /** The birth is on record: noted with the next slots. */
  mark(index: number): void {
    if (this.#own !== undefined && this.#parts.table.file(index) === this.#own.id) this.#marks.push(index)
  }

  /**
   * Slots in memory are about to be wrapped anew, so that their checksums are not those of the file any more: births are
   * noted again once another file was adopted.
   */
  holdMarks(): void {
    this.#marksHeld = true
  }

  /** Another file takes over what was in the own one; `undefined` begins a new one. */
  adopt(own: OwnFile | undefined): void {
    this.#own = own
    this.#marks = []
    this.#marksHeld = false
  }

  /**
   * Everything that is due when it begins, as steps. Throws the system's error; then nothing is forgotten. What is added
   * meanwhile goes behind and may wait: with new people in every sync this would never end, and no record would be written.
   */
  *persist(): Generator<Step, void, undefined> {
    yield* this.#syncForeign()
    const due = new Set(this.#pending)
    for (let attempt = 0; due.has(this.#pending[0] ?? nowhere); ) {
      if (attempt === attemptsMax)
        throw new Error(`${this.#parts.dir}: the file of this process is replaced again and again`)
      const [first] = this.#pending
      yield* this.#write(this.#pending.slice(0, slotsMax))
      attempt = this.#pending[0] === first ? attempt + 1 : 0
    }
    yield* this.#writeMarks()
  }

  /** Appends slots that only tell: their keys stand elsewhere. Right behind `persist()`, so that no place is given out before. */
  *append(slots: readonly Buffer[]): Generator<Step, void, undefined> {
    const { io, dir } = this.#parts
    const own = this.#own ?? this.#begin()
    const first = own.next
    own.next += slots.length
    if (own.fd === undefined) yield* this.#open(own)
    const fd = own.fd ?? nowhere
    if (first === 1) yield io.write(fd, headerOf(thisOwner()), 0)
    yield io.write(fd, Buffer.concat([...slots]), first * slotBytes)
    yield io.datasync(fd)
    if (own.listed) return
    yield io.syncDirectory(dir)
    own.listed = true
  }

  *#write(waiting: readonly number[]): Generator<Step, void, undefined> {
    const { table, io, dir } = this.#parts
    this.#parts.check()
    this.#rewrap(waiting)
    const own = this.#own ?? this.#begin()
    for (const index of waiting) {
      if (table.file(index) === own.id) continue
      table.move(index, { file: own.id, at: own.next })
      own.next += 1
    }
    const first = table.at(waiting[0] ?? nowhere)
    // Slots that only tell may stand between those of a failed attempt and those behind it.
    const slots = waiting.filter((index, i) => table.at(index) === first + i)
    const last = first + slots.length - 1
    const bytes = Buffer.concat(slots.map((index) => table.slot(index)))
    if (own.fd === undefined) yield* this.#open(own)
    const fd = own.fd ?? nowhere
    if (first === 1) yield io.write(fd, headerOf(thisOwner()), 0)
    yield io.write(fd, bytes, first * slotBytes)
    yield io.datasync(fd)
    if (!own.listed) {
      yield io.syncDirectory(dir)
      own.listed = true
    }
    if (this.#own !== own) return
    if (statSync(own.path, { throwIfNoEntry: false })?.ino !== own.ino) {
      // Somebody took it for a dead process's. What was promised is in their copy; the rest begins a new file.
      this.#forsake(own)
      return
    }
    if (this.#outOfForce(slots).size > 0) return
    this.#pending = this.#pending.filter((index) => table.file(index) !== own.id || table.at(index) > last)
  }

  *#open(own: OwnFile): Generator<Step, void, undefined> {
    const opening = this.#parts.io.open(own.path, own.ino === undefined)
    yield opening
    if (own.fd !== undefined) {
      yield this.#parts.io.close(opening.fd)
      return
    }
    own.fd = opening.fd
    own.ino = fstatSync(opening.fd).ino
  }

  #forsake(own: OwnFile): void {
    this.#parts.table.lose(own.id)
    this.adopt(undefined)
    this.#bereft = true
  }

  #begin(): OwnFile {
    const path = join(this.#parts.dir, newName())
    this.#own = { id: this.#parts.newFileId(), path, fd: undefined, ino: undefined, next: 1, listed: false }
    return this.#own
  }

  /** A key-encryption key that went out of use since a slot was made must not be what its key depends on. */
  #rewrap(slots: readonly number[]): void {
    const { table, keks, dir } = this.#parts
    const gone = this.#outOfForce(slots)
    if (gone.size === 0) return
    const stale = slots.filter((index) => gone.has(kekOf(table.slot(index))))
    const keys = stale.map((index) => {
      const kek = keks.find(kekOf(table.slot(index)))
      return kek && unwrap(table.slot(index), kek)
    })
    keks.look()
    const { current } = keks
    if (current === undefined) throw new KeysError('KEYS_DIR_UNUSABLE', `${dir}: the key-encryption key was removed`)
    stale.forEach((index, i) => {
      const key = keys[i]
      if (key) wrapInto(table.slot(index), key, current.key, current.number)
    })
  }

  /** The disk is asked once for each key-encryption key and not for each slot: thousands may wait. */
  #outOfForce(slots: readonly number[]): Set<number> {
    const { table, keks } = this.#parts
    const numbers = new Set(slots.map((index) => kekOf(table.slot(index))))
    return new Set([...numbers].filter((number) => !keks.isInForce(number)))
  }

  *#syncForeign(): Generator<Step, void, undefined> {
    for (const id of [...this.#foreign]) {
      const path = this.#parts.pathOf(id)
      // Somebody who copies it renames it first; what is gone altogether was synced in the copy before.
      if (path !== undefined && !(yield* this.#syncIfThere(path))) yield* this.#syncIfThere(`${path}.old`)
      this.#foreign.delete(id)
    }
  }

  *#syncIfThere(path: string): Generator<Step, boolean, undefined> {
    const { io } = this.#parts
    const opening = io.open(path, false)
    try {
      yield opening
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false
      throw error
    }
    yield io.datasync(opening.fd)
    yield io.close(opening.fd)
    return true
  }

  /**
   * Only state and checksum: if the slot was destroyed meanwhile, its key must not come back. Not synced: it may be lost. All in
   * one step: one after the other, each would wait for a turn of a busy process, and so would every record behind them.
   */
  *#writeMarks(): Generator<Step, void, undefined> {
    const own = this.#own
    if (own?.fd === undefined || this.#marksHeld) return
    const { table, io } = this.#parts
    const writes: Step[] = []
    for (const index of this.#marks.splice(0, marksMax)) {
      if (table.file(index) !== own.id) continue
      const bytes = Buffer.from(table.slot(index).subarray(stateSpan.from, stateSpan.to))
      writes.push(io.write(own.fd, bytes, table.at(index) * slotBytes + stateSpan.from))
    }
    if (writes.length > 0) yield inAnyOrder(writes)
  }
}

/** A name for a slot file that no other process will choose. */
export function newName(): string {
  return `w-${randomBytes(6).toString('hex')}.slots`
}
