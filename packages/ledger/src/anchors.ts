/**
 * Anchors: places outside of the directory that are shown a checkpoint and keep it, as `@trailmark/ledger/anchors`.
 *
 * Without one, nobody can tell a log that was cut or put back to an older state from a log that is simply shorter.
 */
export type { Anchor, AnchorEvidence, AnchorTree, PublishedCheckpoint } from './keep/anchor.ts'
export { type FileAnchorOptions, fileAnchor } from './keep/file-anchor.ts'
export { type GitAnchorOptions, gitAnchor } from './keep/git-anchor.ts'
export { type TimestampAnchorOptions, timestampAnchor } from './keep/timestamp-anchor.ts'
export { checkTimestamp, type Timestamp, type TimestampOptions, type TimestampRefused } from './keep/timestamp-check.ts'
export { type WebhookAnchorOptions, webhookAnchor } from './keep/webhook-anchor.ts'
export { checkWebhook, type WebhookToCheck } from './keep/webhook-signature.ts'
export { type WitnessOptions, witness } from './keep/witness.ts'
