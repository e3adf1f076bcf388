/**
 * Tiles of C2SP `tlog-tiles`: 256 neighbouring hashes of one level of the tree in one file, for every eighth level.
 *
 * Hash `i` of tile `n` on tile level `l` is the root over the leaves from (n × 256 + i) × 256^l to (n × 256 + i + 1) × 256^l.
 * Tiles are derived from the entries and never trusted: whoever uses one compares what comes out with a signed root.
 */
import { type Hash, nodeOf } from './tree.ts'

export const tileDirectory = 'tile'
/** Hashes in a full tile, and how many levels of the tree lie between two levels of tiles. */
export const tileWidth = 256
export const tileHeight = 8
export const hashBytes = 32

export interface TilePlace {
  readonly level: number
  readonly index: number
  /** Hashes in it; a tile with fewer than 256 is a partial one. */
  readonly width: number
}

/** `tile/0/x001/x234/067` or `tile/2/000.p/17`: relative to the writer directory, with a forward slash on every platform. */
export function tileFile({ level, index, width }: TilePlace): string {
  return nameOf(String(level), index, width)
}

/** `tile/entries/000` or `tile/entries/000.p/17`: the entries below a tile of level 0. Only exports have them. */
export function entryBundleFile(index: number, width: number): string {
  return nameOf('entries', index, width)
}

/** The directory of the partial versions of a tile. */
export function partialDirectory(level: number, index: number): string {
  return `${tileDirectory}/${level}/${groupsOf(index)}.p`
}

export function formatTile(hashes: readonly Hash[]): Buffer {
  return Buffer.from(hashes.join(''), 'latin1')
}

/** The hashes of a tile of this width, or undefined when the bytes are not as long as that. */
export function parseTile(bytes: Buffer, width: number): Hash[] | undefined {
  if (bytes.length !== width * hashBytes) return undefined
  return Array.from({ length: width }, (_, i) => bytes.toString('latin1', i * hashBytes, (i + 1) * hashBytes))
}

/** The root over 1, 2, 4, … 256 neighbouring hashes. */
export function foldTile(hashes: readonly Hash[]): Hash {
  let level = [...hashes]
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) => nodeOf(level[2 * i] ?? '', level[2 * i + 1] ?? ''))
  }
  return level[0] ?? ''
}

function nameOf(level: string, index: number, width: number): string {
  const full = `${tileDirectory}/${level}/${groupsOf(index)}`
  return width === tileWidth ? full : `${full}.p/${width}`
}

/** 1234067 is `x001/x234/067`. */
function groupsOf(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  return padded.replace(/[0-9]{3}(?=[0-9])/g, 'x$&/')
}
