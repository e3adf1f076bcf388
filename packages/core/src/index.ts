/** What applications import: `@trailmark/core`. Authors of adapters import `@trailmark/core/http`. */
export { type Audit, createAudit, type ProbeResponse } from './audit.ts'
export type { Answer, AuthorizeCall, AuthorizeInput, Verdict } from './authorize.ts'
export { bind, bindEmitter, wrapCallbacks } from './capture/bind.ts'
export { carrier, runWithCarrier } from './capture/carrier.ts'
export { aliases, type BuiltInEvent, type BuiltInEvents, type Catalogue, catalogue } from './catalogue.ts'
export { flag, idLike, integer, masked, oneOf, personalField, time, token } from './catalogue-kinds.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  type ContextValue,
  createSlot,
  currentContext,
  type Remote,
  type RequestContext,
  runInContext,
} from './context.ts'
export type { Coverage, RouteCoverage, RouteStatus } from './coverage.ts'
export type { DataOptions, TableOptions } from './data-options.ts'
export type { PolicyMatch, PolicyRule } from './decide/policy.ts'
export { defaultAudit } from './default-audit.ts'
export { type DefinedEvents, defineEvents, type EventSpec } from './define-events.ts'
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
export type { SafeError } from './fault/safe-error.ts'
export type { Counts, Health, LedgerHealth, Readiness } from './health.ts'
export { tokenPseudonyms } from './mask/pseudonyms.ts'
export { pseudonymsOf } from './mask/subject-pseudonyms.ts'
export { createTokens, type Tokens } from './mask/tokens.ts'
export { Message, msg, type SafePart } from './message.ts'
export type { Id } from './open-text.ts'
export type {
  AuditOptions,
  OperationalSink,
  OutboundOptions,
  ServiceOptions,
  TrustOption,
  TrustQuestion,
} from './options.ts'
export type { Drained, Outbox, OutboxRow } from './outbox.ts'
export type { Person, Pseudonym, Pseudonyms, SealedFields, SubjectAlias, SubjectBirth } from './pseudonyms.ts'
export type { Position, Receipt } from './receipt.ts'
export type {
  BeforeCommit,
  LogFact,
  LogReceipt,
  OpenLog,
  OpenRecordLog,
  RecordLog,
  SealedRange,
} from './record/record-log.ts'
export { asId, type DefinitionOf, type EventName, type RecordCall, type TransactionCall } from './record-call.ts'
// For readers of the trail: from what an investigator knows to what stands in records.
export { maskAddress } from './scrub/address.ts'
export { type MaskName, mask } from './scrub/masks.ts'
export { createScrubber, scrub } from './scrub/scrub.ts'
export type { Redaction, Scrubbed, Scrubber } from './scrub/scrubber.ts'
export type { Detector, ScrubberOptions } from './scrub/scrubber-options.ts'
export { type SealedLedger, sealRequestFile } from './seal-and-switch.ts'
export { Personal, type Placeholder, personal, Secret, secret } from './secret.ts'
export type { ServiceIdentity } from './service.ts'
export { type OpenedEnvelope, openSealed, type SealedRecord, type UnsealOptions } from './unseal.ts'
