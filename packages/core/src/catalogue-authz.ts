/** What somebody was allowed or refused, and who was given more: authorisation events. Grants are kept for seven years. */
import {
  count,
  event,
  flag,
  hash,
  httpStatus,
  idLike,
  integer,
  name,
  oneOf,
  opaqueId,
  time,
} from './catalogue-kinds.ts'

/** Who decided, by which of its rules, and its own name of the decision. `folded`: stands for several of one permission. */
const decided = { guard: name, rule: name, status: httpStatus, decision_id: opaqueId, folded: flag }

const scope = oneOf('global', 'tenant', 'project', 'resource', 'other')

export const authzEvents = {
  authz_allow: event('ATZ001', 'authz', 'INFO', 1, 'read', {
    sealsAddress: true,
    reasons: ['role', 'permission', 'owner', 'policy', 'public', 'delegation'],
    metadata: decided,
  }),
  authz_deny: event('ATZ002', 'authz', 'WARNING', 3, 'read', {
    outcome: 'denied',
    sealsAddress: true,
    reasons: [
      'unauthenticated',
      'forbidden',
      'missing_role',
      'missing_permission',
      'missing_scope',
      'not_owner',
      'tenant_mismatch',
      'policy',
      'mfa_required',
      'consent_required',
      'account_disabled',
      'network',
      'expired',
      'rate_limited',
      'legal_hold',
      'undecided',
    ],
    // The last three tell what kept a decision from being made.
    metadata: { ...decided, error_type: name, error_code: idLike(/^[A-Z0-9][A-Z0-9_]{1,63}$/), fingerprint: hash },
  }),
  permission_granted: event('ATZ003', 'authz', 'WARNING', 4, 'grant', {
    activity: true,
    failureClass: 'block',
    retentionClass: 'long',
    sealsAddress: true,
    reasons: ['request', 'approval', 'onboarding', 'policy', 'incident'],
    metadata: { permission: name, scope, expires_at: time, temporary: flag, approvers: integer(0, 100) },
  }),
  permission_revoked: event('ATZ004', 'authz', 'INFO', 2, 'revoke', {
    activity: true,
    retentionClass: 'long',
    sealsAddress: true,
    reasons: ['request', 'expired', 'offboarding', 'policy', 'incident', 'review'],
    metadata: { permission: name, scope },
  }),
  role_assigned: event('ATZ005', 'authz', 'WARNING', 3, 'grant', {
    activity: true,
    failureClass: 'block',
    retentionClass: 'long',
    sealsAddress: true,
    reasons: ['request', 'approval', 'onboarding', 'policy', 'incident'],
    metadata: { role: name, scope, admin: flag, expires_at: time, temporary: flag, approvers: integer(0, 100) },
  }),
  role_removed: event('ATZ006', 'authz', 'INFO', 2, 'revoke', {
    activity: true,
    retentionClass: 'long',
    sealsAddress: true,
    reasons: ['request', 'expired', 'offboarding', 'policy', 'incident', 'review'],
    metadata: { role: name, scope, admin: flag },
  }),
  break_glass_access: event('ATZ007', 'authz', 'CRITICAL', 5, 'grant', {
    activity: true,
    failureClass: 'block',
    retentionClass: 'long',
    sealsAddress: true,
    requires: ['purpose'],
    reasons: ['emergency', 'incident', 'outage', 'patient_care', 'legal'],
    metadata: { role: name, expires_at: time, duration_s: count, approvers: integer(0, 100) },
  }),
} as const
