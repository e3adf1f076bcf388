/**
 * Every slot of every file in memory, found by subject and by key id.
 *
 * Slots stand side by side in one buffer, and indexes are numbers: a subject costs about 300 bytes, so a million of them fit
 * into a service's memory. A key stands here once, however many files hold it; destroyed wins over every other state.
 */
import { createdOf, epochOf, isErased, kekOf, kidOf, setBorn, slotBytes, slotState, stateOf } from './slot.ts'

/** Where a slot stands: a file of `slot-files.ts`, and its number there. */
export interface Place {
  readonly file: number
  readonly at: number
}

const idBytes = 16

/** Not written to any file yet. */
export const nowhere = -1

export class SlotTable {
  #bytes = Buffer.alloc(slotBytes * 64)
  #count = 0
  readonly #files: number[] = []
  readonly #ats: number[] = []
  readonly #bySubject = new Map<string, number | number[]>()
  #byKid: Map<string, number> | undefined

  get count(): number {
    return this.#count
  }

  /** Takes a slot over. `erased`: its key was known and is destroyed now. `known`: nothing new. */
  add(slot: Buffer, place: Place): { index: number; change: 'new' | 'erased' | 'known' } {
    const subject = slot.toString('latin1', 0, idBytes)
    const before = this.#bySubject.get(subject)
    for (const index of before === undefined ? none : listOf(before)) {
      const known = this.slot(index)
      if (!kidOf(known).equals(kidOf(slot))) continue
      if (this.file(index) === nowhere) this.move(index, place)
      if (isErased(known)) return { index, change: 'known' }
      if (!isErased(slot)) {
        // Wrapped again meanwhile: the key-encryption key that this copy names will be destroyed.
        if (kekOf(slot) > kekOf(known)) this.replace(index, slot)
        return { index, change: 'known' }
      }
      known.set(slot)
      return { index, change: 'erased' }
    }
    const index = this.#append(slot, place)
    this.#bySubject.set(subject, before === undefined ? index : [...listOf(before), index])
    this.#byKid?.set(text(kidOf(slot)), index)
    return { index, change: 'new' }
  }

  /** The slot itself, not a copy. */
  slot(index: number): Buffer {
    return this.#bytes.subarray(index * slotBytes, (index + 1) * slotBytes)
  }

  file(index: number): number {
    return this.#files[index] ?? nowhere
  }

  at(index: number): number {
    return this.#ats[index] ?? nowhere
  }

  move(index: number, { file, at }: Place): void {
    this.#files[index] = file
    this.#ats[index] = at
  }

  /** A file is gone: its slots stand nowhere until they are found in another one. */
  lose(file: number): void {
    for (let index = 0; index < this.#count; index++) if (this.#files[index] === file) this.#files[index] = nowhere
  }

  /** Keys that stand in no file. */
  homeless(): number[] {
    const found: number[] = []
    for (let index = 0; index < this.#count; index++) {
      if (this.#files[index] === nowhere && !isErased(this.slot(index))) found.push(index)
    }
    return found
  }

  /** The slots of a subject, oldest key first. */
  ofSubject(subject: Uint8Array): readonly number[] {
    return listOf(this.#bySubject.get(text(subject))).toSorted((a, b) => this.#compareAge(a, b))
  }

  /** The oldest key of a subject in an epoch that was not destroyed. */
  oldest(subject: Uint8Array, epoch: number): number | undefined {
    const found = this.#bySubject.get(text(subject))
    if (typeof found === 'number') return this.#isLive(found, epoch) ? found : undefined
    return this.ofSubject(subject).find((index) => this.#isLive(index, epoch))
  }

  ofKid(kid: Uint8Array): number | undefined {
    // Only readers ask, so only they pay for this index.
    this.#byKid ??= new Map(Array.from({ length: this.#count }, (_, index) => [text(kidOf(this.slot(index))), index]))
    return this.#byKid.get(text(kid))
  }

  /** The same key, wrapped anew; what is known of its birth stays. */
  replace(index: number, slot: Buffer): void {
    const known = this.slot(index)
    const born = stateOf(known) === slotState.born
    known.set(slot)
    if (born) setBorn(known)
  }

  setBorn(index: number): void {
    setBorn(this.slot(index))
  }

  #isLive(index: number, epoch: number): boolean {
    const slot = this.slot(index)
    return epochOf(slot) === epoch && !isErased(slot)
  }

  /** Every process must come to the same order, so equal times are told apart by the key id. */
  #compareAge(a: number, b: number): number {
    const [one, other] = [this.slot(a), this.slot(b)]
    return createdOf(one) - createdOf(other) || kidOf(one).compare(kidOf(other))
  }

  #append(slot: Buffer, { file, at }: Place): number {
    const index = this.#count
    if ((index + 1) * slotBytes > this.#bytes.length) {
      const larger = Buffer.alloc(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#count += 1
    slot.copy(this.#bytes, index * slotBytes)
    this.#files.push(file)
    this.#ats.push(at)
    return index
  }
}

const none: readonly number[] = Object.freeze([])
const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

function listOf(found: number | number[] | undefined): readonly number[] {
  return found === undefined ? [] : typeof found === 'number' ? [found] : found
}
