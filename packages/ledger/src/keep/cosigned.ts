/**
 * What a `.cosig` file holds: the signed checkpoint as it was shown, and below it the line of the witness that took it.
 *
 * It is a signed note like any other, so whoever reads notes can check it; it needs no file beside it.
 */
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import { type Note, parseNote } from '../note.ts'
import type { VerifierKey } from '../vkey.ts'
import { type Cosignature, findCosignature } from './cosignature.ts'

export interface CosignedCheckpoint {
  /** Who signed as the log is for the caller to check. */
  readonly note: Note
  readonly checkpoint: Checkpoint
  /** One for each of the given witnesses that signed; never empty. */
  readonly cosignatures: readonly Cosignature[]
}

/** Reads evidence against the witnesses the caller trusts. A text says why it proves nothing. */
export function readCosigned(
  bytes: Uint8Array,
  witnesses: readonly VerifierKey[],
): CosignedCheckpoint | 'not a signed note' | 'not a checkpoint' | 'not cosigned by any of these witnesses' {
  const note = parseNote(bytes)
  if (note === undefined) return 'not a signed note'
  const checkpoint = parseCheckpoint(note.text)
  if (checkpoint === undefined) return 'not a checkpoint'
  const cosignatures = witnesses.flatMap((witness) => findCosignature(note, witness) ?? [])
  return cosignatures.length > 0 ? { note, checkpoint, cosignatures } : 'not cosigned by any of these witnesses'
}
