/**
 * Outgoing requests of node:http and node:https, seen through the channel `http.client.request.created`.
 *
 * Headers given as an object are still open there. Headers given as a list are rendered already, into an internal field:
 * lines are put in before its end when it looks as expected. A request with `Expect` has handed its header to the socket
 * by then; it goes without, and is counted.
 */
import { Agent, ClientRequest } from '../node-http.ts'
import type { OutgoingHeaders } from './outbound-headers.ts'
import type { Destination } from './outbound-origin.ts'

/** The request and where it goes; undefined for what is no request or goes to no origin, such as a Unix socket. */
export interface HttpOutgoing {
  readonly destination: Destination
  /** Undefined when nothing can be added any more, or the headers are rendered in a form we do not know. */
  readonly headers: OutgoingHeaders | undefined
}

/** Reads the message of the channel. */
export function readHttpRequest(message: unknown): HttpOutgoing | undefined {
  const request: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : undefined
  if (!(request instanceof ClientRequest) || Reflect.get(request, 'socketPath')) return undefined
  const rendered: unknown = Reflect.get(request, '_header')
  if (typeof rendered !== 'string') {
    const open = { has: (name: string) => request.hasHeader(name), add: setHeader }
    return { destination: destinationOf(request, request.getHeader('host')), headers: open }
  }
  const destination = destinationOf(request, findLine(rendered, 'host'))
  return { destination, headers: isWaiting(request, rendered) ? lines(request) : undefined }

  function setHeader(this: void, name: string, value: string): void {
    ;(request as ClientRequest).setHeader(name, value)
  }
}

/**
 * The request has no property for its port. The Host header tells it, but only while it names the host that is connected
 * to: a Host header of the caller's own choice is not a destination. Whoever writes the right host and a wrong port there
 * is believed; it is the application's own code, and the same machine.
 */
function destinationOf(request: ClientRequest, hostHeader: unknown): Destination {
  const host = request.host.includes(':') ? `[${request.host}]` : request.host
  const origin = `${request.protocol}//${host}`
  if (typeof hostHeader !== 'string') return { origin, portKnown: false }
  const colon = hostHeader.indexOf(':', hostHeader.indexOf(']') + 1)
  const name = colon === -1 ? hostHeader : hostHeader.slice(0, colon)
  if (name.toLowerCase() !== host.toLowerCase()) return { origin, portKnown: false }
  return { origin: `${origin}${colon === -1 ? agentPort(request) : hostHeader.slice(colon)}`, portKnown: true }
}

/** Node leaves the port out of the Host header when it is the agent's default, which need not be the scheme's. */
function agentPort(request: ClientRequest): string {
  const agent: unknown = Reflect.get(request, 'agent')
  const port: unknown = agent instanceof Agent ? Reflect.get(agent, 'defaultPort') : undefined
  return typeof port === 'number' ? `:${port}` : ''
}

/** One header, ended, and not written to the socket yet: `headersSent` says only that it is rendered. */
function isWaiting(request: ClientRequest, rendered: string): boolean {
  if (Reflect.get(request, '_headerSent') !== false) return false
  return rendered.endsWith('\r\n\r\n') && rendered.indexOf('\r\n\r\n') === rendered.length - 4
}

function lines(request: ClientRequest): OutgoingHeaders {
  return {
    has: (name) => findLine(headerOf(request), name) !== undefined,
    add: (name, value) => Reflect.set(request, '_header', `${headerOf(request).slice(0, -2)}${name}: ${value}\r\n\r\n`),
  }
}

function headerOf(request: ClientRequest): string {
  return String(Reflect.get(request, '_header'))
}

/** The value of the first line with this name, in a rendered header. */
function findLine(rendered: string, name: string): string | undefined {
  const at = rendered.toLowerCase().indexOf(`\r\n${name}:`)
  if (at === -1) return undefined
  const start = at + name.length + 3
  return rendered.slice(start, rendered.indexOf('\r\n', start)).trim()
}
