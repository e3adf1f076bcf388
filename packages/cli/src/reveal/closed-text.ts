/** Why something stays closed, in words. */
import type { KeysErrorCode } from '@trailmark/keys'

const reasons: Partial<Record<KeysErrorCode, string>> = {
  KEYS_SUBJECT_ERASED: 'the key was destroyed, and with it the means of attribution',
  KEYS_SUBJECT_UNKNOWN: 'this keys directory has no such key: it is another one, or a file is missing',
  KEYS_SLOT_DAMAGED: 'the slot of the key is damaged',
  KEYS_COMMITMENT_MISMATCH: 'the key is not the one whose birth is on record, or its birth is not on record here',
  KEYS_ENVELOPE_DAMAGED: 'the envelope was altered, or belongs to another record',
}

export function closedText(error: KeysErrorCode): string {
  return reasons[error] ?? 'it does not open'
}
