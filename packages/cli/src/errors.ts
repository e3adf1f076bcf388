/**
 * How a command can end, besides well: called wrongly, or unable to do its work.
 *
 * Exit codes are public: 0 ok, 1 a finding (broken, gap, weak), 2 usage, 3 operational failure.
 */
export const exitCodes = { ok: 0, finding: 1, usage: 2, failure: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const codes = {
  CLI_USAGE: 'The command was called with an option, value or name that it does not know.',
  CLI_NOT_RECORDED: 'What was asked for could not be recorded in the audit trail, so it was refused.',
  CLI_NOT_FOUND: 'There is no trail, key or record where one was named.',
  CLI_REVEAL_LIMIT: 'Personal data was revealed as often as an hour allows; the message says when the next time is.',
  CLI_NOTHING_SEALED: 'The record holds nothing sealed and names nobody whose key could open anything.',
  CLI_APPLICATION_FAILED:
    'The application could not be loaded to look at its routes; the message says where it failed.',
  CLI_BASELINE_INVALID: 'The file of accepted gaps is not one; the message names the entry.',
  CLI_INTERRUPTED: 'The command was stopped before it was done, so what it printed is not everything.',
} as const

export type CliErrorCode = keyof typeof codes

/** An error of the command line itself. Match on `code`. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export function usageError(message: string): CliError {
  return new CliError('CLI_USAGE', message)
}
