/**
 * The members of an event and of its actor, taken over in one pass over the properties they really have.
 *
 * Asking for each of the twenty possible members by name costs more than everything else masking does; most events have
 * four. Values are still as hostile as they came: see `read.ts`.
 */
import { own } from '../scrub/read.ts'

export class EventFields {
  targets: unknown
  subjects: unknown
  outcome: unknown
  reason: unknown
  severity: unknown
  decision: unknown
  changes: unknown
  volume: unknown
  purpose: unknown
  legalBasis: unknown
  ticketRef: unknown
  caseRef: unknown
  tenant: unknown
  metadata: unknown
  phase: unknown
  operationId: unknown
  correlationId: unknown
  causationId: unknown

  constructor(event: object) {
    for (const key of Object.keys(event)) if (isEventField(key)) this[key] = own(event, key)
  }
}

export class ActorFields {
  id: unknown
  type: unknown
  sessionRef: unknown
  authMethod: unknown
  mfa: unknown
  roles: unknown
  onBehalfOf: unknown
  proved: unknown

  constructor(actor: object) {
    for (const key of Object.keys(actor)) if (isActorField(key)) this[key] = own(actor, key)
  }
}

export class TargetFields {
  readonly type: unknown
  readonly id: unknown
  readonly owner: unknown
  readonly class: unknown

  constructor(target: object) {
    this.type = own(target, 'type')
    this.id = own(target, 'id')
    this.owner = own(target, 'owner')
    this.class = own(target, 'class')
  }
}

const eventFields: ReadonlySet<string> = new Set([
  'targets',
  'subjects',
  'outcome',
  'reason',
  'severity',
  'decision',
  'changes',
  'volume',
  'purpose',
  'legalBasis',
  'ticketRef',
  'caseRef',
  'tenant',
  'metadata',
  'phase',
  'operationId',
  'correlationId',
  'causationId',
] satisfies (keyof EventFields)[])

const actorFields: ReadonlySet<string> = new Set([
  'id',
  'type',
  'sessionRef',
  'authMethod',
  'mfa',
  'roles',
  'onBehalfOf',
  'proved',
] satisfies (keyof ActorFields)[])

const isEventField = (key: string): key is keyof EventFields => eventFields.has(key)
const isActorField = (key: string): key is keyof ActorFields => actorFields.has(key)
