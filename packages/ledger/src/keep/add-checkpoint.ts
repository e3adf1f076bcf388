/**
 * The body of an `add-checkpoint` request of C2SP `tlog-witness`: written by logs, read by witnesses.
 *
 *     old <size the witness holds> LF
 *     <base64 hash> LF                      the consistency proof, none to 63 lines
 *     LF
 *     <signed checkpoint>
 */
import { type Hash, hashToBase64, parseHash } from '../tree.ts'

/** Bodies above this are not read. */
export const addCheckpointBytesMax = 65_536
const proofHashesMax = 63

export interface AddCheckpoint {
  /** The size the log believes the witness to hold; 0 where it holds none. */
  readonly old: number
  readonly proof: readonly Hash[]
  /** The signed note, exact. */
  readonly note: Uint8Array
}

export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): Buffer {
  const lines = proof.map((hash) => `${hashToBase64(hash)}\n`).join('')
  return Buffer.concat([Buffer.from(`old ${old}\n${lines}\n`), note])
}

/** Undefined for what is framed otherwise. The note is only cut out: reading it is the next step. */
export function parseAddCheckpoint(bytes: Uint8Array): AddCheckpoint | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = body.indexOf('\n\n')
  if (end < 0 || body.length > addCheckpointBytesMax) return undefined
  const [first = '', ...lines] = body.toString('latin1', 0, end).split('\n')
  const old = /^old (0|[1-9][0-9]{0,15})$/.exec(first)?.[1]
  if (old === undefined || !Number.isSafeInteger(Number(old)) || lines.length > proofHashesMax) return undefined
  const proof = lines.flatMap((line) => parseHash(line) ?? [])
  return proof.length === lines.length ? { old: Number(old), proof, note: body.subarray(end + 2) } : undefined
}
