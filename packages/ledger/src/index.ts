/**
 * A tamper-evident, append-only log of lines: write it, read it, follow it. `@trailmark/ledger/verify` checks it.
 *
 * The ledger knows bytes and nothing of events: what happens to it is returned as facts, which others record.
 */
export { openLedger } from './append/open.ts'
export { makeDirectoryDurably, readSmall, replaceFileDurably } from './append/small-file.ts'
export { type Disk, type DiskLater, type FileFacts, type OpenMode, realDisk } from './disk.ts'
export { codes, LedgerError, type LedgerErrorCode } from './errors.ts'
export type { Anchor, AnchorEvidence, AnchorTree, PublishedCheckpoint } from './keep/anchor.ts'
export type { AnchorFailure, AnchorState } from './keep/anchor-delivery.ts'
export { startAnchoring } from './keep/anchorer.ts'
export type { AnchorFact, Anchoring, AnchoringOptions, AnchoringState } from './keep/anchoring.ts'
export type { EpochKeeper, EpochKey, EpochWriter } from './keep/epoch-keeper.ts'
export { type HeldDirectory, holdDirectory } from './keep/hold-directory.ts'
export type {
  AckLevel,
  AppendReceipt,
  BeforeCommit,
  Ledger,
  LedgerFact,
  LedgerState,
  Opening,
  OpenOptions,
  PendingEntry,
  Position,
  RefusedWriter,
  SealedSegment,
  SecondSigner,
  Signer,
} from './ledger.ts'

export { findStreams } from './read/find-streams.ts'
export { NotAFile, openFile } from './read/open-file.ts'
export { follow, readEntries } from './read/read-entries.ts'
export { findLiveSegment, findSealed } from './read/sealed-segment.ts'
export type { Entry, FollowOptions, ReadOptions, StreamInfo } from './stream.ts'
