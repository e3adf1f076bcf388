/**
 * Anchors: places outside of the directory that are shown a checkpoint and keep it, as `@trailmark/ledger/anchors`.
 *
 * Without one, nobody can tell a log that was cut or put back to an older state from a log that is simply shorter.
 */
export type { Anchor, AnchorEvidence, AnchorTree, PublishedCheckpoint } from './keep/anchor.ts'
export { type WitnessOptions, witness } from './keep/witness.ts'
