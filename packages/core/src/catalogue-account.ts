/** The life of an account: created, locked, protected, deleted. Who was changed stands in `subjects`, who changed it is the actor. */
import { count, event, flag, integer, oneOf, opaqueId, time } from './catalogue-kinds.ts'

const factor = oneOf(
  'totp',
  'webauthn',
  'push',
  'sms',
  'email',
  'voice',
  'hardware_key',
  'recovery_code',
  'all',
  'other',
)
const by = ['by_user', 'by_admin', 'policy'] as const

export const accountEvents = {
  password_change: event('ACC001', 'account', 'INFO', 2, 'update', {
    activity: true,
    sealsAddress: true,
    reasons: [...by, 'expired', 'compromised', 'wrong_current_password', 'too_weak', 'reused'],
    metadata: { sessions_revoked: count, forced: flag },
  }),
  password_reset_requested: event('ACC002', 'account', 'WARNING', 2, 'update', {
    activity: true,
    outcome: 'unknown',
    sealsAddress: true,
    unprovedActor: true,
    reasons: [...by, 'unknown_account', 'rate_limited'],
    metadata: {
      stage: oneOf('requested', 'sent'),
      channel: oneOf('email', 'sms', 'voice', 'admin', 'other'),
      expires_at: time,
    },
  }),
  password_reset_completed: event('ACC003', 'account', 'WARNING', 3, 'update', {
    activity: true,
    sealsAddress: true,
    reasons: [...by, 'expired', 'already_used', 'invalid_link', 'too_weak', 'reused'],
    metadata: { sessions_revoked: count, channel: oneOf('email', 'sms', 'voice', 'admin', 'other') },
  }),
  mfa_enabled: event('ACC004', 'account', 'INFO', 2, 'enable', {
    activity: true,
    sealsAddress: true,
    reasons: by,
    metadata: { factor, factors: integer(0, 100) },
  }),
  mfa_disabled: event('ACC005', 'account', 'WARNING', 4, 'disable', {
    activity: true,
    sealsAddress: true,
    reasons: [...by, 'lost_device', 'recovery'],
    metadata: { factor, factors: integer(0, 100) },
  }),
  account_locked: event('ACC006', 'account', 'WARNING', 3, 'disable', {
    activity: true,
    sealsAddress: true,
    reasons: [...by, 'too_many_failures', 'suspicious', 'inactive'],
    metadata: { attempt_count: integer(0, 1_000_000), until: time },
  }),
  account_unlocked: event('ACC007', 'account', 'WARNING', 2, 'enable', {
    activity: true,
    reasons: [...by, 'time_elapsed', 'recovery'],
    metadata: { locked_for_s: count },
  }),
  account_created: event('ACC008', 'account', 'INFO', 2, 'create', {
    activity: true,
    reasons: [...by, 'invited', 'provisioned', 'already_exists'],
    metadata: { origin: oneOf('signup', 'invitation', 'admin', 'scim', 'sso', 'import', 'other'), provider: opaqueId },
  }),
  account_deleted: event('ACC009', 'account', 'WARNING', 3, 'delete', {
    activity: true,
    reasons: [...by, 'inactive', 'erasure_request', 'deprovisioned'],
    metadata: { erasure_due: time, soft: flag },
  }),
} as const
