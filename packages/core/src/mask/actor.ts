/** Who acted, on what, and about whom: people as pseudonyms, things as tokens, and only the application's own words in clear. */
import { type ActorMember, SharedActor, type TargetMember } from '../draft.ts'
import type { ActorType, EventDefinition } from '../event.ts'
import { flatText } from '../flat-text.ts'
import { OwnActor, type OwnTarget } from '../own-event.ts'
import type { Pseudonym } from '../pseudonyms.ts'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import { ActorFields, TargetFields } from './event-fields.ts'
import type { Masking } from './masking.ts'

const rolesMax = 20
const targetsMax = 20
const subjectsMax = 20
const actorTypes = ['user', 'service', 'api_key', 'system', 'agent', 'anonymous'] as const satisfies ActorType[]

export interface MaskedActor {
  readonly actor: ActorMember
  /** Stands in `user_id`. */
  readonly pseudonym: Pseudonym | undefined
}

/** Actors of whom nothing else is said; most records have one of these. */
const bare: Readonly<Record<ActorType, ActorMember>> = {
  user: new SharedActor('user'),
  service: new SharedActor('service'),
  api_key: new SharedActor('api_key'),
  system: new SharedActor('system'),
  agent: new SharedActor('agent'),
  anonymous: new SharedActor('anonymous'),
}

const anonymous: MaskedActor = Object.freeze({ actor: bare.anonymous, pseudonym: undefined })

/** The actor and, where an identifier is known, their name in records. */
export function maskActor(given: unknown, definition: EventDefinition, masking: Masking): MaskedActor {
  if (!isReadable(given)) {
    if (given !== undefined && given !== null) masking.drop('actor', 'wrong_kind')
    return anonymous
  }
  const fields = OwnActor.is(given) ? given : new ActorFields(given)
  const { id, mfa, proved: said } = fields
  const identified = id !== undefined && id !== null && id !== ''
  const type = masking.oneOf('actor.type', fields.type, actorTypes) ?? (identified ? 'user' : 'anonymous')
  const proved = typeof said === 'boolean' ? said : definition.unprovedActor !== true
  const { sessionRef, authMethod, roles, onBehalfOf } = fields
  const nothingElse =
    sessionRef === undefined &&
    authMethod === undefined &&
    mfa === undefined &&
    roles === undefined &&
    onBehalfOf === undefined
  const actor: ActorMember = nothingElse
    ? bare[type]
    : {
        type,
        session_ref: masking.idToken('actor.session_ref', 'session', sessionRef),
        auth_method: masking.identifier('actor.auth_method', authMethod),
        mfa: typeof mfa === 'boolean' || mfa === undefined ? mfa : masking.drop('actor.mfa', 'wrong_kind'),
        roles: masking.identifiers('actor.roles', roles, rolesMax),
        on_behalf_of: masking.person('actor.on_behalf_of', onBehalfOf, proved)?.text,
      }
  // Services and keys are named like people, so that one search finds them, but have no personal data to erase.
  return { actor, pseudonym: masking.person('actor.id', id, proved && type === 'user') }
}

/**
 * At most 20 targets. Identifiers are tokens of the purpose `target:<type>`, so that equal numbers of different things do not
 * link; owners are named like actors, so that it shows when somebody reads what is their own.
 */
export function maskTargets(given: unknown, masking: Masking): TargetMember[] | undefined {
  if (given === undefined || given === null) return undefined
  if (!isReadableList(given)) return masking.drop('targets', 'wrong_kind')
  if (given.length > targetsMax) masking.drop('targets', 'too_many', given.length - targetsMax)
  const targets: TargetMember[] = []
  for (let i = 0; i < Math.min(given.length, targetsMax); i++) {
    const target = own(given, i)
    const masked = isReadable(target) ? maskTarget(new TargetFields(target), masking) : undefined
    if (masked === undefined) masking.drop('targets', 'wrong_kind')
    else targets.push(masked)
  }
  return targets.length === 0 ? undefined : targets
}

/** The same of targets that core made itself. */
export function maskOwnTargets(given: readonly OwnTarget[], masking: Masking): TargetMember[] | undefined {
  if (given.length > targetsMax) masking.drop('targets', 'too_many', given.length - targetsMax)
  const targets: TargetMember[] = []
  for (let i = 0; i < Math.min(given.length, targetsMax); i++) {
    const masked = maskTarget(given[i]!, masking)
    if (masked === undefined) masking.drop('targets', 'wrong_kind')
    else targets.push(masked)
  }
  return targets.length === 0 ? undefined : targets
}

function maskTarget(target: TargetFields, masking: Masking): TargetMember | undefined {
  // A target without a type says nothing, and its id would be a token of no purpose.
  const purpose = purposeOf(target.type, masking)
  if (purpose === undefined) return undefined
  const { id, owner, class: dataClass } = target
  return {
    type: purpose.type,
    id: id === undefined ? undefined : masking.idToken('targets.id', purpose.text, id),
    owner: owner === undefined ? undefined : masking.person('targets.owner', owner, false, true)?.text,
    class: dataClass === undefined ? undefined : masking.identifier('targets.class', dataClass),
  }
}

/** A type that is a name, and the purpose of its ids: worked out once for each. */
function purposeOf(given: unknown, masking: Masking): Purpose | undefined {
  const known = typeof given === 'string' ? purposes.get(given) : undefined
  if (known !== undefined) return known
  const type = masking.identifier('targets.type', given)
  if (type === undefined) return undefined
  const purpose = { type, text: flatText(`target:${type}`) }
  purposes.set(type, purpose)
  return purpose
}

interface Purpose {
  readonly type: string
  readonly text: string
}

const purposes = new BoundedCache<Purpose>(500)

/** At most 20 people whose data it was about, each once. */
export function maskSubjects(given: unknown, masking: Masking): Pseudonym[] | undefined {
  if (given === undefined || given === null) return undefined
  if (!isReadableList(given)) return masking.drop('subjects', 'wrong_kind')
  if (given.length > subjectsMax) masking.drop('subjects', 'too_many', given.length - subjectsMax)
  const subjects: Pseudonym[] = []
  for (let i = 0; i < Math.min(given.length, subjectsMax); i++) {
    const person = masking.person('subjects', own(given, i), true)
    if (person !== undefined && !subjects.some(({ text }) => text === person.text)) subjects.push(person)
  }
  return subjects.length === 0 ? undefined : subjects
}
