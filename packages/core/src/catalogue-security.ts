/** Attacks and weaknesses as the application itself sees them. Client addresses are sealed in full where keys allow. */
import {
  count,
  event,
  flag,
  hash,
  httpStatus,
  integer,
  name,
  oneOf,
  opaqueId,
  time,
  token,
  version,
} from './catalogue-kinds.ts'

const sealed = { sealsAddress: true } as const
const place = oneOf('path', 'query', 'body', 'header', 'cookie', 'file_name', 'other')
const level = oneOf('low', 'medium', 'high', 'critical', 'unknown')

export const securityEvents = {
  rate_limit_exceeded: event('SEC001', 'security', 'WARNING', 2, 'reject', {
    ...sealed,
    outcome: 'denied',
    reasons: ['per_address', 'per_account', 'per_key', 'global', 'concurrency', 'cost'],
    metadata: { limiter: name, limit: count, window_s: count, attempt_count: count, retry_after_s: count },
  }),
  invalid_token_presented: event('SEC002', 'security', 'WARNING', 3, 'login', {
    ...sealed,
    outcome: 'failure',
    unprovedActor: true,
    reasons: [
      'rejected',
      'malformed',
      'expired',
      'not_yet_valid',
      'bad_signature',
      'wrong_audience',
      'wrong_issuer',
      'revoked',
      'unknown_key',
      'unsupported_algorithm',
      'missing_claim',
    ],
    metadata: {
      scheme: oneOf('bearer', 'basic', 'digest', 'cookie', 'api_key', 'session', 'other'),
      claim: oneOf('iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope', 'other'),
      status: httpStatus,
    },
  }),
  sql_injection_attempt_blocked: event('SEC003', 'security', 'ERROR', 4, 'reject', {
    ...sealed,
    outcome: 'denied',
    reasons: ['rule', 'score', 'parser'],
    metadata: { rule: name, place, parameter: name, value: token('attack'), score: integer(0, 1_000) },
  }),
  csrf_validation_failed: event('SEC004', 'security', 'WARNING', 3, 'reject', {
    ...sealed,
    outcome: 'denied',
    reasons: ['missing_token', 'invalid_token', 'expired', 'wrong_origin', 'missing_origin', 'cross_site'],
    metadata: { origin: token('origin'), status: httpStatus },
  }),
  suspicious_pattern_detected: event('SEC005', 'security', 'ERROR', 4, 'other', {
    ...sealed,
    outcome: 'unknown',
    reasons: [
      'path_traversal',
      'command_injection',
      'template_injection',
      'xss',
      'ssrf',
      'deserialisation',
      'scanner',
      'enumeration',
      'other',
    ],
    metadata: { rule: name, place, parameter: name, value: token('attack'), score: integer(0, 1_000), blocked: flag },
  }),
  file_upload_rejected: event('SEC006', 'security', 'WARNING', 3, 'reject', {
    ...sealed,
    outcome: 'denied',
    reasons: [
      'too_large',
      'too_many',
      'type_not_allowed',
      'type_mismatch',
      'malware',
      'malformed',
      'unexpected_field',
      'encrypted',
    ],
    metadata: { field: name, media_type: name, bytes: count, limit: count, digest: hash, scanner: name },
  }),
  dependency_vulnerability_detected: event('SEC007', 'security', 'ERROR', 4, 'other', {
    outcome: 'unknown',
    reasons: ['scan', 'advisory', 'request'],
    metadata: {
      package: name,
      version,
      advisory: opaqueId,
      level,
      fixed_in: version,
      direct: flag,
      cvss_tenths: integer(0, 100),
    },
  }),
  secret_detected: event('SEC008', 'security', 'ERROR', 4, 'other', {
    outcome: 'unknown',
    reasons: ['scan', 'push', 'history', 'report'],
    metadata: { rule: name, location: token('location'), line: count, commit: hash, valid: flag, revoked: flag },
  }),
  debug_endpoint_blocked: event('SEC009', 'security', 'WARNING', 3, 'reject', {
    ...sealed,
    outcome: 'denied',
    reasons: ['debug_route', 'metrics_from_outside', 'method_override', 'registered_route'],
    metadata: { rule: name, status: httpStatus },
  }),
  scrub_applied: event('SEC010', 'security', 'INFO', 1, 'other', {
    reasons: ['secret', 'personal', 'undeclared', 'oversize', 'internal_failure'],
    metadata: { rule: name, field: name, count },
  }),
  anomaly_detected: event('SEC011', 'security', 'WARNING', 3, 'other', {
    ...sealed,
    outcome: 'unknown',
    reasons: [
      'new_country',
      'impossible_travel',
      'volume',
      'time_of_day',
      'two_addresses',
      'new_client',
      'behaviour',
      'other',
    ],
    metadata: { rule: name, score: integer(0, 1_000), expected: count, observed: count, window_s: count, since: time },
  }),
} as const
