/**
 * What becomes of an answer that waits for its results: released once they are durable, and where they are not in time,
 * released all the same or refused, as the option `block` says.
 *
 * A refusal comes after the handler has run. It does not mean that nothing was done, and says so.
 */
import { AuditError } from '../errors.ts'
import type { Receipt } from '../receipt.ts'
import type { Runtime } from '../runtime.ts'
import { isDurableInTime } from './admission.ts'
import { answerProblem, cut } from './answer.ts'
import type { RawRequest, RawResponse } from './exchange.ts'
import { type Held, hold } from './hold.ts'
import { problemFor } from './problem.ts'

export interface AnswerHold {
  readonly req: RawRequest
  readonly res: RawResponse
  readonly runtime: Runtime
  readonly requestId: string
  /** Makes the records of what the complete answer shows; asked once. */
  readonly results: () => readonly Receipt[]
  /** Told before a refusal is answered: what the client sees then is the trail's, not the application's. */
  readonly refused: () => void
  /** Told of what the client got instead of an answer that was complete. */
  readonly failed: (error: unknown) => void
}

const notDurable = 'What was done could not be put on record in time: outcome recorded as unknown.'

/** From now on the answer of `res` waits for its results. See `hold()`. */
export function holdAnswer({ req, res, runtime, requestId, results, refused, failed }: AnswerHold): Held {
  const { block, limits } = runtime.options
  return hold(req, res, {
    async seal() {
      const waiting = results().map((receipt) => isDurableInTime(receipt, limits.holdMs))
      const late = (await Promise.all(waiting)).filter((durable) => !durable).length
      if (late === 0) return true
      runtime.counts.resultsNotDurable += late
      runtime.notice(
        'RESULT_NOT_DURABLE',
        `the result of a request of class block was not durable in time, its answer was ${block === 'strict' ? 'refused' : 'released without'}; health().counts.resultsNotDurable tells how often`,
      )
      return block !== 'strict'
    },
    refuse(sent) {
      refused()
      failed(new AuditError('AUDIT_RESULT_NOT_DURABLE', 'the answer was complete, its record not durable in time'))
      if (sent) cut(res)
      else answerProblem(req, res, problemFor(undefined, requestId, 503, { detail: notDurable, outcome: 'unknown' }))
    },
    broke(error) {
      failed(error)
      answerProblem(req, res, problemFor(error, requestId))
    },
  })
}
