/** The OCSF profile `security_control`: what was let through or stopped, and the policy that said so. */
import type { Columns } from './column.ts'
import { type JsonObject, objectOf, present, textOf, textsOf } from './record-view.ts'

const dispositions = { 1: 'Allowed', 2: 'Blocked', 25: 'Rejected', 26: 'Unauthorized' } as const

/** Undefined where no control decided anything. */
export function controlOf(record: JsonObject, columns: Columns): JsonObject | undefined {
  const decision = objectOf(record.decision)
  const effect = textOf(decision.effect)
  const disposition = columns.disposition ?? (effect === 'allow' ? 1 : effect === 'deny' ? 26 : undefined)
  if (disposition === undefined) return undefined
  const allowed = disposition === 1
  return present({
    action_id: allowed ? 1 : 2,
    action: allowed ? 'Allowed' : 'Denied',
    disposition_id: disposition,
    disposition: dispositions[disposition],
    authorizations: authorizationsOf(decision),
  })
}

function authorizationsOf(decision: JsonObject): readonly JsonObject[] {
  const words = [textOf(decision.permission), ...textsOf(decision.roles_evaluated)].filter((word) => word !== undefined)
  const policy = present({
    uid: textOf(decision.policy_id),
    version: textOf(decision.policy_version),
    name: textOf(decision.policy_id),
    desc: words.join(' ') || undefined,
  })
  const authorization = present({ decision: textOf(decision.effect), policy })
  return authorization === undefined ? [] : [authorization]
}
