/** Rows of security, system, application, trail, alert and evidence events. */
import { at, row } from './column.ts'

const finding = at(2004, 1, 'Create')
const blocked = at(4002, 99, 'Other')
const alert = { kind: 'alert' } as const

export const securityColumns = {
  rate_limit_exceeded: row(blocked, 'web,network / access,denied / failure', { disposition: 25 }),
  invalid_token_presented: row(at(3002, 99, 'Token validation'), 'authentication / info / failure'),
  sql_injection_attempt_blocked: row(finding, 'intrusion_detection,web / denied / failure', {
    ...alert,
    disposition: 2,
  }),
  csrf_validation_failed: row(blocked, 'web,intrusion_detection / access,denied / failure', { disposition: 25 }),
  suspicious_pattern_detected: row(finding, 'intrusion_detection / info / unknown', alert),
  file_upload_rejected: row(at(6006, 1, 'Upload'), 'file,intrusion_detection / denied / failure', { disposition: 25 }),
  dependency_vulnerability_detected: row(at(2002, 1, 'Create'), 'vulnerability / info / unknown'),
  secret_detected: row(finding, 'vulnerability / info / unknown'),
  debug_endpoint_blocked: row(blocked, 'web / access,error / failure', { disposition: 2 }),
  scrub_applied: row(at(0, 99, 'Scrubbing'), 'api / info / success'),
  anomaly_detected: row(finding, 'intrusion_detection / info / unknown', alert),
  csp_violation_reported: row(finding, 'web,intrusion_detection / info / unknown', alert),
}

export const systemColumns = {
  application_startup: row(at(6002, 3, 'Start'), 'process / start / success'),
  application_shutdown: row(at(6002, 4, 'Stop'), 'process / end / success'),
  deployment: row(at(6002, 8, 'Update'), 'package / change / success'),
  database_migration_run: row(at(6005, 2, 'Update'), 'database / change / success'),
  backup_completed: row(at(6005, 99, 'Backup'), 'database / info / success'),
  backup_failed: row(at(6005, 99, 'Backup'), 'database / error / failure'),
  dependency_updated: row(at(6002, 8, 'Update'), 'package / change / success'),
  event_loop_stalled: row(at(6002, 99, 'Stall'), 'process / info / unknown'),
  application_error: row(at(6008, 1, 'General Error'), 'web / error / failure'),
}

/** Events about the trail itself that no class of either schema fits. */
const plain = row(at(0, 99, 'Other'), 'api / info / success')
const trail = (name: string) => at(1008, 99, name)

export const metaColumns = {
  audit_log_read: row(at(6005, 1, 'Read'), 'database / access / success'),
  audit_log_exported: row(at(1008, 3, 'Export'), 'database / access / success'),
  audit_integrity_verified: row(trail('Integrity verification'), 'database / info / success'),
  audit_integrity_failed: row(finding, 'intrusion_detection / info / failure', alert),
  audit_sink_failed: row(trail('Delivery failure'), 'database / error / failure'),
  audit_sink_recovered: row(trail('Delivery recovery'), 'database / info / success'),
  audit_gap: row(trail('Gap'), 'database / error / failure'),
  audit_paused: row(at(1008, 10, 'Disable'), 'configuration / change / success'),
  audit_disabled: row(at(1008, 10, 'Disable'), 'configuration / change / success'),
  http_request: plain,
  http_request_open: plain,
  socket_closed: plain,
  context_mismatch: plain,
  stream_open: plain,
  stream_close: plain,
  ledger_recovered: plain,
  ledger_full: plain,
  clock_jump: plain,
  level_refused: plain,
  unknown_event: plain,
  disclosure: plain,
  subject_key_born: plain,
  subject_erased: plain,
  erasure_final: plain,
  alias: plain,
  event_dead_lettered: plain,
  rule_activated: plain,
  rule_retired: plain,
  review_signed: plain,
  rate_limit_approached: plain,
  deprecated_api_used: plain,
  alert_acknowledged: plain,
  alert_escalated: plain,
}

export const responseColumns = {
  alert_raised: row(finding, 'intrusion_detection / info / unknown', alert),
  alert_closed: row(at(2004, 3, 'Close'), 'intrusion_detection / info / success', alert),
  ticket_created: row(at(2005, 1, 'Create'), 'intrusion_detection / info / unknown'),
  ticket_updated: row(at(2005, 2, 'Update'), 'intrusion_detection / info / success'),
  evidence_collected: row(at(1008, 3, 'Export'), 'file / creation / success'),
  evidence_accessed: row(at(6001, 2, 'Read'), 'file / access / success'),
  evidence_transferred: row(at(6001, 8, 'Share'), 'file / access / success'),
  incident_reconstructed: row(at(2005, 2, 'Update'), 'intrusion_detection / info / success'),
}
