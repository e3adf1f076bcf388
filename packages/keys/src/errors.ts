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
