/**
 * Every code this package can answer with, and the one class that carries them.
 *
 * Codes are public: callers match on them, they may be retired, and they are never renamed or reused. The sentence is what
 * the documentation prints; the message of each error adds the values that let a reader act.
 */
export const codes = {
  LEDGER_OPTION_INVALID: 'An option has a value it cannot have; the message names the option.',
  LEDGER_DIR_MISSING: 'The directory to read does not exist.',
  LEDGER_DIR_NOT_DIRECTORY: 'A file stands where a directory of the ledger should be.',
  LEDGER_DIR_READ_ONLY: 'The directory of the ledger cannot be written: missing rights or a read-only file system.',
  LEDGER_DIR_FULL: 'The file system of the ledger has no space left to open it.',
  LEDGER_DIR_UNUSABLE: 'The directory of the ledger cannot be used; the message holds the system error.',
  LEDGER_HELD: 'Another process holds the lock of this writer directory.',
  LEDGER_CLOSED: 'The ledger was closed before this entry was appended or acknowledged.',
  LEDGER_ENTRY_INVALID: 'An entry is empty or contains a line feed, which the line format cannot hold.',
  LEDGER_ENTRY_TOO_LARGE: 'An entry is larger than the line format can hold: 65,535 bytes with its frame.',
  LEDGER_META_MISSING: 'A writer directory has entries but no LEDGER.json.',
  LEDGER_META_MALFORMED: 'LEDGER.json is not what this format writes: damaged, edited or of an unknown version.',
  LEDGER_META_UNSIGNED:
    'LEDGER.json does not agree with LEDGER.note, the signed note over it, or that note is missing.',
  LEDGER_META_CHANGED: 'The writer directory was opened for another origin, stream or retention class.',
  LEDGER_KEY_CHANGED: 'The writer directory was signed with another key than the one given.',
  LEDGER_KEY_UNKNOWN: 'The key in LEDGER.json is none of the keys the verifier was told to trust.',
  LEDGER_KEYS_MISSING:
    'A key statement is missing: the row of files in keys/ has a hole, or there are none where there must be.',
  LEDGER_KEYS_MALFORMED:
    'A file in keys/ is no key statement of this log: damaged, edited, moved, or of another writer.',
  LEDGER_KEYS_UNSIGNED: 'A key statement lacks a valid signature of a key that has to have signed it.',
  LEDGER_KEYS_BROKEN: 'A key statement does not follow from the one before it: the row of keys is broken.',
  LEDGER_EPOCH_LOST:
    'The key of the epoch that is under way is gone, so nobody can continue this writer; a new one is opened.',
  LEDGER_EPOCH_UNSIGNED: 'The checkpoint carries no valid signature of the key of its epoch.',
  LEDGER_EPOCH_ROOT:
    'The log is not the one that was signed when an epoch ended: rewritten or cut after the key of that epoch was destroyed.',
  LEDGER_EPOCH_PINNED: 'The first epoch key is not the one that was kept outside: the row of epochs was begun anew.',
  LEDGER_SECOND_UNSIGNED: 'The checkpoint carries no valid ML-DSA-44 signature, which LEDGER.json says it must.',
  LEDGER_SECOND_UNCHECKED: 'The ML-DSA-44 signature was not checked: this Node.js does not know the algorithm.',
  LEDGER_CHECKPOINT_MISSING: 'A writer directory has entries but no checkpoint.',
  LEDGER_CHECKPOINT_MALFORMED: 'The checkpoint is not a signed note of this log.',
  LEDGER_CHECKPOINT_UNSIGNED: 'The checkpoint carries no valid signature of the key in LEDGER.json.',
  LEDGER_CHECKPOINT_REWOUND: 'The log on disk is shorter than its signed checkpoint.',
  LEDGER_ROOT_MISMATCH: 'The entries do not hash to the root that was signed.',
  LEDGER_ROOT_HELD:
    'The log is not, or no longer, the one whose root was kept outside: rewritten, or put back to an older state.',
  LEDGER_VERIFY_INTERRUPTED:
    'A thread of a verification was lost at its work, so that nothing was concluded. Verify again; `workers: 0` needs none.',
  LEDGER_FRONTIER_STALE:
    'The derived file beside the checkpoint does not agree with the log; it is rebuilt at the next opening.',
  LEDGER_WRITER_MISPLACED:
    'A writer directory was renamed or copied: its name, or another directory, says that it is not the original.',
  LEDGER_SEGMENT_MISPLACED: 'A segment does not begin with the entry its name says.',
  LEDGER_SEGMENT_UNREADABLE: 'A segment cannot be read; the message holds the system error.',
  LEDGER_LINE_MALFORMED: 'A line is not framed as this format frames it.',
  LEDGER_LINE_TOO_LONG: 'A line is longer than 65,535 bytes.',
  LEDGER_LINE_HASH: 'A line does not agree with the hash at its end.',
  LEDGER_LINE_CLAIM: 'A line claims less to be durable than the line before it.',
  LEDGER_LINE_MISSING: 'Entries are missing before this line.',
  LEDGER_LINE_REPEATED: 'A line with an index that was already passed: repeated, inserted or moved.',
  LEDGER_TAIL_TORN: 'The log ends in bytes that were never acknowledged, as a crash leaves them.',
  LEDGER_TAIL_UNSIGNED: 'Entries behind the newest checkpoint: chained, not yet signed.',
  LEDGER_QUARANTINE: 'Recovery cut an unacknowledged tail off and kept it in quarantine.',
  LEDGER_FILE_UNKNOWN: 'A file that this format does not know lies in the writer directory.',
  LEDGER_PREDECESSOR: 'This writer was opened because an earlier one was refused.',
  LEDGER_CLOSE_MISSING:
    'An opening has no orderly close; the next opening, or the end of the log, follows its last entry.',
  LEDGER_SEQ_UNACKNOWLEDGED:
    'Sequence numbers are missing at the end of an opening without a close: they were never acknowledged.',
  LEDGER_SEQ_ABSENT: 'Entries carry no sequence number, so that completeness cannot be judged on them.',
  LEDGER_ANCHOR_ROLLBACK:
    'An anchor holds a larger or another tree than this log shows: the log was put back to an older state, or rewritten.',
  LEDGER_ANCHOR_UNREACHABLE: 'An anchor did not answer within its deadline; it is tried again.',
  LEDGER_ANCHOR_REFUSED: 'An anchor answered, but did not take the checkpoint; the message says why.',
  LEDGER_ANCHOR_UNKEPT: 'An anchor took the checkpoint, but its evidence could not be written beside the log.',
  LEDGER_WRITER_REWOUND:
    'The checkpoint of a writer went back, or became another one of the same size, since it was written to the anchor log.',
  LEDGER_WRITER_GONE: 'A writer that is named in the anchor log is not there any more.',
  LEDGER_ROOT_ANCHORED:
    'The log is not, or no longer, the one whose root stands in an anchor log or with an anchor: rewritten, or put back.',
  LEDGER_EVIDENCE_INVALID:
    'A file says that a witness or a timestamp authority vouches for this log, and it does not hold.',
  LEDGER_EVIDENCE_UNCHECKED:
    'Evidence of anchors was not checked: the key of that witness, or the certificate of that authority, was not given.',
  LEDGER_ANCHOR_ENTRY: 'An entry of an anchor log is not what this version writes.',
  LEDGER_HEARTBEAT_SILENT:
    'The anchor log was silent for more than three of its intervals without having been stopped: nobody vouches for that time.',
  LEDGER_TIMESTAMP_MALFORMED: 'A timestamp is not what RFC 3161 describes: damaged, cut off or another format.',
  LEDGER_TIMESTAMP_OTHER: 'A timestamp is one of other bytes, or answers another request.',
  LEDGER_TIMESTAMP_SIGNATURE: 'The signature of a timestamp does not agree with what it signs.',
  LEDGER_TIMESTAMP_UNTRUSTED:
    'A timestamp was not made by an authority that the given certificates vouch for, at the time it names.',
  LEDGER_PROOF_UNAVAILABLE: 'No checkpoint covers the entry yet, so there is nothing to prove it against.',
  LEDGER_PROOF_MALFORMED: 'The bytes given are not a proof.',
  LEDGER_PROOF_UNSIGNED: 'The checkpoint in a proof carries no valid signature of a trusted key.',
  LEDGER_PROOF_MISMATCH: 'The entry, or the log, is not the one the proof is about.',
  LEDGER_PROOF_UNWITNESSED: 'The checkpoint in a proof lacks a valid cosignature of a witness that was asked for.',
  LEDGER_TREE_INCOMPLETE: 'A hash of the tree cannot be found: neither its tile nor the entries below it are there.',
  LEDGER_SEAL_MISMATCH: 'A finished segment is not what was hashed when it was written, or not what its seal says.',
  LEDGER_SEAL_MALFORMED: 'A seal is not a signed note about a segment of this log.',
  LEDGER_SEAL_UNSIGNED: 'A seal carries no valid signature of the log.',
  LEDGER_SEAL_MISSING: 'A finished segment has no seal yet; the next opening makes it.',
  LEDGER_SEAL_EMPTY: 'There is nothing to seal: the ledger has no entries.',
  LEDGER_SIGNER_FAILED:
    'The newest checkpoint could not be signed or written; entries are kept, and it is tried again.',
  LEDGER_STUCK: 'The disk has not answered a flush within its deadline; entries wait.',
  LEDGER_FULL: 'The file system is full; entries are kept in memory and the write is tried again.',
  LEDGER_WRITE_FAILED: 'A write failed; entries are kept in memory and the write is tried again.',
  LEDGER_SYNC_FAILED: 'The disk could not confirm a batch. This writer is finished; a new one has to be opened.',
  LEDGER_FILE_REPLACED:
    'The segment was deleted, replaced or shortened underneath the writer. This writer is finished.',
  LEDGER_LOCK_REPLACED:
    'Another process took this writer over, for instance while the machine slept. This writer is finished.',
} as const

export type LedgerErrorCode = keyof typeof codes

/** An error of the ledger itself. Match on `code`; the message is for people and may change. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The system's code of an unknown error (`ENOSPC`, `EACCES`, …), or an empty string when it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
