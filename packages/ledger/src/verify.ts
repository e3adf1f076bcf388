/**
 * The verifier: what an auditor imports, alone, as `@trailmark/ledger/verify`.
 *
 * It needs a directory (or a copy of one) and nothing else; with pinned public keys it also proves origin.
 */
export { LedgerError, type LedgerErrorCode } from './errors.ts'
export type { HeldRoot } from './verify/held-root.ts'
export type {
  Anchored,
  Break,
  Gap,
  KeysReport,
  Note,
  StreamReport,
  VerifyOptions,
  VerifyReport,
} from './verify/report.ts'
export { verify } from './verify/verify.ts'
