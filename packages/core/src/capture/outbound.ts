/**
 * Propagation to the services this one calls, through diagnostics channels alone: no module is patched or wrapped.
 *
 * Every request and every redirect hop is judged by its own destination. Outside any request there is nothing to pass on,
 * unless a tracer made a span for the outgoing request and offered it (client-span.ts).
 * A redirect carries headers that the caller set itself to wherever it leads; those are the caller's, and not ours to strip.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { currentContext } from '../context.ts'
import type { OutboundOptions } from '../options.ts'
import { takeClientSpan } from './client-span.ts'
import { isSdkRegistered, whenSdkSeen } from './otel.ts'
import { addContextHeaders, type OutgoingHeaders } from './outbound-headers.ts'
import { readHttpRequest } from './outbound-http.ts'
import { compileAllowlist, type Destination } from './outbound-origin.ts'
import { readUndiciRequest } from './outbound-undici.ts'

/** `headers`: they have left already, or are kept in a form we do not know. `failed`: the request refused ours. */
export type OutboundSkip = 'headers' | 'failed'

interface Outgoing {
  readonly destination: Destination
  readonly headers: OutgoingHeaders | undefined
}

const HTTP = 'http.client.request.created'
const UNDICI = 'undici:request:create'

/**
 * From now on requests made with node:http, node:https, fetch and undici inside a request in progress carry its context to
 * the allowed origins. Not covered: node:http2 clients. Returns a function that ends it.
 *
 * `onSkip` is told of requests to an allowed origin that had to be left without. Throws AUDIT_OPTION_INVALID, naming the
 * entry, for an origin that is none.
 */
export function installOutbound(options: OutboundOptions, onSkip?: (reason: OutboundSkip) => void): () => void {
  const allowlist = compileAllowlist(options)
  if (allowlist.empty) return () => {}
  // Instrumentations of an SDK add their header without looking for ours, so ours must look for theirs: we go last.
  let last = isSdkRegistered()
  let stopped = false
  const forget = whenSdkSeen(goLast)

  function consider(read: (message: unknown) => Outgoing | undefined, message: unknown): void {
    const context = currentContext()
    const span = takeClientSpan()
    if (context === undefined && span === undefined) return
    // What a subscriber throws ends the process, and it is somebody else's request that is being made.
    try {
      const outgoing = read(message)
      if (outgoing === undefined) return
      const grants = allowlist.grants(outgoing.destination)
      if (grants === 0) return
      if (outgoing.headers === undefined) onSkip?.('headers')
      else addContextHeaders(context, grants, outgoing.headers, span)
    } catch {
      onSkip?.('failed')
    }
  }

  function onHttp(message: unknown): void {
    if (isLast()) consider(readHttpRequest, message)
  }

  function onUndici(message: unknown): void {
    if (isLast()) consider(readUndiciRequest, message)
  }

  /** An SDK that registered after us may speak after us this once: two headers would be worse than none. */
  function isLast(): boolean {
    if (last || !isSdkRegistered()) return true
    last = true
    queueMicrotask(goLast) // not now: the channel is in the middle of its list
    return false
  }

  function goLast(): void {
    last = true
    if (stopped) return
    stop()
    start()
  }

  function start(): void {
    subscribe(HTTP, onHttp)
    subscribe(UNDICI, onUndici)
  }
  function stop(): void {
    unsubscribe(HTTP, onHttp)
    unsubscribe(UNDICI, onUndici)
  }

  start()
  return () => {
    stopped = true
    forget()
    stop()
  }
}
