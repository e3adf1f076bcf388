/**
 * Work that no request began: `@trailmark/integrations/jobs`. For schedulers and queues that have no integration of their own.
 *
 *     setInterval(auditedJob('tidy-up', tidyUp), 60_000)
 */
import { AuditError } from '@trailmark/core'
import { auditFor, recordFailure, runInJob, watchCall } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import type { AuditOption } from './system/given.ts'

const JOB = Symbol.for('@trailmark/integrations/job/1')

/**
 * The function, whose every run has a context of its own: what is recorded in one run shares a request id and a trace id. A run
 * that throws or rejects is an `application_error` on record (origin `job`), and goes on to throw or reject.
 *
 * One that is followed already is given back as it is. Throws `AUDIT_OPTION_INVALID` for what is no function.
 */
export function auditedJob<A extends unknown[], R>(
  work: (...given: A) => R,
  options: AuditOption = {},
): (...given: A) => R {
  checkOptions('auditedJob()', options)
  if (typeof work !== 'function')
    throw new AuditError('AUDIT_OPTION_INVALID', 'auditedJob(): the work must be a function')
  if (Object.hasOwn(work, JOB)) return work
  const job = function (this: unknown, ...given: A): R {
    return runInJob(() =>
      watchCall(
        () => Reflect.apply(work, this, given),
        (end) => {
          if (end.failed) recordFailure(auditFor(options.audit), end.error, 'job')
        },
      ),
    )
  }
  return Object.defineProperty(job, JOB, { value: true })
}
