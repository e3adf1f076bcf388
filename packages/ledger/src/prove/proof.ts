/**
 * The text of a proof, C2SP `tlog-proof`: one entry's index, the hashes on its way to the root, and a signed checkpoint.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64>                 optional, not signed by anybody
 *     index <n>
 *     <base64 of a hash>             one line each, the leaf's sibling first
 *
 *     <the checkpoint, verbatim, with all its signatures>
 *
 * Read strictly: one text for each proof, so that a changed byte is never taken for the same.
 */
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import { type Note, noteBytesMax, parseNote } from '../note.ts'
import { type Hash, hashToBase64, parseHash } from '../tree.ts'

/** Extra data is never longer. */
export const extraBytesMax = 65_536
/** No tree has more levels: sizes are at most 2^53 - 1. */
const hashesMax = 53
const head = 'c2sp.org/tlog-proof@v1'
/** Longer texts are no proofs: the head, the extra data in base64, the hashes and the checkpoint at their longest. */
export const proofBytesMax = 64 + Math.ceil(extraBytesMax / 3) * 4 + hashesMax * 45 + noteBytesMax

export interface Proof {
  readonly index: number
  /** The leaf's sibling first. */
  readonly hashes: readonly Hash[]
  /** What the maker of the proof put beside it. Nobody signed it. */
  readonly extra?: Uint8Array
  /** The signed note, its last line feed included. */
  readonly checkpoint: string
}

/** The proof as text, its last line feed included. */
export function formatProof({ index, hashes, extra, checkpoint }: Proof): string {
  const lines = [head]
  if (extra && extra.length > 0) lines.push(`extra ${Buffer.from(extra).toString('base64')}`)
  lines.push(`index ${index}`, ...hashes.map(hashToBase64))
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/** A proof together with what its checkpoint says. */
export interface ParsedProof extends Proof {
  readonly note: Note
  readonly signed: Checkpoint
}

/** A text says why the bytes are no proof. */
export function parseProof(bytes: Uint8Array): ParsedProof | string {
  if (bytes.length > proofBytesMax) return `longer than ${proofBytesMax} bytes`
  const all = Buffer.from(bytes)
  // The first empty line ends the proof's own part; the rest is the note, with bytes that only its own parser may judge.
  const end = all.indexOf('\n\n')
  if (end < 0) return 'there is no empty line before a checkpoint'
  const [first, ...lines] = all.toString('latin1', 0, end).split('\n')
  if (first !== head) return `the first line is not ${head}`
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() ?? '') : undefined
  if (typeof extra === 'string') return extra
  const index = parseIndex(lines.shift() ?? '')
  if (index === undefined) return 'there is no index, as a decimal number without leading zeros'
  if (lines.length > hashesMax) return `more than ${hashesMax} hashes`
  const hashes = lines.flatMap((line) => parseHash(line) ?? [])
  if (hashes.length < lines.length) return 'a hash is not 32 bytes in base64'
  const noteBytes = all.subarray(end + 2)
  const note = parseNote(noteBytes)
  const signed = note && parseCheckpoint(note.text)
  if (!note || !signed) return 'what follows the empty line is not a signed checkpoint'
  return { index, hashes, ...(extra && { extra }), checkpoint: noteBytes.toString('utf8'), note, signed }
}

function parseExtra(line: string): Uint8Array | string {
  const text = line.slice('extra '.length)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.toString('base64') !== text) return 'the extra data is not base64'
  return bytes.length > extraBytesMax ? `more than ${extraBytesMax} bytes of extra data` : new Uint8Array(bytes)
}

function parseIndex(line: string): number | undefined {
  const digits = /^index (0|[1-9][0-9]{0,15})$/.exec(line)?.[1]
  const index = Number(digits)
  return digits !== undefined && Number.isSafeInteger(index) ? index : undefined
}
