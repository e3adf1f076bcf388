/** The checkpoint of a writer directory as it stands there: its exact text, and what it says. Who signed it is not asked. */
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import { LedgerError } from '../errors.ts'
import { checkpointFile } from '../layout.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'

export interface SignedNote {
  /** The signed note, byte for byte. */
  readonly text: string
  readonly checkpoint: Checkpoint
}

/** Rejects with LEDGER_PROOF_UNAVAILABLE when there is none, LEDGER_CHECKPOINT_MALFORMED. */
export async function readSignedNote(dir: string): Promise<SignedNote> {
  const path = join(dir, checkpointFile)
  const bytes = await readSmallFile(path, noteBytesMax).catch((error: unknown) => {
    throw new LedgerError('LEDGER_PROOF_UNAVAILABLE', `${path} cannot be read`, { cause: error })
  })
  if (!bytes) throw new LedgerError('LEDGER_PROOF_UNAVAILABLE', `there is no checkpoint at ${path}`)
  return parseSignedNote(bytes, path)
}

/** `from` is told in the message. Throws LEDGER_CHECKPOINT_MALFORMED. */
export function parseSignedNote(bytes: Uint8Array, from: string): SignedNote {
  const note = parseNote(bytes)
  const checkpoint = note && parseCheckpoint(note.text)
  if (!checkpoint) throw new LedgerError('LEDGER_CHECKPOINT_MALFORMED', `${from} is not a signed checkpoint`)
  return { text: Buffer.from(bytes).toString('utf8'), checkpoint }
}
