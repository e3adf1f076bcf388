/** The running system and what it exchanges with others: starts, stops, deployments, errors, transfers to vendors. */
import {
  count,
  event,
  flag,
  gitSha,
  hash,
  host,
  httpStatus,
  idLike,
  integer,
  name,
  oneOf,
  opaqueId,
  time,
  version,
} from './catalogue-kinds.ts'
import { ack, platform } from './catalogue-meta.ts'

const environment = oneOf('production', 'staging', 'test', 'development', 'other')
const undelivered = [
  'refused',
  'timeout',
  'unreachable',
  'bad_status',
  'tls',
  'not_allowed',
  'gave_up',
  'error',
] as const
const delivery = {
  host,
  delivery_id: opaqueId,
  attempt: integer(1, 10_000),
  status: httpStatus,
  duration_ms: count,
} as const
const unhandled = oneOf('request', 'uncaught_exception', 'unhandled_rejection', 'job', 'stream', 'other')

export const systemEvents = {
  application_startup: event('SYS001', 'system', 'INFO', 1, 'start', {
    metadata: {
      config_hash: hash,
      policy_hash: hash,
      git_version: version,
      node_version: version,
      platform,
      ack,
      environment,
      pid: count,
      // What is weak about this set-up: true where it is. One name each, so that a rule can watch one.
      memory_ledger: flag,
      keys_generated: flag,
      keys_in_git_tree: flag,
      keys_beside_data: flag,
      no_anchor: flag,
      no_second_copy: flag,
      no_proxies: flag,
      environment_unset: flag,
      debug_paths_allowed: flag,
      inspector_open: flag,
      level_refused: flag,
    },
  }),
  application_shutdown: event('SYS002', 'system', 'INFO', 1, 'stop', {
    reasons: ['requested', 'signal', 'exit', 'uncaught_exception', 'unhandled_rejection', 'deadline'],
    metadata: {
      unflushed_count: count,
      uptime_s: count,
      exit_code: integer(0, 255),
      signal: oneOf('SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'other'),
    },
  }),
  deployment: event('SYS003', 'system', 'INFO', 2, 'update', {
    reasons: ['release', 'rollback', 'hotfix', 'config', 'failed_checks', 'error', 'start'],
    metadata: {
      commit: gitSha,
      previous_commit: gitSha,
      version,
      previous_version: version,
      environment,
      strategy: oneOf('rolling', 'blue_green', 'canary', 'recreate', 'other'),
    },
  }),
  database_migration_run: event('SYS004', 'system', 'WARNING', 3, 'update', {
    reasons: ['lock_timeout', 'conflict', 'invalid', 'unavailable', 'error'],
    metadata: {
      migration: opaqueId,
      direction: oneOf('up', 'down'),
      count,
      duration_ms: count,
      environment,
      checksum: hash,
    },
  }),
  backup_completed: event('SYS005', 'system', 'INFO', 1, 'other', {
    metadata: {
      backup_id: opaqueId,
      store: name,
      bytes: count,
      duration_ms: count,
      digest: hash,
      encrypted: flag,
      tested: flag,
    },
  }),
  backup_failed: event('SYS006', 'system', 'ERROR', 4, 'other', {
    outcome: 'failure',
    reasons: ['unreachable', 'no_space', 'forbidden', 'timeout', 'corrupt', 'missed', 'error'],
    metadata: { backup_id: opaqueId, store: name, last_good: time, attempt: integer(1, 10_000) },
  }),
  dependency_updated: event('SYS007', 'system', 'INFO', 2, 'update', {
    reasons: ['scheduled', 'vulnerability', 'request', 'rollback', 'start'],
    metadata: {
      package: name,
      from: version,
      to: version,
      direct: flag,
      automated: flag,
      lockfile: hash,
      previous_lockfile: hash,
    },
  }),
  event_loop_stalled: event('SYS008', 'system', 'WARNING', 2, 'other', {
    outcome: 'unknown',
    metadata: { longest_ms: count, stalls: count },
  }),
} as const

export const applicationEvents = {
  application_error: event('APP001', 'application', 'ERROR', 3, 'other', {
    outcome: 'failure',
    reasons: ['unhandled', 'handled', 'timeout', 'dependency_failed', 'out_of_memory', 'assertion'],
    metadata: {
      error_type: name,
      error_code: idLike(/^[A-Z0-9][A-Z0-9_]{1,63}$/),
      fingerprint: hash,
      status: httpStatus,
      origin: unhandled,
    },
  }),
} as const

export const integrationEvents = {
  outbound_transfer: event('INT001', 'integration', 'INFO', 2, 'share', {
    reasons: undelivered,
    metadata: { vendor: name, host, status: httpStatus, count, failures: count, retries: count, duration_ms: count },
  }),
  webhook_delivered: event('INT002', 'integration', 'INFO', 1, 'share', { metadata: delivery }),
  webhook_failed: event('INT003', 'integration', 'WARNING', 2, 'share', {
    outcome: 'failure',
    reasons: undelivered,
    metadata: { ...delivery, next_at: time },
  }),
  webhook_retried: event('INT004', 'integration', 'WARNING', 2, 'share', {
    outcome: 'failure',
    reasons: undelivered,
    metadata: { ...delivery, next_at: time },
  }),
} as const
