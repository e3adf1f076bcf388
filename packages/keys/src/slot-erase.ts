/**
 * Destroys keys in the files of all processes.
 *
 * First it is told, in a slot of its own, that the key is destroyed: other processes find that where they look for new keys,
 * and it counts even if one of them copies the old slot in this very moment. Then every slot of the key is overwritten in its
 * place. Final is it once the live keys were wrapped anew and the key-encryption key is gone.
 */
import { isErased, kidOf, setErased, slotBytes, subjectOf } from './slot.ts'
import { readable, readSlots, slotFilePaths } from './slot-files.ts'
import { runLater, type SlotIo, type Step } from './slot-io.ts'
import type { SlotTable } from './slot-table.ts'
import type { SlotWriter } from './slot-writer.ts'

export interface Erased {
  readonly kids: string[]
  readonly before: string[]
}

/** What is destroyed already and what has to be, of these subjects. */
export function findKeys(table: SlotTable, subjects: readonly Uint8Array[]): { live: number[]; before: string[] } {
  const indexes = subjects.flatMap((subject) => table.ofSubject(subject))
  return {
    live: indexes.filter((index) => !isErased(table.slot(index))),
    before: indexes.filter((index) => isErased(table.slot(index))).map((index) => kidText(table.slot(index))),
  }
}

/** Marks the keys as destroyed in memory. */
export function eraseInTable(table: SlotTable, indexes: readonly number[]): void {
  for (const index of indexes) setErased(table.slot(index))
}

export interface EraseParts {
  readonly dir: string
  readonly io: SlotIo
  readonly table: SlotTable
  readonly writer: SlotWriter
}

/** To be called under the lock and right behind a `persist()` and a look at all files. */
export async function eraseSubjects(parts: EraseParts, subjects: readonly Uint8Array[]): Promise<Erased> {
  const { table, writer, dir, io } = parts
  const { live, before } = findKeys(table, subjects)
  const kids = live.map((index) => kidText(table.slot(index)))
  if (live.length > 0) await runLater(writer.append(live.map((index) => erasedCopy(table.slot(index)))))
  eraseInTable(table, live)
  // Also where nothing was left to tell: an earlier attempt may have ended before it had overwritten everything.
  const wanted = new Set(subjects.map(text))
  for (const path of slotFilePaths(dir)) await runLater(overwrite(io, path, slotsOf(path, wanted)))
  return { kids, before }
}

/** Slots of these subjects that still hold a key, damaged ones included. */
function slotsOf(path: string, subjects: ReadonlySet<string>): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  const bytes = readSlots(path) ?? Buffer.alloc(0)
  for (let at = slotBytes; at + slotBytes <= bytes.length; at += slotBytes) {
    const slot = bytes.subarray(at, at + slotBytes)
    if (!subjects.has(text(subjectOf(slot)))) continue
    const sound = readable(slot)
    if (sound !== undefined && isErased(sound)) continue
    found.set(at, erasedCopy(slot))
  }
  return found
}

function* overwrite(io: SlotIo, path: string, slots: ReadonlyMap<number, Buffer>): Generator<Step, void, undefined> {
  if (slots.size === 0) return
  const opening = io.open(path, false)
  yield opening
  for (const [position, slot] of slots) yield io.write(opening.fd, slot, position)
  yield io.datasync(opening.fd)
  yield io.close(opening.fd)
}

function erasedCopy(slot: Buffer): Buffer {
  const erased = Buffer.from(slot)
  setErased(erased)
  return erased
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
export const kidText = (slot: Buffer): string => kidOf(slot).toString('base64url')
