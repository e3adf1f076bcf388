/** What a route has declared, while its exchange goes on: the same for an access to data, a login and any other event. */
import type { Completion } from '../draft.ts'
import type { ActorInput, EventInput } from '../event.ts'

/** How the exchange ended. */
export interface DeclaredEnd {
  /** Of the answer; undefined while no header was sent. */
  readonly status: number | undefined
  readonly completion: Completion
  /** Who acts, as far as it is known by now. */
  readonly actor?: ActorInput | undefined
}

export interface Declared {
  /** The event that is recorded. That of a login is known once `result()` was asked. */
  readonly type: string
  /** What the route is declared to need. */
  readonly permission?: string | undefined
  /** Set for class `block`: pairs the attempt with its result. */
  operationId: string | undefined
  /** True when the attempt was not durable in time and the handler was not allowed to run. */
  refused: boolean
  /** What is about to happen; its outcome is unknown. */
  attempt(): EventInput
  /** What happened, as far as the answer shows it; undefined where somebody else has recorded it already. */
  result(end: DeclaredEnd): EventInput | undefined
}
