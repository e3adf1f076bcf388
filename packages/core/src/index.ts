/** What applications import: `@trailmark/core`. Authors of adapters import `@trailmark/core/http`. */
export { type Audit, createAudit, defaultAudit } from './audit.ts'
export type { Coverage, RouteCoverage, RouteStatus } from './coverage.ts'
export { AuditError, type AuditErrorCode, codes } from './errors.ts'
export type {
  Action,
  ActorInput,
  ActorType,
  Category,
  ChangeInput,
  DecisionInput,
  EventDefinition,
  EventInput,
  FailureClass,
  Level,
  MetadataInput,
  MetadataKind,
  MetadataSchema,
  MetadataValue,
  Outcome,
  Phase,
  RetentionClass,
  Severity,
  Stream,
  TargetInput,
  VolumeInput,
} from './event.ts'
export type { Counts, Health, LedgerHealth, Readiness } from './health.ts'
// For readers of the trail: from what an investigator knows to what stands in records.
export { maskAddress } from './mask/address.ts'
export { tokenPseudonyms } from './mask/pseudonyms.ts'
export { createTokens, type Tokens } from './mask/tokens.ts'
export type {
  AuditOptions,
  OperationalSink,
  OutboundOptions,
  ServiceOptions,
  TrustOption,
  TrustQuestion,
} from './options.ts'
export type { Person, Pseudonym, Pseudonyms, SealedFields, SubjectBirth } from './pseudonyms.ts'
export type { Position, Receipt } from './receipt.ts'
