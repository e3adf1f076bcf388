/**
 * Rewrites the file of this process, and those of processes that are gone, into one new file: without slots of the same key
 * twice, and wrapped under the newest key-encryption key.
 *
 *     1. a dead process's file → `.old`      if it lives after all, it sees that its file is gone and begins another
 *     2. `.new-…`, written and synced        a crash leaves what was there before, and a file nobody reads
 *     3. `.new-…` → `w-….slots`              from here the new file counts; a key that stands twice counts once
 *     4. the old files are removed           a crash in between leaves copies, which the next rewriting removes
 */
import { fstatSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KekFiles } from './kek-files.ts'
import { unfinishedPrefix } from './key-file.ts'
import { isErased, kekOf, slotBytes, unwrap, wrapInto } from './slot.ts'
import { readable, readSlots, type SlotFiles } from './slot-files.ts'
import { runNow, type SlotIo } from './slot-io.ts'
import { headerOf, isGone, thisOwner } from './slot-owner.ts'
import { nowhere, type SlotTable } from './slot-table.ts'
import { newName, type OwnFile, type SlotWriter } from './slot-writer.ts'

/** Slots wrapped between two looks at the event loop: about a millisecond. */
const together = 100

export interface RewriteParts {
  readonly dir: string
  readonly io: SlotIo
  readonly keks: KekFiles
  readonly table: SlotTable
  readonly files: SlotFiles
  readonly writer: SlotWriter
  readonly nowMs: number
}

/** To be called under the lock, with no `persist()` under way. Resolves once the new file counts and the old ones are gone. */
export async function rewriteSlots(parts: RewriteParts): Promise<void> {
  const { dir, io, keks, table, writer } = parts
  const dead = await takeDead(parts)
  const previous = writer.own?.fd === undefined ? undefined : writer.own
  const sources = previous === undefined ? dead : [...dead, previous.path]
  const { indexes, damaged } = await collect(sources, parts)
  keks.look()
  await wrapAll(parts, indexes)
  for (const index of writer.pending) wrapAnew(table.slot(index), keks)
  if (sources.length === 0) {
    writer.adopt(writer.own)
    return
  }
  // 2.
  const name = newName()
  const unfinished = join(dir, `${unfinishedPrefix}${name}`)
  const slots = [headerOf(thisOwner()), ...indexes.map((index) => table.slot(index)), ...damaged]
  const opening = io.open(unfinished, true)
  await opening.later()
  await io.write(opening.fd, Buffer.concat(slots), 0).later()
  await io.datasync(opening.fd).later()
  // 3. Without a turn of the event loop between, so that a blocking flush finds either the one file or the other.
  const late = lateSlots(parts, previous, new Set(indexes))
  if (late.length > 0) {
    const bytes = Buffer.concat(late.map((index) => table.slot(index)))
    runNow([io.write(opening.fd, bytes, slots.length * slotBytes), io.datasync(opening.fd)])
  }
  const own: OwnFile = {
    id: parts.files.newId(),
    path: join(dir, name),
    fd: opening.fd,
    ino: fstatSync(opening.fd).ino,
    next: slots.length + late.length,
    listed: false,
  }
  io.rename(unfinished, own.path).now()
  for (const [i, index] of indexes.entries()) table.move(index, { file: own.id, at: i + 1 })
  for (const [i, index] of late.entries()) table.move(index, { file: own.id, at: slots.length + i })
  writer.adopt(own)
  await io.syncDirectory(dir).later()
  own.listed = true
  // 4.
  for (const path of sources) await io.remove(path).later()
  await io.syncDirectory(dir).later()
  if (previous?.fd !== undefined) await io.close(previous.fd).later()
}

/**
 * Wraps every key that no other living process will wrap under the newest key-encryption key: in memory, and without keeping
 * anybody waiting for long. Done before the lock is taken, it leaves little to do under it.
 */
export async function wrapAhead(parts: Omit<RewriteParts, 'dir' | 'io'>): Promise<void> {
  const { table, files, nowMs } = parts
  const living = new Set(files.all.filter((file) => !isGone(file.owner, file.touchedMs, nowMs)).map((file) => file.id))
  const indexes = Array.from({ length: table.count }, (_, index) => index)
  await wrapAll(
    parts,
    indexes.filter((index) => !living.has(table.file(index))),
  )
}

async function wrapAll(
  { table, writer, keks }: Pick<RewriteParts, 'table' | 'writer' | 'keks'>,
  indexes: readonly number[],
): Promise<void> {
  writer.holdMarks()
  for (let from = 0; from < indexes.length; from += together) {
    for (const index of indexes.slice(from, from + together)) wrapAnew(table.slot(index), keks)
    await nextTurn()
  }
}

/** Takes the files of dead processes out of their reach: see 1. */
async function takeDead({ files, io, nowMs }: RewriteParts): Promise<string[]> {
  const dead: string[] = []
  for (const file of files.all) {
    if (!file.path.endsWith('.old')) {
      if (!isGone(file.owner, file.touchedMs, nowMs)) continue
      await io.rename(file.path, `${file.path}.old`).later()
      file.path = `${file.path}.old`
    }
    dead.push(file.path)
  }
  return dead
}

/** The keys that stand in these files, each once, as indexes of the table; and slots that cannot be read, as they are. */
async function collect(
  paths: readonly string[],
  { table, writer }: RewriteParts,
): Promise<{ indexes: number[]; damaged: Buffer[] }> {
  const pending = new Set(writer.pending)
  const found = new Set<number>()
  const damaged: Buffer[] = []
  for (const path of paths) {
    const bytes = readSlots(path) ?? Buffer.alloc(0)
    for (let at = slotBytes; at + slotBytes <= bytes.length; at += slotBytes) {
      const bare = bytes.subarray(at, at + slotBytes)
      const slot = readable(bare)
      if (slot !== undefined) {
        const { index } = table.add(slot, { file: nowhere, at: nowhere })
        if (!pending.has(index)) found.add(index)
      } else if (bare.some((byte) => byte !== 0)) damaged.push(bare)
      if ((at / slotBytes) % 2_000 === 0) await nextTurn()
    }
  }
  return { indexes: [...found], damaged }
}

/** What a blocking flush put into the previous file while it was being copied. */
function lateSlots({ table }: RewriteParts, previous: OwnFile | undefined, copied: ReadonlySet<number>): number[] {
  const late: number[] = []
  if (previous === undefined) return late
  for (let index = 0; index < table.count; index++) {
    if (table.file(index) === previous.id && !copied.has(index)) late.push(index)
  }
  return late.toSorted((a, b) => table.at(a) - table.at(b))
}

function wrapAnew(slot: Buffer, keks: KekFiles): void {
  const { current } = keks
  if (isErased(slot) || current === undefined || kekOf(slot) === current.number) return
  const kek = keks.find(kekOf(slot))
  const key = kek && unwrap(slot, kek)
  // A key that cannot be unwrapped stays as it is: with its key-encryption key restored it can be read again.
  if (key !== undefined) wrapInto(slot, key, current.key, current.number)
}
