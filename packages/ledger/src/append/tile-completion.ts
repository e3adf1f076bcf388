/**
 * Writes the tiles that are missing when a segment is sealed: those that filled while nobody kept their beginning, after a
 * restart, and those of the upper levels, which are made here only.
 *
 * Level 0 comes from the leaves that were read back; each level above it from the tiles below. Where one of them cannot be had,
 * what depends on it stays missing: readers then fall back to the lines.
 */
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { foldTile, formatTile, hashBytes, parseTile, type TilePlace, tileFile, tileWidth } from '../tile.ts'
import type { Hash } from '../tree.ts'
import { readBack } from './read-back.ts'
import { readSmallLater } from './small-file.ts'
import { inTurn } from './turns.ts'

export interface Completion {
  readonly disk: Disk
  readonly dir: string
  /** The segment that was sealed. */
  readonly first: number
  readonly next: number
  /** Its leaves, unless no tile on level 0 is missing. */
  readonly leaves: Buffer | undefined
  isThere(level: number, index: number): boolean
  /** Never rejects. */
  write(place: TilePlace, bytes: Buffer): Promise<boolean>
  pause(): Promise<void>
}

/** Rejects only with what `pause` rejects with. */
export async function completeTiles(completion: Completion): Promise<void> {
  await completeLeaves(completion)
  for (let level = 1; completion.next >= tileWidth ** level; level++) await completeLevel(completion, level)
}

async function completeLeaves(completion: Completion): Promise<void> {
  const { first, next, leaves, isThere, write, pause } = completion
  if (!leaves) return
  for (let index = Math.floor(first / tileWidth); (index + 1) * tileWidth <= next; index++) {
    if (isThere(0, index)) continue
    const from = index * tileWidth
    const before = from < first ? await leavesBefore(completion, from) : Buffer.alloc(0)
    if (before.length !== Math.max(0, first - from) * hashBytes) continue
    const inside = leaves.subarray(Math.max(0, from - first) * hashBytes, (from + tileWidth - first) * hashBytes)
    await write({ level: 0, index, width: tileWidth }, Buffer.concat([before, inside]))
    await pause()
  }
}

/** The leaves from `from` up to the segment, out of the segments before it. Needed once after a restart. */
async function leavesBefore({ disk, dir, first, pause }: Completion, from: number): Promise<Buffer> {
  const parts: Hash[] = []
  try {
    const firsts = segmentsAmong(disk.list(join(dir, segmentDirectory))).filter((one) => one < first)
    const begin = firsts.findLastIndex((one) => one <= from)
    for (const [i, one] of firsts.slice(Math.max(0, begin)).entries()) {
      const end = firsts[Math.max(0, begin) + i + 1] ?? first
      let n = one
      const onLeaf = (leaf: Hash): void => {
        if (n >= from) parts.push(leaf)
        n += 1
      }
      await readBack({ disk, path: join(dir, segmentFile(one)), first: one, entriesMax: end - one, onLeaf, pause })
    }
  } catch (error) {
    await pause() // it may be what ended the reading
    if (error instanceof Error) return Buffer.alloc(0)
    throw error
  }
  return formatTile(parts)
}

/** The tiles of one level that the segment completed, and on levels 2 and up the one that is filling. */
async function completeLevel(completion: Completion, level: number): Promise<void> {
  const { first, next, isThere, write } = completion
  const span = tileWidth ** level
  const full = Math.floor(next / span / tileWidth)
  for (let index = Math.floor(first / span / tileWidth); index < full; index++) {
    if (isThere(level, index)) continue
    const hashes = await rootsBelow(completion, { level, index, width: tileWidth })
    if (hashes) await write({ level, index, width: tileWidth }, formatTile(hashes))
  }
  const width = Math.floor(next / span) % tileWidth
  if (level < 2 || width === 0 || Math.floor(next / span) === Math.floor(first / span)) return
  const place = { level, index: full, width }
  const hashes = await rootsBelow(completion, place)
  const written = hashes && (await write(place, formatTile(hashes)))
  // A wider tile says all that a narrower one did.
  if (written && width > 1) await removeQuietly(completion, { ...place, width: width - 1 })
}

/** The hashes of a tile: roots of the tiles below it, as far as a narrower version of it does not have them already. */
async function rootsBelow(completion: Completion, place: TilePlace): Promise<Hash[] | undefined> {
  const { level, index, width } = place
  const narrower = width > 1 ? await readTile(completion, { ...place, width: width - 1 }) : undefined
  const hashes = level > 1 && narrower ? [...narrower] : []
  while (hashes.length < width) {
    const below = { level: level - 1, index: index * tileWidth + hashes.length, width: tileWidth }
    const tile = await readTile(completion, below)
    if (!tile) return undefined
    hashes.push(foldTile(tile))
    await completion.pause()
  }
  return hashes
}

async function readTile({ disk, dir }: Completion, place: TilePlace): Promise<Hash[] | undefined> {
  const path = join(dir, tileFile(place))
  const bytes = await inTurn(() => readSmallLater(disk, path, place.width * hashBytes)).catch(() => undefined)
  return bytes && parseTile(bytes, place.width)
}

async function removeQuietly({ disk, dir }: Completion, place: TilePlace): Promise<void> {
  await inTurn(() => disk.later.remove(join(dir, tileFile(place)))).catch(() => {})
}
