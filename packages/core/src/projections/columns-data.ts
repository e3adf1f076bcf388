/** Rows of data, keys, configuration, governance, integration and code events. */
import { at, row } from './column.ts'

const post = at(4002, 6, 'Post')

export const dataColumns = {
  data_access: row(at(6001, 2, 'Read'), 'web / access / success'),
  data_create: row(at(6001, 1, 'Create'), 'api / creation / success'),
  data_update: row(at(6001, 3, 'Update'), 'api / change / success'),
  data_delete: row(at(6001, 4, 'Delete'), 'api / deletion / success'),
  data_export: row(at(6001, 7, 'Export'), 'api / access / success'),
  bulk_query: row(at(6001, 5, 'Search'), 'api / access / success'),
  data_share: row(at(6001, 8, 'Share'), 'api / access / success'),
  row_change: row(at(6005, 2, 'Update'), 'database / change / success'),
  payment_processed: row(at(6003, 1, 'Create'), 'api / creation / success'),
  outbound_transfer: row(post, 'network / connection / success'),
  webhook_delivered: row(post, 'network / connection / success'),
  webhook_failed: row(post, 'network / connection / failure'),
  webhook_retried: row(post, 'network / connection / failure'),
}

export const keysColumns = {
  decrypt_operation: row(at(6005, 10, 'Decrypt'), 'database / access / success'),
  secret_accessed: row(at(6003, 2, 'Read'), 'api / access / success'),
  key_used: row(at(6003, 2, 'Read'), 'api / access / success'),
  key_rotated: row(at(6003, 3, 'Update'), 'configuration / change / success'),
  key_created: row(at(6003, 1, 'Create'), 'configuration / change / success'),
  key_destroyed: row(at(6003, 4, 'Delete'), 'configuration / deletion / success'),
  config_change: row(at(6003, 3, 'Update'), 'configuration / change / success'),
  policy_edited: row(at(3004, 3, 'Update'), 'iam / admin,change / success'),
  feature_flag_changed: row(at(3004, 3, 'Update'), 'configuration / change / success'),
}

export const governanceColumns = {
  retention_changed: row(at(3004, 3, 'Update'), 'configuration / change / success'),
  legal_hold_placed: row(at(3004, 1, 'Create'), 'configuration / creation / success'),
  legal_hold_released: row(at(3004, 9, 'Disable'), 'configuration / change / success'),
  erasure_requested: row(at(3004, 1, 'Create'), 'iam / user,info / unknown'),
  erasure_completed: row(at(3004, 4, 'Delete'), 'iam / user,deletion / success'),
  dsr_updated: row(at(3004, 3, 'Update'), 'iam / user,info / success'),
  log_purged: row(at(1008, 2, 'Delete'), 'database / change / success'),
  log_archived: row(at(1008, 4, 'Archive'), 'database / info / success'),
  log_rotated: row(at(1008, 5, 'Rotate'), 'file / change / success'),
  purge_verified: row(at(1008, 99, 'Purge verification'), 'database / info / success'),
}

export const codeColumns = {
  pr_opened: row(at(6003, 1, 'Create'), 'api / creation / success'),
  pr_reviewed: row(at(6003, 3, 'Update'), 'api / change,allowed / success'),
  pr_approved: row(at(6003, 3, 'Update'), 'api / change,allowed / success'),
  pr_checks_completed: row(at(6007, 2, 'Completed'), 'api / info / success'),
  commit_signature_verified: row(at(6003, 2, 'Read'), 'api / info / success'),
  pr_merged: row(at(6003, 3, 'Update'), 'api / change / success'),
  pr_merged_without_review: row(at(2003, 1, 'Create'), 'configuration / change / success', { kind: 'alert' }),
  branch_protection_changed: row(at(3004, 3, 'Update'), 'configuration / change / success'),
}
