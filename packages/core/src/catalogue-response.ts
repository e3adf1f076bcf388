/** What happens once something was found: alerts, tickets, evidence, reconstructions. Evidence is kept for seven years. */
import { count, event, flag, hash, name, oneOf, opaqueId, sha256, time } from './catalogue-kinds.ts'

const alert = { alert_id: opaqueId, rule: name, runbook: opaqueId, matches: count } as const
const ticket = { ticket_id: opaqueId, system: name, alert_id: opaqueId } as const
const long = { retentionClass: 'long' } as const

export const alertEvents = {
  alert_raised: event('ALR001', 'alert', 'ERROR', 4, 'create', {
    outcome: 'unknown',
    reasons: ['rule', 'correlation', 'threshold', 'absence', 'manual'],
    metadata: {
      ...alert,
      level: oneOf('informational', 'low', 'medium', 'high', 'critical'),
      window_s: count,
      since: time,
    },
  }),
  alert_closed: event('ALR002', 'alert', 'INFO', 1, 'update', {
    reasons: ['resolved', 'false_positive', 'duplicate', 'accepted', 'expired'],
    metadata: { ...alert, open_s: count },
  }),
  ticket_created: event('ALR003', 'alert', 'INFO', 2, 'create', {
    outcome: 'unknown',
    reasons: ['alert', 'manual', 'duplicate', 'unavailable', 'error'],
    metadata: ticket,
  }),
  ticket_updated: event('ALR004', 'alert', 'INFO', 1, 'update', {
    reasons: ['assigned', 'commented', 'escalated', 'resolved', 'reopened', 'closed'],
    metadata: ticket,
  }),
} as const

export const evidenceEvents = {
  evidence_collected: event('EVD001', 'evidence', 'WARNING', 3, 'create', {
    ...long,
    reasons: ['incident', 'litigation', 'regulator', 'audit', 'request'],
    metadata: { package_id: opaqueId, digest: sha256, tool: name, records: count, bytes: count, query_hash: hash },
  }),
  evidence_accessed: event('EVD002', 'evidence', 'WARNING', 3, 'read', {
    ...long,
    reasons: ['incident', 'litigation', 'regulator', 'audit', 'request', 'forbidden'],
    metadata: { package_id: opaqueId, digest: sha256, verified: flag },
  }),
  evidence_transferred: event('EVD003', 'evidence', 'WARNING', 3, 'share', {
    ...long,
    reasons: ['incident', 'litigation', 'regulator', 'audit', 'request'],
    metadata: {
      package_id: opaqueId,
      digest: sha256,
      verified: flag,
      medium: oneOf('upload', 'download', 'physical', 'email', 'other'),
    },
  }),
  incident_reconstructed: event('EVD004', 'evidence', 'INFO', 2, 'search', {
    ...long,
    reasons: ['incident', 'audit', 'exercise', 'request'],
    metadata: { incident_id: opaqueId, timeline_digest: sha256, records: count, services: count, from: time, to: time },
  }),
} as const
