/** Keys, secrets and configuration: who used or changed what everything else depends on. Key identifiers only, never key material. */
import { count, event, flag, gitSha, hash, integer, name, oneOf, opaqueId } from './catalogue-kinds.ts'

const purpose = oneOf('signing', 'encryption', 'wrapping', 'token', 'subject', 'tls', 'api', 'database', 'other')
const store = oneOf('file', 'environment', 'kms', 'hsm', 'vault', 'database', 'other')
const refused = ['forbidden', 'not_found', 'expired', 'disabled', 'unavailable', 'error'] as const

export const keysEvents = {
  decrypt_operation: event('KEY001', 'keys', 'INFO', 2, 'read', {
    reasons: refused,
    metadata: { key_id: opaqueId, purpose, table: name, field: name, count },
  }),
  secret_accessed: event('KEY002', 'keys', 'INFO', 2, 'read', {
    failureClass: 'block',
    reasons: refused,
    metadata: { key_id: opaqueId, store, purpose },
  }),
  key_used: event('KEY003', 'keys', 'INFO', 2, 'read', {
    failureClass: 'block',
    reasons: refused,
    metadata: {
      key_id: opaqueId,
      store,
      purpose,
      operation: oneOf('sign', 'verify', 'encrypt', 'decrypt', 'wrap', 'unwrap', 'derive'),
    },
  }),
  key_rotated: event('KEY004', 'keys', 'WARNING', 3, 'update', {
    retentionClass: 'long',
    reasons: ['scheduled', 'compromised', 'policy', 'request'],
    metadata: { key_id: opaqueId, previous_key_id: opaqueId, store, purpose, rewrapped: count },
  }),
  key_created: event('KEY005', 'keys', 'WARNING', 3, 'create', {
    retentionClass: 'long',
    reasons: ['first_start', 'scheduled', 'policy', 'request'],
    metadata: { key_id: opaqueId, store, purpose, fingerprint: hash, generated: flag },
  }),
  key_destroyed: event('KEY006', 'keys', 'WARNING', 4, 'delete', {
    retentionClass: 'long',
    reasons: ['erasure', 'rotation', 'compromised', 'expired', 'request'],
    metadata: { key_id: opaqueId, store, purpose, commitment: hash },
  }),
} as const

export const configEvents = {
  config_change: event('CFG001', 'config', 'WARNING', 3, 'update', {
    retentionClass: 'long',
    reasons: ['start', 'reload', 'request', 'rollback'],
    metadata: {
      part: oneOf('policy', 'catalogue', 'scrubber', 'options', 'application', 'infrastructure', 'other'),
      setting: name,
      previous_hash: hash,
      current_hash: hash,
      count,
    },
  }),
  policy_edited: event('CFG002', 'config', 'WARNING', 4, 'update', {
    retentionClass: 'long',
    reasons: ['request', 'review', 'incident', 'rollback'],
    metadata: { policy: name, previous_hash: hash, current_hash: hash, commit: gitSha, approvers: integer(0, 100) },
  }),
  feature_flag_changed: event('CFG003', 'config', 'INFO', 2, 'update', {
    retentionClass: 'long',
    reasons: ['request', 'rollout', 'rollback', 'experiment', 'kill_switch'],
    metadata: { flag: name, enabled: flag, variant: opaqueId, percent: integer(0, 100) },
  }),
} as const
