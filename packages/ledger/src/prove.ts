/**
 * Proofs: what shows an outsider that one entry is in a signed log, as `@trailmark/ledger/prove`.
 *
 * Making a proof needs the directory; checking one needs the proof, the line and public keys, and nothing else.
 */
export { LedgerError, type LedgerErrorCode } from './errors.ts'
export {
  type CheckedProof,
  type CheckProofOptions,
  checkProof,
  type Proved,
  type Witnessed,
} from './prove/check-proof.ts'
export { type ConsistencyClaim, consistencyProof, verifyConsistency } from './prove/consistency.ts'
export { type ExportedLog, type ExportOptions, exportTlog } from './prove/export-tlog.ts'
export { type InclusionClaim, inclusionProof, verifyInclusion } from './prove/inclusion.ts'
export { type ProveOptions, prove, proveConsistency } from './prove/prove.ts'
export type { Subtrees } from './prove/subtrees.ts'
export { TreeReader, type TreeReaderOptions } from './prove/tree-reader.ts'
export type { Hash } from './tree.ts'
