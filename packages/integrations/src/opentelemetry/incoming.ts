/**
 * Finds the request that a headers object belongs to. Instrumentations hand propagators the headers alone, and trust is
 * judged on the socket; Node announces every request on a channel just before it hands it to the server's listeners.
 */
import { subscribe } from 'node:diagnostics_channel'
import { IncomingMessage } from 'node:http'

const requests = new WeakMap<object, IncomingMessage>()
let watching = false

/** From now on requests of `node:http` and `node:https` servers are found by their headers. */
export function rememberRequests(): void {
  if (watching) return
  watching = true
  subscribe('http.server.request.start', (message) => {
    const request: unknown =
      typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : undefined
    if (request instanceof IncomingMessage) requests.set(request.headers, request)
  })
}

/** The request whose `headers` this object is. */
export function findRequest(carrier: unknown): IncomingMessage | undefined {
  return typeof carrier === 'object' && carrier !== null ? requests.get(carrier) : undefined
}
