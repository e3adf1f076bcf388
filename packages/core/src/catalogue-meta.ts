/** What the audit trail says of itself: its ledgers, gaps, readers, rules and refusals. Nothing here names a person in clear. */
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
  sha256,
  time,
  token,
  version,
} from './catalogue-kinds.ts'

const long = { retentionClass: 'long' } as const
/** Subject keys, their ends and links outlive every record that depends on them. */
const inKeys = { stream: 'keys', retentionClass: 'keys' } as const
const meta = 'audit_meta'
/** Custom request ids of trusted peers included, whatever their shape within reason. */
const requestId = idLike(/^[A-Za-z0-9][A-Za-z0-9_.:/+=-]{0,63}$/)
const writer = idLike(/^[a-z0-9][a-z0-9-]{0,63}$/)
const kid = idLike(/^[A-Za-z0-9_-]{1,64}$/)
const logLevel = oneOf('TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'SILENT', 'other')
const ioCause = [
  'no_space',
  'io_error',
  'sync_failed',
  'read_only',
  'replaced',
  'deleted',
  'forbidden',
  'stuck',
  'error',
] as const

export const ack = oneOf('durable', 'written', 'queued')
export const platform = oneOf('aix', 'android', 'darwin', 'freebsd', 'linux', 'openbsd', 'sunos', 'win32', 'other')

/** Rows of the main table. */
const trailEvents = {
  audit_log_read: event('AUD001', meta, 'INFO', 1, 'read', {
    reasons: ['query', 'timeline', 'tail', 'export', 'reveal', 'console', 'own_activity', 'forbidden'],
    metadata: { query_hash: hash, rows: count, command: name, truncated: flag, own: flag },
  }),
  audit_log_exported: event('AUD002', meta, 'WARNING', 3, 'export', {
    failureClass: 'block',
    sealsAddress: true,
    reasons: ['incident', 'litigation', 'regulator', 'audit', 'request', 'forbidden'],
    metadata: {
      digest: sha256,
      query_hash: hash,
      rows: count,
      bytes: count,
      format: oneOf('ndjson', 'csv', 'json', 'parquet', 'ocsf', 'ecs', 'package', 'other'),
    },
  }),
  audit_integrity_verified: event('AUD003', meta, 'INFO', 1, 'read', {
    metadata: { root: sha256, first: count, last: count, entries: count, gaps: count, pinned: flag, verifier: name },
  }),
  audit_integrity_failed: event('AUD004', meta, 'CRITICAL', 5, 'read', {
    ...long,
    outcome: 'failure',
    reasons: ['altered', 'missing', 'rewound', 'bad_signature', 'unknown_key', 'gap', 'unreadable'],
    metadata: { root: sha256, n: count, breaks: count, gaps: count, pinned: flag, verifier: name },
  }),
  audit_sink_failed: event('AUD005', meta, 'ERROR', 4, 'other', {
    outcome: 'failure',
    reasons: ['unreachable', 'refused', 'timeout', 'bad_answer', 'tls', 'too_large', ...ioCause],
    metadata: { sink: name, behind: count, since: time, attempt: count, status: httpStatus },
  }),
  audit_sink_recovered: event('AUD006', meta, 'INFO', 1, 'other', {
    metadata: { sink: name, delivered: count, down_s: count },
  }),
  audit_gap: event('AUD007', meta, 'ERROR', 4, 'other', {
    outcome: 'failure',
    reasons: ['queue_full', 'crash', 'shutdown', ...ioCause],
    metadata: {
      first_seq: count,
      last_seq: count,
      count,
      cause: oneOf('queue_full', 'crash', 'shutdown', ...ioCause),
      writer,
      incarnation: opaqueId,
    },
  }),
  audit_paused: event('AUD008', meta, 'CRITICAL', 5, 'disable', {
    ...long,
    reasons: ['request', 'maintenance', 'incident', 'configuration'],
    metadata: { until: time, stream: oneOf('operational', 'application', 'audit', 'activity', 'keys') },
  }),
  audit_disabled: event('AUD009', meta, 'CRITICAL', 5, 'disable', {
    ...long,
    reasons: ['request', 'maintenance', 'incident', 'configuration'],
    metadata: { stream: oneOf('operational', 'application', 'audit', 'activity', 'keys') },
  }),
} as const

/** A request's own lines: operational, best effort, no user data. */
const lineEvents = {
  http_request: event('AUD010', meta, 'INFO', 1, 'other', { stream: 'operational', failureClass: 'best_effort' }),
  http_request_open: event('AUD011', meta, 'INFO', 1, 'other', { stream: 'operational', failureClass: 'best_effort' }),
  // Of a connection that began with a request: how it ended, and how much was said on it.
  socket_closed: event('AUD033', meta, 'INFO', 1, 'stop', {
    stream: 'operational',
    failureClass: 'best_effort',
    reasons: ['closed', 'lost', 'timeout', 'error'],
    metadata: { duration_ms: count, messages: count, close_code: integer(1_000, 4_999) },
  }),
} as const

/** What the recorder writes of its ledgers and of what it was asked to record. */
const recorderEvents = {
  context_mismatch: event('AUD012', meta, 'INFO', 1, 'other', {
    reasons: ['other_request', 'ended_request', 'no_context'],
    metadata: { ambient_request_id: requestId, explicit_request_id: requestId, event_type: name },
  }),
  stream_open: event('AUD013', meta, 'INFO', 1, 'start', {
    metadata: {
      incarnation: opaqueId,
      writer,
      ack,
      previous: oneOf('new', 'closed', 'crashed'),
      next: count,
      predecessor_size: count,
      predecessor_root: sha256,
      replaces_writer: writer,
      refused_writers: integer(0, 1_000_000),
      key_fingerprint: hash,
      config_hash: hash,
      policy_hash: hash,
      node_version: version,
      platform,
      pid: count,
    },
  }),
  stream_close: event('AUD014', meta, 'INFO', 1, 'stop', {
    reasons: ['shutdown', 'exit', 'signal', 'replaced', 'rotated'],
    metadata: { records: count, unflushed_count: count, incarnation: opaqueId, writer },
  }),
  ledger_recovered: event('AUD015', meta, 'INFO', 1, 'other', {
    reasons: ['torn', 'corrupt', 'sync_failed'],
    metadata: { first: count, bytes: count, quarantine: opaqueId, writer },
  }),
  ledger_full: event('AUD016', meta, 'INFO', 1, 'other', {
    reasons: ioCause,
    metadata: { free_bytes: count, queued_bytes: count, queued: count, writable_again: flag, writer },
  }),
  clock_jump: event('AUD017', meta, 'INFO', 1, 'other', {
    metadata: {
      jump_ms: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
      direction: oneOf('forward', 'backward'),
    },
  }),
  level_refused: event('AUD018', meta, 'INFO', 1, 'reject', {
    reasons: ['production', 'unknown_level'],
    metadata: { requested: logLevel, applied: logLevel, source: oneOf('environment', 'option', 'call') },
  }),
  unknown_event: event('AUD019', meta, 'INFO', 1, 'other', { metadata: { name } }),
} as const

/** Subjects and their keys: births, links, ends, and who was told what about whom. */
const subjectEvents = {
  disclosure: event('AUD020', meta, 'INFO', 1, 'share', {
    activity: true,
    ...long,
    reasons: ['treatment', 'payment', 'operations', 'law', 'request', 'consent', 'public_health', 'other'],
    metadata: {
      recipient: oneOf('subject', 'vendor', 'authority', 'court', 'insurer', 'partner', 'other'),
      vendor: name,
      fields: integer(0, 10_000),
    },
  }),
  subject_key_born: event('AUD021', meta, 'INFO', 1, 'create', {
    ...inKeys,
    metadata: { kid, commitment: sha256, epoch: opaqueId },
  }),
  subject_erased: event('AUD022', meta, 'INFO', 1, 'delete', {
    ...inKeys,
    metadata: { kid, commitment: sha256, kids: count, escrow: flag },
  }),
  erasure_final: event('AUD023', meta, 'INFO', 1, 'delete', {
    ...inKeys,
    metadata: { kids: count, rotation: opaqueId, commitment: sha256 },
  }),
  alias: event('AUD024', meta, 'INFO', 1, 'other', {
    ...inKeys,
    reasons: ['epoch', 'two_writers', 'merged'],
    metadata: { kid, previous_kid: kid, epoch: opaqueId },
  }),
} as const

/** Delivery, rules, reviews and their people. */
const workEvents = {
  event_dead_lettered: event('AUD025', meta, 'INFO', 1, 'other', {
    reasons: ['refused', 'too_large', 'invalid', 'gave_up'],
    metadata: { sink: name, n: count, writer, attempt: count, status: httpStatus },
  }),
  rule_activated: event('AUD026', meta, 'INFO', 1, 'enable', {
    ...long,
    metadata: { rule: name, rule_hash: hash, version },
  }),
  rule_retired: event('AUD027', meta, 'INFO', 1, 'disable', {
    ...long,
    metadata: { rule: name, rule_hash: hash, version },
  }),
  review_signed: event('AUD028', meta, 'INFO', 1, 'approve', {
    ...long,
    reasons: ['scheduled', 'overdue', 'incident'],
    metadata: { digest: sha256, from: time, to: time, findings: count, overdue_days: integer(0, 100_000) },
  }),
  rate_limit_approached: event('AUD029', meta, 'INFO', 1, 'other', {
    reasons: ['per_address', 'per_account', 'per_key', 'global', 'concurrency', 'cost'],
    metadata: { limiter: name, limit: count, window_s: count, attempt_count: count },
  }),
  deprecated_api_used: event('AUD030', meta, 'INFO', 1, 'other', {
    metadata: { api: name, since: version, removed_in: version, caller: token('client') },
  }),
  alert_acknowledged: event('AUD031', meta, 'INFO', 1, 'update', {
    metadata: { alert_id: opaqueId, rule: name, open_s: count },
  }),
  alert_escalated: event('AUD032', meta, 'INFO', 1, 'update', {
    reasons: ['no_answer', 'severity', 'manual'],
    metadata: { alert_id: opaqueId, rule: name, open_s: count, step: integer(1, 100) },
  }),
} as const

export const metaEvents = { ...trailEvents, ...lineEvents, ...recorderEvents, ...subjectEvents, ...workEvents } as const
