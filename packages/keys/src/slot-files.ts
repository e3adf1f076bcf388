/**
 * The slot files of all processes, as one of them reads them: `<keys>/subjects/w-<12 hex>.slots`.
 *
 * Each process appends to a file of its own, so reading the others' is looking at what stands behind what was read before.
 * Names are never used twice, and `.old` behind one changes nothing of what is in the file. A tail that is not whole belongs to a write
 * under way, or to one that a crash cut off before anybody relied on it; whole slots that are not sound are told.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs'
import { basename, join } from 'node:path'
import { KeysError } from './errors.ts'
import { errorCode, refuseOthers, unusable } from './key-file.ts'
import { isSound, setErased, slotBytes } from './slot.ts'
import { isOfAnotherVersion, type Owner, parseHeader } from './slot-owner.ts'
import type { Place } from './slot-table.ts'

/** `.old`: taken out of its owner's reach by somebody who is copying it. */
const names = /^w-[0-9a-f]{12}\.slots(?:\.old)?$/
/** A file in which more slots are damaged is told once and not kept. */
const damagedMax = 1_000
/** Eight million keys: more than a process can hold. */
const fileBytesMax = 1_073_741_824
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)
const nothing = Buffer.alloc(slotBytes)

export interface SlotFile {
  readonly id: number
  /** Its name when it was made. */
  readonly name: string
  /** Changes when somebody copies it. */
  path: string
  owner: Owner | undefined
  touchedMs: number
  /** How far it was read. */
  read: number
}

/** The files of a directory, oldest name first. */
export function slotFilePaths(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => names.test(name))
      .sort()
      .map((name) => join(dir, name))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw unusable(dir, error)
  }
}

export class SlotFiles {
  readonly #dir: string
  readonly #onProblem: (error: KeysError) => void
  #files: SlotFile[] = []
  #lastId = 0
  readonly #damaged: Buffer[] = []
  readonly #told = new Set<string>()

  constructor(dir: string, onProblem: (error: KeysError) => void) {
    this.#dir = dir
    this.#onProblem = onProblem
  }

  get all(): readonly SlotFile[] {
    return this.#files
  }

  /** Slots that were found and are not what was written. */
  get damaged(): readonly Buffer[] {
    return this.#damaged
  }

  pathOf(id: number): string | undefined {
    return this.#files.find((file) => file.id === id)?.path
  }

  newId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  /**
   * Reads what is new in every file but `own`, a path. A few microseconds for each file when nothing is. Throws a coded
   * error for a file that others may read, or that cannot be read.
   */
  look(own: string | undefined, onSlot: (slot: Buffer, place: Place) => void): void {
    const found: SlotFile[] = []
    for (const path of slotFilePaths(this.#dir)) {
      if (path === own) continue
      const stats = lstatSync(path, { throwIfNoEntry: false })
      if (stats === undefined) continue
      const name = basename(path, '.old')
      const file = this.#files.find((one) => one.name === name) ?? this.#met(path, stats)
      file.path = path
      file.touchedMs = stats.mtimeMs
      found.push(file)
      if (stats.size > file.read) this.#readTail(file, onSlot)
    }
    this.#files = found
  }

  #met(path: string, stats: Stats): SlotFile {
    refuseStrange(path, stats)
    refuseOthers(path, stats, '0600')
    return { id: this.newId(), name: basename(path, '.old'), path, owner: undefined, touchedMs: stats.mtimeMs, read: 0 }
  }

  #readTail(file: SlotFile, onSlot: (slot: Buffer, place: Place) => void): void {
    const bytes = readSlots(file.path, file.read)
    if (bytes === undefined) return
    let from = 0
    if (file.read === 0 && bytes.length >= slotBytes) {
      const header = bytes.subarray(0, slotBytes)
      if (isOfAnotherVersion(header)) {
        throw new KeysError('KEYS_FILE_INVALID', `${file.path} was written by another version of this package`)
      }
      file.owner = parseHeader(header)
      if (file.owner === undefined) this.#tell(file, 0, 'its header is not one of a slot file')
      from = slotBytes
      file.read = slotBytes
    }
    let unsound = from
    for (let at = from; at + slotBytes <= bytes.length; at += slotBytes) {
      const slot = readable(bytes.subarray(at, at + slotBytes))
      if (slot === undefined) continue
      for (; unsound < at; unsound += slotBytes) this.#damage(file, bytes, unsound, from)
      onSlot(slot, { file: file.id, at: (file.read + at - from) / slotBytes })
      unsound = at + slotBytes
    }
    // Behind the last sound slot: whole slots that say something are told, and looked at again when more is there.
    for (let at = unsound; at + slotBytes <= bytes.length; at += slotBytes) this.#damage(file, bytes, at, from)
    file.read += unsound - from
  }

  #damage(file: SlotFile, bytes: Buffer, at: number, from: number): void {
    const slot = bytes.subarray(at, at + slotBytes)
    if (slot.equals(nothing)) return
    const position = file.read + at - from
    if (this.#damaged.length < damagedMax && !this.#damaged.some((known) => known.equals(slot))) {
      this.#damaged.push(Buffer.from(slot))
    }
    this.#tell(file, position, 'a slot is not what was written there; restore the file from a backup')
  }

  #tell(file: SlotFile, position: number, what: string): void {
    const place = `${basename(file.path)} at byte ${position}`
    if (this.#told.has(place) || this.#told.size > damagedMax) return
    this.#told.add(place)
    this.#onProblem(new KeysError('KEYS_SLOT_DAMAGED', `${join(this.#dir, place)}: ${what}`))
  }
}

/** The bytes of a file from `position`; undefined when it is gone. */
export function readSlots(path: string, position = 0): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, readOnly)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw unusable(path, error)
  }
  try {
    const stats = fstatSync(fd)
    refuseStrange(path, stats)
    const bytes = Buffer.alloc(Math.max(0, stats.size - position))
    let length = 0
    for (let got = -1; got !== 0 && length < bytes.length; length += got) {
      got = readSync(fd, bytes, length, bytes.length - length, position + length)
    }
    return bytes.subarray(0, length)
  } catch (error) {
    throw unusable(path, error)
  } finally {
    closeSync(fd)
  }
}

/** A FIFO, a link or a directory in a file's place, and a file that no process can have written. */
function refuseStrange(path: string, stats: Stats): void {
  if (!stats.isFile()) throw new KeysError('KEYS_FILE_INVALID', `${path} is not a file`)
  if (stats.size > fileBytesMax) throw new KeysError('KEYS_FILE_INVALID', `${path} has ${stats.size} bytes`)
}

/** A sound slot, or one that is not but whose key is gone: a birth was noted while it was being destroyed. */
export function readable(slot: Buffer): Buffer | undefined {
  if (isSound(slot)) return slot
  if (slot.equals(nothing) || !slot.subarray(32, 96).equals(nothing.subarray(0, 64))) return undefined
  const erased = Buffer.from(slot)
  setErased(erased)
  return erased
}
