/** What was decided, changed and moved: the parts of an event that are words of closed lists, names, counts and tokens. */
import type { ChangeMember, DecisionMember, VolumeMember } from '../draft.ts'
import { isGuessableName } from '../guessable.ts'
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import type { Masking } from './masking.ts'

const changesMax = 50
const rolesMax = 20
/** Anything shorter could be found by trying every value against the application, one change at a time. */
const changeCharsMin = 8
/** Dates and times, and numbers as long as a telephone's: few enough to be guessed. */
const guessable = /^(?:\d{4}-\d\d-\d\d.*|[\d.,+\-/: ]{1,15})$/s

export function maskDecision(given: unknown, masking: Masking): DecisionMember | undefined {
  if (given === undefined || given === null) return undefined
  if (!isReadable(given)) return masking.drop('decision', 'wrong_kind')
  const effect = masking.oneOf('decision.effect', own(given, 'effect'), ['allow', 'deny'])
  if (effect === undefined) return masking.drop('decision', 'wrong_kind')
  return {
    effect,
    policy_id: masking.identifier('decision.policy_id', own(given, 'policyId')),
    policy_version: masking.identifier('decision.policy_version', own(given, 'policyVersion')),
    permission: masking.identifier('decision.permission', own(given, 'permission')),
    roles_evaluated: masking.identifiers('decision.roles_evaluated', own(given, 'rolesEvaluated'), rolesMax),
  }
}

/** At most 50 changes: which field, which way, and tokens of values that nobody could guess. */
export function maskChanges(given: unknown, masking: Masking): ChangeMember[] | undefined {
  if (given === undefined || given === null) return undefined
  if (!isReadableList(given)) return masking.drop('changes', 'wrong_kind')
  if (given.length > changesMax) masking.drop('changes', 'too_many', given.length - changesMax)
  const changes: ChangeMember[] = []
  for (let i = 0; i < Math.min(given.length, changesMax); i++) {
    const change = own(given, i)
    const field = isReadable(change) ? masking.identifier('changes.field', own(change, 'field')) : undefined
    const op = isReadable(change)
      ? masking.oneOf('changes.op', own(change, 'op'), ['add', 'remove', 'replace'])
      : undefined
    if (!isReadable(change) || field === undefined || op === undefined) {
      masking.drop('changes', 'wrong_kind')
      continue
    }
    changes.push({
      field,
      op,
      before_token: changeToken('changes.before', field, own(change, 'before'), masking),
      after_token: changeToken('changes.after', field, own(change, 'after'), masking),
    })
  }
  return changes.length === 0 ? undefined : changes
}

function changeToken(path: string, field: string, value: unknown, masking: Masking): string | undefined {
  const text = masking.idText(path, value)
  if (text === undefined) return undefined
  if (text.length < changeCharsMin || guessable.test(text) || isGuessableName(field))
    return masking.drop(path, 'low_entropy')
  return masking.token(`change:${field}`, text)
}

export function maskVolume(given: unknown, masking: Masking): VolumeMember | undefined {
  if (given === undefined || given === null) return undefined
  if (!isReadable(given)) return masking.drop('volume', 'wrong_kind')
  const records = masking.count('volume.records', own(given, 'records'))
  const bytes = masking.count('volume.bytes', own(given, 'bytes'))
  return records === undefined && bytes === undefined ? undefined : { records, bytes }
}
