/** How the code came to be what it is: proposed, reviewed, checked, signed, merged. Kept for seven years. */
import { count, event, flag, gitSha, hash, name, oneOf, opaqueId } from './catalogue-kinds.ts'

const long = { retentionClass: 'long' } as const
const pull = { repository: name, number: count, head: gitSha, base: name } as const
const trust = oneOf('owner', 'maintainer', 'member', 'collaborator', 'contributor', 'bot', 'outsider', 'unknown')
const review = { ...pull, reviewed: gitSha, reviewer_trust: trust, self_review: flag, comments: count } as const

export const codeEvents = {
  pr_opened: event('COD001', 'code', 'INFO', 1, 'create', {
    ...long,
    metadata: { ...pull, files: count, additions: count, deletions: count, commits: count, draft: flag },
  }),
  pr_reviewed: event('COD002', 'code', 'INFO', 1, 'update', {
    ...long,
    reasons: ['commented', 'changes_requested', 'dismissed'],
    metadata: review,
  }),
  pr_approved: event('COD003', 'code', 'INFO', 1, 'approve', { ...long, metadata: review }),
  pr_checks_completed: event('COD004', 'code', 'INFO', 1, 'other', {
    ...long,
    reasons: ['failed', 'cancelled', 'timed_out', 'skipped', 'action_required'],
    metadata: {
      ...pull,
      check: name,
      conclusion: oneOf('success', 'failure', 'neutral', 'cancelled', 'timed_out', 'skipped', 'action_required'),
    },
  }),
  commit_signature_verified: event('COD005', 'code', 'INFO', 1, 'read', {
    ...long,
    reasons: ['unsigned', 'bad_signature', 'unknown_key', 'expired_key', 'revoked_key', 'wrong_identity'],
    metadata: {
      repository: name,
      commit: gitSha,
      key_fingerprint: hash,
      scheme: oneOf('gpg', 'ssh', 'x509', 'sigstore', 'none', 'other'),
    },
  }),
  pr_merged: event('COD006', 'code', 'WARNING', 2, 'update', {
    ...long,
    metadata: {
      ...pull,
      merge: gitSha,
      method: oneOf('merge', 'squash', 'rebase', 'other'),
      approvals: count,
      checks_passed: flag,
    },
  }),
  pr_merged_without_review: event('COD007', 'code', 'ERROR', 4, 'update', {
    ...long,
    reasons: ['no_review', 'self_review', 'stale_review', 'bypass', 'direct_push'],
    metadata: { ...pull, merge: gitSha, approvals: count, bypass: flag, finding_id: opaqueId },
  }),
  branch_protection_changed: event('COD008', 'code', 'WARNING', 4, 'update', {
    ...long,
    reasons: ['weakened', 'strengthened', 'removed', 'added'],
    metadata: { repository: name, branch: name, rule: name, previous_hash: hash, current_hash: hash },
  }),
} as const
