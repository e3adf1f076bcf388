/**
 * The terminal line of a request as fields for pino: what core's own line says, under the same names.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { types } from 'node:util'
import { exchangeOf } from '@trailmark/core/http'
import { completionOf, connectionOf, findViewOf, runtimeOf, safeError } from '@trailmark/core/integration'
import { startTime } from 'pino-http'
import { ownLine } from '../pino/fields.ts'

type Completion = ReturnType<typeof completionOf>

/** 5xx and errors `error`; 4xx, aborted and timed out `warn`; the rest `info`. */
export function levelOf(req: IncomingMessage, res: ServerResponse, error?: unknown): 'info' | 'warn' | 'error' {
  const completion = completionOfAnswer(req, res, error)
  if (res.statusCode >= 500 || completion === 'error') return 'error'
  return res.statusCode >= 400 || completion !== 'completed' ? 'warn' : 'info'
}

/** The line's fields. Nothing in them comes from a header, the URL or a body. */
export function terminalFields(req: IncomingMessage, res: ServerResponse, error?: unknown): object {
  const completion = completionOfAnswer(req, res, error)
  const started = res[startTime]
  // Before the headers are out a response says 200, whatever will become of it.
  const status = res.headersSent ? res.statusCode : undefined
  const thrown = isMadeUp(error, res) ? undefined : error
  return ownLine({
    stream: 'operational',
    event_type: 'http_request',
    outcome: outcomeOf(status, completion),
    http: {
      method: /^[A-Z-]{1,20}$/.test(req.method ?? '') ? req.method : 'OTHER',
      route: routeOf(req),
      status,
      duration_ms: typeof started === 'number' ? Math.max(0, Date.now() - started) : undefined,
      completion,
    },
    ...(thrown === undefined ? {} : { error: skeletonOf(req, thrown) }),
  })
}

function completionOfAnswer(req: IncomingMessage, res: ServerResponse, error: unknown): Completion {
  const thrown = error ?? res.err
  return completionOf({
    req,
    res,
    connection: connectionOf(req),
    timedOut: false,
    error: thrown === undefined || isMadeUp(thrown, res) ? undefined : { thrown },
  })
}

function outcomeOf(status: number | undefined, completion: Completion): string {
  if (status === 401 || status === 403) return 'denied'
  if (completion === 'error' || completion === 'timeout' || (status !== undefined && status >= 400)) return 'failure'
  return completion === 'completed' ? 'success' : 'unknown'
}

/** pino-http makes an error for every answer of 5xx that came without one. It says nothing the status does not. */
function isMadeUp(error: unknown, res: ServerResponse): boolean {
  return (
    types.isNativeError(error) && error !== res.err && error.message === `failed with status code ${res.statusCode}`
  )
}

/** The template: as our adapters know it, else as Express shows it. */
function routeOf(req: IncomingMessage): string | undefined {
  const view = findViewOf(req)
  if (view !== undefined) return view.facts().http?.route
  const route: unknown = Reflect.get(req, 'route')
  const path: unknown = typeof route === 'object' && route !== null ? Reflect.get(route, 'path') : undefined
  // The prefix of a mounted router (`baseUrl`) is the raw text of the URL, so it is left out.
  return typeof path === 'string' ? path : undefined
}

function skeletonOf(req: IncomingMessage, error: unknown): object {
  const exchange = exchangeOf(req)
  return exchange === undefined ? safeError(error) : runtimeOf(exchange.audit).safeError(error)
}
