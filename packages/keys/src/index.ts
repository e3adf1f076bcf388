/** The keys of an audit trail: one that signs the ledger, and those that turn identifiers into tokens. */
export { codes, KeysError, type KeysErrorCode } from './errors.ts'
export { memoryKeys } from './memory.ts'
export { type OpenKeysOptions, openKeys } from './open.ts'
export type {
  DestroyedSubject,
  Keys,
  LogSigner,
  SealedEnvelope,
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
