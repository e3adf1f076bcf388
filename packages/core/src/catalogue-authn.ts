/** Who came in, who did not, and how: authentication events. The full client address of each is sealed where keys allow. */
import { count, event, flag, integer, oneOf, opaqueId, time, token } from './catalogue-kinds.ts'

const factor = oneOf('totp', 'webauthn', 'push', 'sms', 'email', 'voice', 'hardware_key', 'recovery_code', 'other')
const method = oneOf(
  'password',
  'passkey',
  'otp',
  'sso',
  'saml',
  'oidc',
  'oauth2',
  'ldap',
  'kerberos',
  'api_key',
  'client_certificate',
  'magic_link',
  'session',
  'token',
  'other',
)
const attempts = integer(0, 1_000_000)

export const authnEvents = {
  login_success: event('ATN001', 'authn', 'INFO', 1, 'login', {
    activity: true,
    sealsAddress: true,
    metadata: {
      method,
      factor,
      provider: opaqueId,
      attempt_count: attempts,
      new_device: flag,
      remembered: flag,
      // The session goes on under the identifier that the client had before: whoever gave it to them is in, too.
      session_kept: flag,
    },
  }),
  login_failure: event('ATN002', 'authn', 'WARNING', 2, 'login', {
    activity: true,
    outcome: 'failure',
    sealsAddress: true,
    unprovedActor: true,
    reasons: [
      'invalid_password',
      'unknown_account',
      'invalid_credentials',
      'account_locked',
      'account_disabled',
      'account_unverified',
      'password_expired',
      'mfa_required',
      'mfa_failed',
      'expired',
      'rate_limited',
      'sso_failed',
      'not_allowed',
      'error',
    ],
    metadata: { method, factor, provider: opaqueId, attempt_count: attempts },
  }),
  logout: event('ATN003', 'authn', 'INFO', 1, 'logout', {
    activity: true,
    sealsAddress: true,
    reasons: ['by_user', 'everywhere', 'single_sign_out'],
    metadata: { session_age_s: count, sessions: count },
  }),
  session_expired: event('ATN004', 'authn', 'INFO', 1, 'logout', {
    activity: true,
    sealsAddress: true,
    reasons: ['expired', 'idle', 'absolute_limit', 'rotated'],
    metadata: { session_age_s: count },
  }),
  mfa_challenge_issued: event('ATN005', 'authn', 'INFO', 1, 'other', {
    activity: true,
    outcome: 'unknown',
    sealsAddress: true,
    reasons: ['login', 'step_up', 'new_device', 'policy'],
    metadata: { factor, attempt_count: attempts, expires_at: time },
  }),
  mfa_challenge_succeeded: event('ATN006', 'authn', 'INFO', 1, 'login', {
    activity: true,
    sealsAddress: true,
    metadata: { factor, attempt_count: attempts },
  }),
  mfa_challenge_failed: event('ATN007', 'authn', 'WARNING', 3, 'login', {
    activity: true,
    outcome: 'failure',
    sealsAddress: true,
    reasons: ['wrong_code', 'expired', 'declined', 'no_answer', 'too_many_attempts', 'factor_unavailable', 'error'],
    metadata: { factor, attempt_count: attempts },
  }),
  session_revoked: event('ATN008', 'authn', 'WARNING', 2, 'revoke', {
    activity: true,
    sealsAddress: true,
    reasons: ['by_user', 'by_admin', 'password_changed', 'suspicious', 'policy'],
    metadata: { sessions: count },
  }),
  new_device_seen: event('ATN009', 'authn', 'WARNING', 2, 'other', {
    activity: true,
    sealsAddress: true,
    metadata: { device: token('device'), notified: flag },
  }),
} as const
