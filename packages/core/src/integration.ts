/**
 * What authors of integrations with other libraries import: `@trailmark/core/integration`. Applications import
 * `@trailmark/core`. These are the pieces of core that a logger or a tracer has to share with it, so that both say the same.
 */

export { readBaggage } from './capture/baggage.ts'
export { offerClientSpan } from './capture/client-span.ts'
export { type ActiveSpan, activeSpan, isSdkRegistered, type Notice, setTracerRandom } from './capture/otel.ts'
export { type ExtractedTrace, extractTrace, type HeaderLookup } from './capture/propagate.ts'
export { readTracestate } from './capture/tracestate.ts'
export { isoTime } from './clock.ts'
export { thisPlatform } from './configuration.ts'
export { currentContext, type RequestContext } from './context.ts'
export { decideLevel, isLevelEnabled, levels } from './decide/level.ts'
export { safeError } from './fault/safe-error.ts'
export { shapedError, shapedFinding } from './fault/shape.ts'
export { withoutMessagesOf } from './fault/spoken.ts'
export { isError } from './fault/type.ts'
export {
  type AccessBelow,
  type AccessBelowVerb,
  isPersonal,
  reportAccess,
  watchesData,
} from './http/access-below.ts'
export { actorFrom } from './http/actor.ts'
export { ask } from './http/ask.ts'
export { auditFor } from './http/audit-for.ts'
export { type CompletionQuestion, completionOf, connectionOf } from './http/completion.ts'
export { exchangeOf } from './http/exchange.ts'
export { type HttpSkeleton, httpSkeletonOf } from './http/message-kind.ts'
export { claim, recordDynamic, recordOnce } from './http/record-once.ts'
export { spanId, traceId } from './id.ts'
export { createNotices, type Notices } from './notice.ts'
export { beginRehearsal, type Rehearsal } from './rehearsal.ts'
export { findViewOf, type Runtime, runtimeOf } from './runtime.ts'
export { createScrubber, scrubber, scrubFailures } from './scrub/scrub.ts'
export { type LinesAccount, type ScrubLinesOptions, scrubLines } from './scrub/stream.ts'
export type { LineFormat } from './scrub/stream-line.ts'
export { readService } from './service.ts'
export { type CallEnd, watchCall } from './watch-call.ts'
export { type AnyFunction, isWrapped, wrapOnce } from './wrap-once.ts'
