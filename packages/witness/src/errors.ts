/**
 * Every code this package can answer with, and the one class that carries them.
 *
 * Codes are public: callers match on them, they may be retired, and they are never renamed or reused.
 */
export const codes = {
  WITNESS_OPTION_INVALID: 'An option has a value it cannot have; the message names the option.',
  WITNESS_DIR_UNUSABLE:
    'The directory of the witness cannot be created, read or written; the message holds the system error.',
  WITNESS_HELD: 'Another witness is running on this directory. Two on one state would sign two histories.',
  WITNESS_NAME_NEEDED: 'The directory holds no key yet, and no name was given to make one for.',
  WITNESS_KEY_INVALID: 'The key file of the witness is not what was written there, or belongs to another name.',
  WITNESS_KEY_READABLE: 'The key file of the witness can be read or changed by its group or by others.',
  WITNESS_STATE_DAMAGED:
    'What the witness remembers of a log is damaged or was signed with another key. Without it, it could sign a fork.',
  WITNESS_STATE_UNWRITTEN: 'A checkpoint could not be made durable, so it was not cosigned.',
  WITNESS_LOGS_MAX: 'The witness remembers as many logs as it may; this one is refused.',
  WITNESS_CLOCK_BACK:
    'The clock stands before the last cosignature of this log, so nothing is signed until it is right.',
  WITNESS_FORK: 'A log signed two trees of one size. The second is kept as evidence.',
  WITNESS_PROOF_REFUSED: 'A signed checkpoint came with a proof that does not lead to it from what the witness holds.',
  WITNESS_LISTEN_FAILED: 'The address cannot be listened on; the message holds the system error.',
} as const

export type WitnessErrorCode = keyof typeof codes

/** An error of the witness itself. Match on `code`; the message is for people and may change. */
export class WitnessError extends Error {
  override readonly name = 'WitnessError'
  readonly code: WitnessErrorCode

  constructor(code: WitnessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The system's code of an unknown error (`ENOSPC`, `EACCES`, …), or an empty string when it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
