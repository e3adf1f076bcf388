/**
 * Signed notes and what stands in them: what a witness, a monitor or another log's tool imports, as `@trailmark/ledger/notes`.
 *
 * Everything here takes bytes or text from anywhere and answers undefined or false for what is not what it should be.
 */
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
export {
  type AddCheckpoint,
  addCheckpointBytesMax,
  formatAddCheckpoint,
  parseAddCheckpoint,
} from './keep/add-checkpoint.ts'
export { type Cosignature, type Cosigner, cosign, findCosignature, signatureLine } from './keep/cosignature.ts'
export { type CosignedCheckpoint, readCosigned } from './keep/cosigned.ts'
export { parseRotationNote, type Rotation } from './keep/lineage.ts'
export { formatNote, isKeyName, isSignedBy, type Note, type NoteSignature, noteBytesMax, parseNote } from './note.ts'
export { emptyRoot, type Hash, hashToBase64, parseHash } from './tree.ts'
export { formatVkey, parseVkey, signatureTypes, type VerifierKey, verifierKey } from './vkey.ts'
