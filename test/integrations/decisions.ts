/** For tests of policy engines: decisions made inside one request, without a server, and what was recorded of them. */
import { currentContext, runInContext } from '@trailmark/core'
import type { RecordedEvent, TestAudit } from '@trailmark/core/testing'
import { RequestContext } from '../../packages/core/src/context.ts'

/** Runs `work` as a request of its own would. */
export function inRequest<T>(work: () => T): T {
  if (currentContext() !== undefined) throw new Error('one request inside another')
  const ids = { requestId: `r-${++count}`, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  return runInContext(new RequestContext({ ...ids, traceFlags: 0, startMs: 0 }), work)
}

let count = 0

/** What was recorded of decisions, in order. */
export function decisionsOf(audit: TestAudit): RecordedEvent[] {
  return audit.records.filter(({ category }) => category === 'authz')
}

/** Each decision in one line: effect, permission, reason. */
export function told(audit: TestAudit): string[] {
  return decisionsOf(audit).map((record) => {
    const { decision, reason, outcome } = record as {
      decision?: { effect: string; permission?: string }
    } & RecordedEvent
    return `${decision?.effect} ${decision?.permission} ${String(reason)}${outcome === 'failure' ? '!' : ''}`
  })
}
