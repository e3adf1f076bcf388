/**
 * Every code this package can answer with, and the one class that carries them.
 *
 * Codes are public: callers match on them, they may be retired, and they are never renamed or reused. The sentence is what
 * the documentation prints; the message of each error adds the values that let a reader act.
 */
export const codes = {
  AUDIT_OPTION_INVALID: 'An option has a value it cannot have; the message names the option.',
  AUDIT_DIR_UNUSABLE: 'The data directory cannot be created or written.',
  AUDIT_SCRUBBER_LEAKS:
    'The start-up test found a planted value in what the scrubber let through; the message names the canary.',
  AUDIT_EVENT_INCOMPLETE: 'An event lacks something its definition requires, such as a purpose.',
  AUDIT_RECORD_DROPPED: 'The record was dropped because the queue was full; an audit_gap record names the range.',
  AUDIT_NOT_RECORDED: 'The policy in force says that this event is not recorded.',
  AUDIT_ATTEMPT_REFUSED:
    'The attempt of an audited call of class block was not durable in time; the function was not run.',
  AUDIT_RESULT_NOT_DURABLE:
    "The result of a request of class block was not durable in time, and `block: 'strict'` refused its answer.",
  AUDIT_CLOSED: 'The audit was closed before this record was made.',
  AUDIT_CARRIER_INVALID: 'A carrier is not the JSON that carrier() makes, or is larger than 1 KB.',
  AUDIT_SECRET_MISSING: 'A secret is not where it was asked for; the message names the environment variable.',
  AUDIT_SECRET_UNREADABLE:
    'The function given to map() of a secret threw; its error is not kept, because it may quote the value.',
  AUDIT_OUTBOX_MISSING: 'A record was to be part of a transaction, and the audit has no `outbox`.',
  AUDIT_LIBRARY_UNKNOWN:
    'What was handed to an integration is not the library it is for, or a version of it that cannot be recorded.',
  AUDIT_LEAK_FOUND: 'A test planted values and found them where they must not be; the message lists which and where.',
} as const

export type AuditErrorCode = keyof typeof codes

/** An error of the audit trail itself. Match on `code`; the message is for people and may change. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: AuditErrorCode

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
