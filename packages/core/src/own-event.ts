/**
 * An event that core made itself, from answers it had already read: plain data without getters or proxies, down to its
 * leaves. Only its metadata is still the application's own object.
 *
 * What an application hands to `record()` is read property by property through descriptors, because it may be hostile; an
 * event of this class is read as it stands. Its texts are judged like everybody's: nothing reaches a record unmasked.
 * Constructors name every member in one order, so that all of them have one shape.
 */
import type {
  ActorInput,
  ActorType,
  ChangeInput,
  DecisionInput,
  EventInput,
  Outcome,
  Phase,
  Severity,
  TargetInput,
  VolumeInput,
} from './event.ts'

/** Who acted, from answers that were read already: not the application's own object. */
export class OwnActor implements ActorInput {
  readonly #own = true
  readonly id: string | undefined
  readonly type: ActorType | undefined
  readonly sessionRef: string | undefined
  readonly authMethod: string | undefined
  readonly mfa: boolean | undefined
  readonly roles: readonly string[] | undefined
  readonly onBehalfOf: string | undefined
  readonly proved: boolean | undefined

  constructor(said: ActorInput) {
    this.id = said.id
    this.type = said.type
    this.sessionRef = said.sessionRef
    this.authMethod = said.authMethod
    this.mfa = said.mfa
    this.roles = said.roles
    this.onBehalfOf = said.onBehalfOf
    this.proved = said.proved
  }

  /** True for what the constructor made, whatever else pretends to be. */
  static is(value: unknown): value is OwnActor {
    return typeof value === 'object' && value !== null && #own in value
  }
}

/** What was acted on. */
export class OwnTarget implements TargetInput {
  readonly type: string
  readonly id: string | undefined
  readonly owner: string | undefined
  readonly class: string | undefined

  constructor(type: string, id: string | undefined, owner: string | undefined, dataClass: string | undefined) {
    this.type = type
    this.id = id
    this.owner = owner
    this.class = dataClass
  }
}

/** Made empty; whoever makes it sets what it knows, and hands it on for good. */
export class OwnEvent implements EventInput {
  /** Makes the type nominal: an object of the same shape was made by anybody. */
  readonly #own = true
  actor: ActorInput | undefined
  targets: readonly OwnTarget[] | undefined
  subjects: readonly string[] | undefined
  outcome: Outcome | undefined
  reason: string | undefined
  severity: Severity | undefined
  decision: DecisionInput | undefined
  changes: readonly ChangeInput[] | undefined
  volume: VolumeInput | undefined
  purpose: string | undefined
  legalBasis: string | undefined
  ticketRef: string | undefined
  caseRef: string | undefined
  tenant: string | undefined
  /** Whatever the application answered: read like what it hands to `record()`. */
  metadata: EventInput['metadata']
  phase: Phase | undefined
  operationId: string | undefined
  correlationId: string | undefined
  causationId: string | undefined

  constructor() {
    this.actor = undefined
    this.targets = undefined
    this.subjects = undefined
    this.outcome = undefined
    this.reason = undefined
    this.severity = undefined
    this.decision = undefined
    this.changes = undefined
    this.volume = undefined
    this.purpose = undefined
    this.legalBasis = undefined
    this.ticketRef = undefined
    this.caseRef = undefined
    this.tenant = undefined
    this.metadata = undefined
    this.phase = undefined
    this.operationId = undefined
    this.correlationId = undefined
    this.causationId = undefined
  }

  /** True for what the constructor made, whatever else pretends to be. */
  static is(value: unknown): value is OwnEvent {
    return typeof value === 'object' && value !== null && #own in value
  }
}
