/** Rows of authentication, account and authorisation events. */
import { at, row } from './column.ts'

const logon = at(3002, 1, 'Logon')
const logoff = at(3002, 2, 'Logoff')

export const authnColumns = {
  login_success: row(logon, 'authentication,session / start / success'),
  login_failure: row(logon, 'authentication / start / failure'),
  logout: row(logoff, 'authentication,session / end / success'),
  session_expired: row(logoff, 'session / end / success'),
  mfa_challenge_issued: row(at(3002, 6, 'Preauth'), 'authentication / info / unknown'),
  mfa_challenge_succeeded: row(logon, 'authentication / info / success'),
  mfa_challenge_failed: row(logon, 'authentication / info / failure'),
  session_revoked: row(logoff, 'session / end / success'),
  new_device_seen: row(at(2004, 1, 'Create'), 'authentication / info / success'),
}

export const accountColumns = {
  password_change: row([at(3001, 3, 'Password Change'), at(3007, 8, 'Password Change')], 'iam / user,change / success'),
  password_reset_requested: row(
    [at(3001, 4, 'Password Reset'), at(3007, 9, 'Password Reset')],
    'iam / user,info / unknown',
  ),
  password_reset_completed: row(
    [at(3001, 4, 'Password Reset'), at(3007, 9, 'Password Reset')],
    'iam / user,change / success',
  ),
  mfa_enabled: row(
    [at(3001, 10, 'MFA Factor Enable'), at(3007, 12, 'MFA Factor Enable')],
    'iam / user,change / success',
  ),
  mfa_disabled: row(
    [at(3001, 11, 'MFA Factor Disable'), at(3007, 13, 'MFA Factor Disable')],
    'iam / user,change / success',
  ),
  account_locked: row([at(3001, 9, 'Lock'), at(3007, 6, 'Lock')], 'iam / user,change / success'),
  account_unlocked: row([at(3001, 12, 'Unlock'), at(3007, 7, 'Unlock')], 'iam / user,change / success'),
  account_created: row([at(3001, 1, 'Create'), at(3007, 1, 'Create')], 'iam / user,creation / success'),
  account_deleted: row([at(3001, 6, 'Delete'), at(3007, 3, 'Delete')], 'iam / user,deletion / success'),
}

export const authzColumns = {
  authz_allow: row(at(6003, 99, 'Other'), 'api / access,allowed / success', { disposition: 1 }),
  authz_deny: row(at(6003, 99, 'Other'), 'api / access,denied / failure', { disposition: 26 }),
  permission_granted: row(
    [at(3005, 1, 'Assign Privileges'), at(3007, 14, 'Assign Privileges')],
    'iam / user,change / success',
  ),
  permission_revoked: row(
    [at(3005, 2, 'Revoke Privileges'), at(3007, 15, 'Remove Privileges')],
    'iam / user,change / success',
  ),
  role_assigned: row(
    [at(3005, 1, 'Assign Privileges'), at(3007, 16, 'Assign Roles')],
    'iam / user,change,admin / success',
  ),
  role_removed: row(
    [at(3005, 2, 'Revoke Privileges'), at(3007, 17, 'Remove Roles')],
    'iam / user,change,admin / success',
  ),
  break_glass_access: row(at(3003, 1, 'Assign Privileges'), 'iam / admin,change / success'),
}
