/**
 * Follows one request from the moment an adapter sees it to its one terminal line, the same in every framework.
 *
 * Opens the context, answers with the request id, keeps the context through events that Node emits outside it, and arranges
 * that the exchange is finished exactly once. Everything framework-specific comes in through the `FrameworkView`.
 */
import type { Audit } from '../audit.ts'
import { bindExchangeEmitters } from '../capture/bind.ts'
import { clientAddress } from '../capture/client-ip.ts'
import { openContext } from '../capture/open-context.ts'
import type { RequestContext } from '../context.ts'
import { rememberExchange, runtimeOf } from '../runtime.ts'
import { carry, connectionOf } from './completion.ts'
import { countAnswer, countBody } from './count-bytes.ts'
import type { Exchange, FrameworkView, RawRequest, RawResponse } from './exchange.ts'
import { followUpgrades, wasToldAtHandshake } from './follow-upgrade.ts'
import { LiveExchange } from './live-exchange.ts'
import { settingsOf } from './settings.ts'

/**
 * Follows a request on Node's own request and response, HTTP/1 or HTTP/2 (compatibility API).
 *
 * From here on the response carries `x-request-id`, whatever is recorded inside `exchange.run()` belongs to the exchange,
 * and when response or connection close, the records it owes and exactly one terminal `http_request` line are made. The
 * adapter asks `exchangeOf(req)` first: a request must be followed once. Throws a TypeError for an `audit` that
 * `createAudit()` did not make, and nothing else.
 *
 *     const exchange = followRequest(audit, req, res, { route: () => matched?.template, actor: () => actorFrom(req) })
 *     exchange.run(() => next())
 */
export function followRequest(audit: Audit, req: RawRequest, res: RawResponse, view: FrameworkView): Exchange {
  const runtime = runtimeOf(audit)
  const connection = connectionOf(req)
  const { trace, proxies, openings, guard } = settingsOf(runtime)
  const context = openContext(req, trace)
  const exchange = new LiveExchange(audit, runtime, {
    req,
    res,
    view,
    context,
    client: clientAddress(req, proxies),
    connection,
    received: countBody(req),
    answered: countAnswer(res),
    openings,
    guard,
    told: wasToldAtHandshake(req),
  })
  rememberExchange(exchange, req)
  nameRequest(res, context, runtime.options.serverTiming)
  bindExchangeEmitters(context, req, res)
  finishOnClose(res, exchange)
  if (connection !== undefined) carry(connection, exchange)
  openings.add(exchange)
  followUpgrades(audit, runtime, req)
  return exchange
}

const FOLLOWED = Symbol('followed')

interface Followed {
  [FOLLOWED]?: Exchange & { finish(): void }
}

/** One listener for all answers. An answer that two follow, one per installed copy of this package, has a symbol of each. */
function finishOnClose(res: RawResponse & Followed, exchange: LiveExchange): void {
  // Followed for two requests, or an object derived from the answer that Node closes.
  if (res[FOLLOWED] !== undefined || !Object.hasOwn(res, '_events')) {
    res.on('close', () => exchange.finish())
    return
  }
  res[FOLLOWED] = exchange
  res.on('close', closed)
}

function closed(this: Followed): void {
  this[FOLLOWED]?.finish()
}

function nameRequest(res: RawResponse, context: RequestContext, serverTiming: boolean): void {
  if (res.headersSent) return
  res.setHeader('x-request-id', context.requestId)
  if (!serverTiming) return
  const flags = context.traceFlags.toString(16).padStart(2, '0')
  res.setHeader('server-timing', `trace;desc="00-${context.traceId}-${context.spanId}-${flags}"`)
}
