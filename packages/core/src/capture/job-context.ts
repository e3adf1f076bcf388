/** A context for work that no request began: a job of a schedule, a message that came without a carrier. */
import { type Clock, systemClock } from '../clock.ts'
import { RequestContext, runInContext } from '../context.ts'
import { spanId, traceId, uuidv7 } from '../id.ts'

/** The work is traced as sampled by whoever asks; its trace id is random. */
const randomFlag = 2

/**
 * Runs `work` in a context of its own, with a request id and a trace id that nothing else has: records made in one run belong
 * together and to no other. Returns and throws what `work` does.
 */
export function runInJob<T>(work: () => T, clock: Pick<Clock, 'now'> = systemClock): T {
  const startMs = clock.now()
  const ids = { requestId: uuidv7(startMs), traceId: traceId(), spanId: spanId(), traceFlags: randomFlag }
  return runInContext(new RequestContext({ ...ids, startMs }), work)
}
