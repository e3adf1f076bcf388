/**
 * checkpoint.frontier: what opening needs to continue a log without reading it all again. Derived and rebuildable.
 *
 * One JSON line for the newest checkpoint and one for the one before, since the two files cannot change in one step. A line is
 * trusted only if its hashes fold to the signed root and the log really ends a line with that hash at that place.
 */
import { frontierLength, type Hash, hashToBase64, parseHash, Tree } from './tree.ts'

export const frontierBytesMax = 16_384

/** Where a log ends behind some entry. */
export interface Place {
  /** The segment that holds the entry, by its first index. */
  readonly segment: number
  /** The byte behind its line feed. */
  readonly offset: number
  /** The hash at the end of its line; empty before the first entry. */
  readonly h: string
}

export interface Frontier extends Place {
  readonly size: number
  readonly hashes: readonly Hash[]
}

export function formatFrontiers(frontiers: readonly Frontier[]): string {
  return frontiers.map((one) => `${JSON.stringify({ ...one, hashes: one.hashes.map(hashToBase64) })}\n`).join('')
}

/** Lines that are not what `formatFrontiers` writes are left out. */
export function parseFrontiers(bytes: Uint8Array): Frontier[] {
  if (bytes.length > frontierBytesMax) return []
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => parseLine(line) ?? [])
}

/** The tree a frontier stands for. */
export function treeOf(frontier: Frontier): Tree {
  return Tree.from(frontier.size, frontier.hashes)
}

function parseLine(line: string): Frontier | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { size, segment, offset, h, hashes }: Record<string, unknown> = { ...value }
  if (!isCount(size) || !isCount(segment) || !isCount(offset) || segment > size || !Array.isArray(hashes))
    return undefined
  if (typeof h !== 'string' || !/^([A-Za-z0-9_-]{11})?$/.test(h) || hashes.length !== frontierLength(size))
    return undefined
  const parsed = hashes.flatMap((one) => (typeof one === 'string' ? (parseHash(one) ?? []) : []))
  return parsed.length === hashes.length ? { size, segment, offset, h, hashes: parsed } : undefined
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
