/** What is known of an exchange at a moment: while it is open, or once, at its end. */
import type { ClientAddress } from '../capture/client-ip.ts'
import type { RequestContext } from '../context.ts'
import type { Completion, ExchangeFacts } from '../draft.ts'
import { type AnswerCount, bodyBytes } from './count-bytes.ts'
import type { FrameworkView, RawRequest, RawResponse } from './exchange.ts'

/** Where the facts are read. */
export interface FactSource {
  readonly context: RequestContext
  readonly client: ClientAddress
  readonly req: RawRequest
  readonly res: RawResponse
  readonly received: { readonly bytes: number } | undefined
  readonly answered: AnswerCount
}

export interface ExchangeEnd {
  readonly completion: Completion
  readonly durationMs: number
}

const userAgentCharsMax = 512

/** The facts by now; with an `end`, also how long it took, how much went over and how it ended. */
export function factsOf(source: FactSource, route: string | undefined, end?: ExchangeEnd): ExchangeFacts {
  const { context, client, req, res } = source
  return {
    requestId: context.requestId,
    traceId: context.traceId,
    spanId: context.spanId,
    traceFlags: context.traceFlags,
    remote: context.remote,
    clientAddress: client.address,
    peerAddress: client.peer,
    trustedHops: client.trustedHops,
    userAgent: userAgentOf(req),
    http: {
      method: methodOf(req),
      route,
      // Before the headers are out a response says 200 whatever will become of it.
      status: end?.completion === 'upgraded' ? 101 : res.headersSent ? res.statusCode : undefined,
      durationMs: end === undefined ? undefined : Math.max(0, Math.round(end.durationMs * 1_000) / 1_000),
      reqBytes: end === undefined ? undefined : bodyBytes(req, source.received),
      resBytes: end === undefined ? undefined : answerBytes(source),
      completion: end?.completion,
    },
  }
}

/** The route's template. The framework's own code may throw, and then has no answer. */
export function routeOf(view: FrameworkView): string | undefined {
  try {
    const route: unknown = view.route()
    return typeof route === 'string' ? route : undefined
  } catch {
    return undefined
  }
}

/** Cut, because its length is the client's choice. */
export function userAgentOf(req: RawRequest): string | undefined {
  const agent = req.headers['user-agent']
  return agent === undefined || agent.length <= userAgentCharsMax ? agent : agent.slice(0, userAgentCharsMax)
}

/** Node allows known methods only in HTTP/1; in HTTP/2 the client may write anything. */
export function methodOf(req: RawRequest): string {
  const { method } = req
  if (method === 'GET' || method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE')
    return method
  return method !== undefined && /^[A-Z-]{1,20}$/.test(method) ? method : 'OTHER'
}

/** HTTP leaves these bodies out, whatever the application handed over. */
function answerBytes({ req, res, answered }: FactSource): number {
  const without = req.method === 'HEAD' || res.statusCode === 204 || res.statusCode === 304
  return without ? 0 : answered.bytes
}
