/**
 * Every code this package can answer with, and the one class that carries them.
 *
 * Codes are public: callers match on them, they may be retired, and they are never renamed or reused. Messages name the
 * file or directory and what to do about it, never anything a key is made of.
 */
export const codes = {
  KEYS_DIR_UNUSABLE: 'The keys directory cannot be created, read or written.',
  KEYS_READABLE_BY_OTHERS: 'The keys directory or a file in it can be read or changed by its group or by others.',
  KEYS_FILE_INVALID: 'A key file is not what was written there: truncated, altered, of another kind, or a directory.',
  KEYS_ALGORITHM_UNKNOWN: 'This version of Node.js does not know the algorithm that an option asks for.',
  KEYS_SLOT_DAMAGED: 'A slot of a subject key is not what was written there; its key cannot be read.',
  KEYS_SUBJECTS_BUSY: 'Another process is rewriting the subject keys and does not come to an end.',
  KEYS_SUBJECT_ERASED: 'The key of this subject was destroyed: nobody can read what was sealed under it.',
  KEYS_SUBJECT_UNKNOWN: 'No subject key has this id: it was never in this keys directory, or its file is missing.',
  KEYS_COMMITMENT_MISMATCH: 'The key found under this id is not the one whose birth was recorded.',
  KEYS_ENVELOPE_DAMAGED: 'An envelope was altered, or belongs to another record, ledger or subject.',
} as const

export type KeysErrorCode = keyof typeof codes

/** An error of the key files. Match on `code`; the message is for people and may change. */
export class KeysError extends Error {
  override readonly name = 'KeysError'
  readonly code: KeysErrorCode

  constructor(code: KeysErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
