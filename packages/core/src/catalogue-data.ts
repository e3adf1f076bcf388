/** Who touched which data: reads, changes, exports. Counts and identifiers only; content never has a field to stand in. */
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
  token,
} from './catalogue-kinds.ts'

/** Why a declared access did not end well; the same words on every verb, so that one rule covers them all. */
const failed = [
  'unauthenticated',
  'forbidden',
  'not_found',
  'invalid',
  'conflict',
  'too_large',
  'rate_limited',
  'legal_hold',
  'aborted',
  'timeout',
  'unavailable',
  'error',
] as const
const via = oneOf('api', 'ui', 'report', 'job', 'support', 'database', 'feed', 'other')
const format = oneOf('csv', 'json', 'ndjson', 'xml', 'xlsx', 'pdf', 'parquet', 'zip', 'fhir', 'print', 'other')
/** `undeclared`: seen in a database, in a request whose route does not say that it touches this. */
const common = { via, status: httpStatus, undeclared: flag } as const

export const dataEvents = {
  data_access: event('DAT001', 'data', 'INFO', 1, 'read', {
    reasons: failed,
    metadata: { ...common, field_count: integer(0, 10_000), cached: flag },
  }),
  data_create: event('DAT002', 'data', 'INFO', 1, 'create', {
    reasons: failed,
    metadata: { ...common, field_count: integer(0, 10_000) },
  }),
  data_update: event('DAT003', 'data', 'INFO', 2, 'update', {
    reasons: failed,
    metadata: { ...common, field_count: integer(0, 10_000) },
  }),
  data_delete: event('DAT004', 'data', 'WARNING', 3, 'delete', {
    activity: true,
    reasons: failed,
    metadata: { ...common, soft: flag },
  }),
  data_export: event('DAT005', 'data', 'WARNING', 3, 'export', {
    activity: true,
    failureClass: 'block',
    sealsAddress: true,
    reasons: failed,
    metadata: { ...common, format, field_count: integer(0, 10_000), encrypted: flag, digest: hash },
  }),
  bulk_query: event('DAT006', 'data', 'INFO', 2, 'search', {
    reasons: failed,
    metadata: { ...common, query_hash: hash, limit: count },
  }),
  data_share: event('DAT007', 'data', 'WARNING', 3, 'share', {
    activity: true,
    sealsAddress: true,
    reasons: failed,
    metadata: {
      ...common,
      recipient: oneOf('user', 'team', 'tenant', 'vendor', 'link', 'public', 'other'),
      format,
      link: token('link'),
    },
  }),
  row_change: event('DAT008', 'data', 'INFO', 1, 'update', {
    reasons: failed,
    metadata: {
      op: oneOf('insert', 'update', 'delete', 'truncate'),
      table: name,
      column_count: integer(0, 10_000),
      row_hash: hash,
      transaction: opaqueId,
    },
  }),
  payment_processed: event('DAT009', 'data', 'INFO', 2, 'create', {
    reasons: [
      'declined',
      'insufficient_funds',
      'expired_card',
      'fraud_suspected',
      'authentication_required',
      'invalid',
      'error',
    ],
    metadata: {
      provider: name,
      payment: token('payment'),
      last4: idLike(/^[0-9]{4}$/),
      amount_minor: count,
      currency: idLike(/^[A-Z]{3}$/),
      method: oneOf('card', 'bank_transfer', 'direct_debit', 'wallet', 'invoice', 'other'),
    },
  }),
} as const
