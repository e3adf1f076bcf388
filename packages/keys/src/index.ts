/** The keys of an audit trail: one that signs the ledger, and those that turn identifiers into tokens. */
export { type EpochKeyFacts, listEpochKeys } from './epoch-files.ts'
export { codes, KeysError, type KeysErrorCode } from './errors.ts'
export { type LogKeyFacts, listLogKeys, rotateLogKey } from './log-rotation.ts'
export { type RotatingSigner, signLogRotation } from './log-rotation-note.ts'
export { memoryKeys } from './memory.ts'
export { type OpenKeysOptions, openKeys } from './open.ts'
export type {
  DestroyedSubject,
  EpochKeys,
  EpochSigner,
  EpochWriter,
  Keys,
  LogSigner,
  SealedEnvelope,
  SecondSigner,
  Subject,
  SubjectKey,
  SubjectKeys,
  SubjectNews,
  TendedKeys,
  TokenKey,
  TokenKeys,
  TokenScope,
} from './ports.ts'
export {
  expireTokenKeys,
  listTokenKeys,
  monthlyKeyDays,
  rotateTokenKey,
  type TokenKeyFacts,
} from './token-rotation.ts'
