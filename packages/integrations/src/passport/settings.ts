/** What `auditPassport()` may be told, checked. */
import { type Audit, AuditError } from '@trailmark/core'
import { checkOptions } from '../check-options.ts'

export interface PassportOptions {
  /** Default: the audit that follows the request. */
  readonly audit?: Audit
  /** Strategies, by the names they are registered under, that log somebody in although their name is known for something else. */
  readonly login?: readonly string[]
  /** Strategies for credentials that come with every request: accepting one is no login, refusing one an invalid token. */
  readonly token?: readonly string[]
  /** The account that a failed login was for. Stored as a token. Default: the user name as passport-local reads it. */
  claimed?(req: object): unknown
  /** Why a login failed, in the catalogue's words, from what the strategy said (`info`). */
  reason?(info: unknown, req: object): unknown
}

export interface PassportSettings {
  readonly audit: Audit | undefined
  readonly login: ReadonlySet<string>
  readonly token: ReadonlySet<string>
  readonly claimed: PassportOptions['claimed']
  readonly reason: PassportOptions['reason']
}

export function readSettings(options: PassportOptions): PassportSettings {
  checkOptions('auditPassport()', options, { login: 'list', token: 'list', claimed: 'function', reason: 'function' })
  const { audit, login, token, claimed, reason } = options
  const settings = { audit, login: namesIn('login', login), token: namesIn('token', token), claimed, reason }
  for (const name of settings.login) {
    if (settings.token.has(name))
      throw new AuditError('AUDIT_OPTION_INVALID', `auditPassport(): ${name} is named in login and in token`)
  }
  return settings
}

function namesIn(option: string, names: readonly string[] | undefined): ReadonlySet<string> {
  if (names === undefined) return new Set()
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string' || name === ''))
    throw new AuditError('AUDIT_OPTION_INVALID', `auditPassport(): ${option} must be a list of strategy names`)
  return new Set(names)
}
