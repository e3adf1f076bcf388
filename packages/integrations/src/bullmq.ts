/**
 * BullMQ: a job goes on with the request that added it: `@trailmark/integrations/bullmq`.
 *
 *     const queue = auditBullmq(new Queue('letters', { connection }))
 *     const worker = auditBullmq(new Worker('letters', send, { connection }))
 *
 * The carrier travels where BullMQ keeps what tracers hand on (`opts.telemetry.metadata`), beside the data and not in it.
 * Where a tracer is configured on the queue, that place is the tracer's and is left alone.
 */
import { AuditError, carrier, currentContext, runWithCarrier } from '@trailmark/core'
import { type AnyFunction, auditFor, recordFailure, runInJob, watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import type { AuditOption } from './system/given.ts'

const where = 'auditBullmq()'

/**
 * Follows a Queue, a FlowProducer or a Worker: what a job records has the request id and the trace of the request that added
 * the job, in a span of its own; a job added outside of any request has a context of its own. A job that has failed for good is an
 * `application_error` on record (origin `job`).
 *
 * Returns what it was given. Throws `AUDIT_LIBRARY_UNKNOWN` for anything else.
 */
export function auditBullmq<T extends object>(given: T, options: AuditOption = {}): T {
  checkOptions('auditBullmq()', options)
  const has = (name: string): boolean => typeof Reflect.get(Object(given), name) === 'function'
  if (has('callProcessJob')) followWorker(given, options)
  else if (has('addBulk') && has('add')) followQueue(given)
  else throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: expected a Queue, a FlowProducer or a Worker of BullMQ`)
  return given
}

function followQueue(queue: object): void {
  const flows = typeof Reflect.get(queue, 'getJobCounts') !== 'function'
  const traced = (): boolean => Reflect.get(Object(Reflect.get(queue, 'opts')), 'telemetry') !== undefined
  const hand = (make: (given: readonly unknown[]) => readonly unknown[]) => (inner: AnyFunction) =>
    function (this: unknown, ...given: unknown[]): unknown {
      const carried = traced() || currentContext() === undefined ? given : make(given)
      return Reflect.apply(inner, this, carried)
    }
  if (flows) {
    wrapOnce(
      where,
      queue,
      'add',
      hand(([flow, ...rest]) => [withCarrier(flow), ...rest]),
    )
    wrapOnce(
      where,
      queue,
      'addBulk',
      hand(([list, ...rest]) => [each(list), ...rest]),
    )
    return
  }
  wrapOnce(
    where,
    queue,
    'add',
    hand(([name, data, opts, ...rest]) => [name, data, optionsWith(opts), ...rest]),
  )
  wrapOnce(
    where,
    queue,
    'addBulk',
    hand(([list, ...rest]) => [each(list), ...rest]),
  )
}

function each(list: unknown): unknown {
  return Array.isArray(list) ? list.map(withCarrier) : list
}

/** A job, or a flow whose first job it is: its children are added by the same request. */
function withCarrier(job: unknown): unknown {
  if (typeof job !== 'object' || job === null) return job
  const { opts, children }: { opts?: unknown; children?: unknown } = job
  return { ...job, opts: optionsWith(opts), ...(children === undefined ? {} : { children: each(children) }) }
}

function optionsWith(opts: unknown): object {
  const telemetry: unknown = Reflect.get(Object(opts), 'telemetry')
  return { ...Object(opts), telemetry: { metadata: carrier(), ...Object(telemetry) } }
}

function followWorker(worker: object, options: AuditOption): void {
  wrapOnce(
    where,
    worker,
    'callProcessJob',
    (inner) =>
      function (this: unknown, ...given) {
        const [job] = given
        const work = (): unknown =>
          watchCall(
            () => Reflect.apply(inner, this, given),
            (end) => {
              if (end.failed && isLast(job, end.error)) recordFailure(auditFor(options.audit), end.error, 'job')
            },
          )
        return inContextOf(job, work)
      },
  )
}

function inContextOf(job: unknown, work: () => unknown): unknown {
  const telemetry: unknown = Reflect.get(Object(Reflect.get(Object(job), 'opts')), 'telemetry')
  const carried: unknown = Reflect.get(Object(telemetry), 'metadata')
  if (typeof carried !== 'string') return runInJob(work)
  let began = false
  try {
    return runWithCarrier(carried, () => {
      began = true
      return work()
    })
  } catch (error) {
    if (began) throw error
    return runInJob(work) // Somebody else's metadata, or a carrier that was changed.
  }
}

/** Whether BullMQ will not try again. */
function isLast(job: unknown, error: unknown): boolean {
  if (Reflect.get(Object(error), 'name') === 'UnrecoverableError') return true
  const attempts = Number(Reflect.get(Object(Reflect.get(Object(job), 'opts')), 'attempts') ?? 1)
  return Number(Reflect.get(Object(job), 'attemptsMade') ?? 0) + 1 >= attempts
}
