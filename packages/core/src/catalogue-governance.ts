/** How data and records end, lawfully: retention, holds, requests of data subjects, purges. Kept for seven years. */
import { count, event, flag, hash, integer, name, oneOf, opaqueId, sha256, time } from './catalogue-kinds.ts'

const long = { retentionClass: 'long' } as const
const stream = oneOf('operational', 'application', 'audit', 'activity', 'keys')
const range = { stream, retention_class: name, first: count, last: count, records: count } as const
const request = oneOf(
  'access',
  'rectification',
  'erasure',
  'restriction',
  'portability',
  'objection',
  'opt_out',
  'other',
)
const prevented = ['legal_hold', 'period_not_over', 'not_anchored', 'locked', 'unavailable', 'error'] as const

export const governanceEvents = {
  retention_changed: event('GOV001', 'governance', 'WARNING', 4, 'update', {
    ...long,
    reasons: ['law', 'policy', 'request', 'below_floor', 'not_approved'],
    metadata: {
      stream,
      retention_class: name,
      days_before: integer(0, 100_000),
      days_after: integer(0, 100_000),
      preset: name,
      approvers: integer(0, 100),
      effective_at: time,
    },
  }),
  legal_hold_placed: event('GOV002', 'governance', 'WARNING', 3, 'create', {
    ...long,
    reasons: ['litigation', 'investigation', 'regulator', 'request'],
    metadata: {
      hold_id: opaqueId,
      scope: oneOf('case', 'owner', 'subject', 'query', 'time_range'),
      records: count,
      until: time,
    },
  }),
  legal_hold_released: event('GOV003', 'governance', 'WARNING', 4, 'disable', {
    ...long,
    reasons: ['closed', 'expired', 'court_order', 'mistake', 'not_approved'],
    metadata: { hold_id: opaqueId, records: count, approvers: integer(0, 100) },
  }),
  erasure_requested: event('GOV004', 'governance', 'INFO', 2, 'create', {
    activity: true,
    ...long,
    failureClass: 'block',
    outcome: 'unknown',
    reasons: ['by_subject', 'account_deleted', 'regulator', 'policy', 'legal_hold', 'not_identified'],
    metadata: {
      request_id: opaqueId,
      regulation: name,
      due: time,
      channel: oneOf('app', 'email', 'letter', 'agent', 'api', 'other'),
    },
  }),
  erasure_completed: event('GOV005', 'governance', 'WARNING', 3, 'delete', {
    activity: true,
    ...long,
    reasons: [...prevented, 'nothing_found'],
    metadata: { request_id: opaqueId, keys_destroyed: count, commitment: sha256, records: count },
  }),
  dsr_updated: event('GOV006', 'governance', 'INFO', 1, 'update', {
    activity: true,
    ...long,
    reasons: ['received', 'identified', 'extended', 'answered', 'refused', 'withdrawn'],
    metadata: { request_id: opaqueId, request, regulation: name, due: time },
  }),
  log_purged: event('GOV007', 'governance', 'WARNING', 3, 'delete', {
    ...long,
    reasons: prevented,
    metadata: {
      ...range,
      segments: count,
      bytes: count,
      root_before: sha256,
      root_after: sha256,
      approvers: integer(0, 100),
    },
  }),
  log_archived: event('GOV008', 'governance', 'INFO', 1, 'export', {
    ...long,
    reasons: prevented,
    metadata: { ...range, bytes: count, digest: sha256, store: name, locked_until: time },
  }),
  log_rotated: event('GOV009', 'governance', 'INFO', 1, 'other', {
    ...long,
    reasons: ['size', 'age', 'request', 'shutdown'],
    metadata: { ...range, bytes: count, root: sha256 },
  }),
  purge_verified: event('GOV010', 'governance', 'INFO', 1, 'other', {
    ...long,
    reasons: ['leftover_found', ...prevented],
    metadata: { ...range, store: name, complete: flag, leftovers: count, certificate: hash },
  }),
} as const
