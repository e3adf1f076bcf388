/**
 * The text of a seal: what one finished segment holds, in so few hashes that they can outlive it.
 *
 * It becomes a signed note, `seg/<first>.seal`. The subtree hashes are those of the largest perfect subtrees of the whole log's
 * tree that the segment's entries fill, so the tree can be folded over a segment that was purged. FORMAT.md, "Seals".
 */
import { sealFile, segmentFile } from './layout.ts'
import type { SealedSegment } from './ledger.ts'
import { type Hash, hashToBase64, hashToHex, parseHash } from './tree.ts'

/** A segment has at most 65,536 entries and crosses no multiple of that, which makes 32 subtrees; a reader takes a few more. */
const hashesMax = 40

export interface Seal {
  readonly origin: string
  /** The index of the segment's first entry, and of the one behind its last. */
  readonly first: number
  readonly next: number
  /** The length of the segment file. */
  readonly bytes: number
  /** SHA-256 of the segment file. */
  readonly sha256: Hash
  /** The root of the first `next` entries of the log. */
  readonly root: Hash
  /** The subtrees of `rangeSubtrees`, in that order. */
  readonly hashes: readonly Hash[]
}

export interface Subtree {
  readonly first: number
  readonly size: number
}

/** The largest perfect subtrees, each at a multiple of its size, that fill the leaves from `first` to before `next`. */
export function rangeSubtrees({ first, next }: { readonly first: number; readonly next: number }): Subtree[] {
  const parts: Subtree[] = []
  for (let at = first; at < next; ) {
    let size = 1
    while (at % (size * 2) === 0 && at + size * 2 <= next) size *= 2
    parts.push({ first: at, size })
    at += size
  }
  return parts
}

export function formatSeal(seal: Seal): string {
  const { origin, first, next, bytes, sha256, root, hashes } = seal
  const lines = [origin, 'seal', first, next, bytes, ...[sha256, root, ...hashes].map(hashToBase64)]
  return `${lines.join('\n')}\n`
}

/** Undefined for what `formatSeal` does not write: numbers are canonical, and there are as many hashes as the range has subtrees. */
export function parseSeal(text: string): Seal | undefined {
  if (!text.endsWith('\n')) return undefined
  const [origin = '', kind, firstText = '', nextText = '', bytesText = '', ...rest] = text.slice(0, -1).split('\n')
  const [first, next, bytes] = [parseCount(firstText), parseCount(nextText), parseCount(bytesText)]
  if (origin === '' || kind !== 'seal' || first === undefined || next === undefined || bytes === undefined)
    return undefined
  if (next <= first || rest.length > hashesMax + 2) return undefined
  const [sha256, root, ...hashes] = rest.flatMap((one) => parseHash(one) ?? [])
  if (sha256 === undefined || root === undefined || hashes.length + 2 !== rest.length) return undefined
  if (rangeSubtrees({ first, next }).length !== hashes.length) return undefined
  return { origin, first, next, bytes, sha256, root, hashes }
}

/** The seal as callers see it. */
export function describeSeal({ first, next, bytes, sha256, root }: Seal): SealedSegment {
  const hashes = { sha256: hashToHex(sha256), root: hashToHex(root) }
  return { file: segmentFile(first), seal: sealFile(first), first, next, bytes, ...hashes }
}

function parseCount(text: string): number | undefined {
  const value = Number(text)
  return /^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(value) ? value : undefined
}
