/**
 * node-cron: every run of a task has a context of its own, and one that fails is on record: `@trailmark/integrations/node-cron`.
 *
 *     import cron from 'node-cron'
 *     const { schedule } = auditNodeCron(cron)
 *     schedule('0 3 * * *', tidyUp)
 */
import { checkOptions } from './check-options.ts'

import { auditedJob } from './jobs.ts'
import { type AuditOption, checkGiven } from './system/given.ts'

type Schedule = (expression: never, work: never, ...rest: never[]) => unknown

/** node-cron 4, as far as it is called here. */
export interface NodeCronLike {
  readonly schedule: Schedule
  readonly createTask?: Schedule
}

const scheduling = ['schedule', 'createTask'] as const

/**
 * A copy of `cron` whose tasks are followed; a module cannot be changed in place. Tasks that are given as the path of a file run in a
 * process of their own and are not seen. Throws `AUDIT_LIBRARY_UNKNOWN` for what is no node-cron.
 */
export function auditNodeCron<T extends NodeCronLike>(cron: T, options: AuditOption = {}): T {
  checkOptions('auditNodeCron()', options)
  const given = checkGiven('auditNodeCron()', cron, 'node-cron', 'schedule')
  const audited = { ...cron }
  for (const name of scheduling) {
    const inner: unknown = Reflect.get(given, name)
    if (typeof inner !== 'function') continue
    const followed = (expression: unknown, work: unknown, ...rest: unknown[]): unknown => {
      const job = isWork(work) ? auditedJob(work, options) : work
      return Reflect.apply(inner, given, [expression, job, ...rest])
    }
    Reflect.set(audited, name, followed)
  }
  return audited
}

function isWork(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === 'function'
}
