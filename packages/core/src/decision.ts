/**
 * What somebody was allowed or refused, in the words in which `audit.authorize()` and the integrations of policy engines tell
 * it: one shape for all of them, from which `decision-register.ts` makes the records.
 */
import type { ActorInput, TargetInput } from './event.ts'

/** One answer to the question whether somebody may do something. */
export interface Decision {
  readonly effect: 'allow' | 'deny'
  /**
   * Set where the question could not be answered, with what was thrown: recorded as a refusal with outcome `failure`. Of the
   * error only its safe skeleton is written.
   */
  readonly undecided?: { readonly error: unknown } | undefined
  /** The application's name of what was asked for: `patients:read`. */
  readonly permission?: string | undefined
  readonly policyId?: string | undefined
  readonly policyVersion?: string | undefined
  /** Default: the roles of the actor. */
  readonly roles?: readonly string[] | undefined
  readonly reason?: string | undefined
  readonly targets?: readonly TargetInput[] | undefined
  readonly subjects?: readonly string[] | undefined
  /** Who asked the question: the name of a library or of a function. */
  readonly guard?: string | undefined
  /** Which of the policy's rules answered. */
  readonly rule?: string | undefined
  /** The policy engine's own name of this decision, to find it in the engine's log. */
  readonly decisionId?: string | undefined
  readonly actor?: ActorInput | undefined
  readonly request?: object | undefined
}

/** Records decisions, each once. */
export interface DecisionRegister {
  /**
   * Records a decision unless the same one was recorded before: in the same request within a minute, and outside of requests
   * in the same turn of the event loop. Never throws.
   */
  record(decision: Decision): void
}
