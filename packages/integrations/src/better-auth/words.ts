/** better-auth's error codes and paths in the catalogue's words. */
import type { BuiltInEvents } from '@trailmark/core'
import type { LoginFailureReason, LoginMethod } from '../authn/tell-login.ts'
import type { Refused } from './answer.ts'

type Reason<E extends keyof BuiltInEvents> = BuiltInEvents[E]['reasons'][number]

/** Endpoints that may let somebody in, and how they prove who they are. */
export const logins: ReadonlyMap<string, LoginMethod> = new Map([
  ['/sign-in/email', 'password'],
  ['/sign-in/username', 'password'],
  ['/sign-in/phone-number', 'password'],
  ['/sign-up/email', 'password'],
  ['/sign-in/social', 'oauth2'],
  ['/callback/:id', 'oauth2'],
  ['/oauth2/callback/:providerId', 'oauth2'],
  ['/one-tap/callback', 'oidc'],
  ['/magic-link/verify', 'magic_link'],
  ['/sign-in/email-otp', 'otp'],
  ['/email-otp/verify-email', 'otp'],
  ['/phone-number/verify', 'otp'],
  ['/passkey/verify-authentication', 'passkey'],
  ['/sign-in/anonymous', 'other'],
  ['/siwe/verify', 'other'],
  ['/verify-email', 'other'],
])

/** Endpoints that check a second factor. */
export const secondFactors: ReadonlyMap<string, 'totp' | 'other' | 'recovery_code'> = new Map([
  ['/two-factor/verify-totp', 'totp'],
  ['/two-factor/verify-otp', 'other'],
  ['/two-factor/verify-backup-code', 'recovery_code'],
])

/** Endpoints whose failure is no login that failed, although their success may be one. */
export const quiet: ReadonlySet<string> = new Set(['/sign-up/email', '/verify-email', '/email-otp/verify-email'])

const loginReasons: ReadonlyMap<string, LoginFailureReason> = new Map([
  ['EMAIL_NOT_VERIFIED', 'account_unverified'],
  ['PHONE_NUMBER_NOT_VERIFIED', 'account_unverified'],
  ['BANNED_USER', 'account_disabled'],
  ['BANNED', 'account_disabled'],
  ['EMAIL_PASSWORD_DISABLED', 'not_allowed'],
  ['SIGNUP_DISABLED', 'not_allowed'],
  ['OTP_EXPIRED', 'expired'],
  ['EXPIRED_TOKEN', 'expired'],
  ['TOO_MANY_ATTEMPTS', 'rate_limited'],
  ['USER_NOT_FOUND', 'unknown_account'],
  ['INVALID_PASSWORD', 'invalid_password'],
  ['FAILED_TO_CREATE_SESSION', 'error'],
])

export function loginReason({ code, status }: Refused, method: LoginMethod): LoginFailureReason {
  if (status >= 500) return 'error'
  if (status === 429) return 'rate_limited'
  const known = loginReasons.get(code)
  return known ?? (method === 'oauth2' || method === 'oidc' ? 'sso_failed' : 'invalid_credentials')
}

export function factorReason({ code, status }: Refused): Reason<'mfa_challenge_failed'> {
  if (status >= 500) return 'error'
  if (code.startsWith('TOO_MANY_ATTEMPTS') || status === 429) return 'too_many_attempts'
  if (code.includes('EXPIRED') || code === 'INVALID_TWO_FACTOR_COOKIE') return 'expired'
  if (code.endsWith('_NOT_ENABLED')) return 'factor_unavailable'
  return 'wrong_code'
}

/** Undefined for what the catalogue has no word for. */
export function passwordReason({ code }: Refused): 'wrong_current_password' | 'too_weak' | undefined {
  if (code === 'INVALID_PASSWORD') return 'wrong_current_password'
  return code.startsWith('PASSWORD_') ? 'too_weak' : undefined
}

export function resetReason({ code }: Refused): 'invalid_link' | 'expired' | 'too_weak' | undefined {
  if (code.startsWith('PASSWORD_')) return 'too_weak'
  if (code.includes('EXPIRED')) return 'expired'
  return code === 'INVALID_TOKEN' || code === 'INVALID_OTP' ? 'invalid_link' : undefined
}
