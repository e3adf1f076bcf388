/**
 * Outgoing requests of undici, the built-in fetch included, seen through the channel `undici:request:create`.
 *
 * One channel serves every copy of undici in the process, and it speaks in the caller's context, once per redirect hop with
 * that hop's origin. Versions 7 and 8 keep the headers as a flat list, older ones as rendered lines.
 */
import type { OutgoingHeaders } from './outbound-headers.ts'
import type { Destination } from './outbound-origin.ts'

export interface UndiciOutgoing {
  readonly destination: Destination
  /** Undefined when the request keeps its headers in a form we do not know. */
  readonly headers: OutgoingHeaders | undefined
}

/** Reads the message of the channel; undefined for what is no request or has no origin. */
export function readUndiciRequest(message: unknown): UndiciOutgoing | undefined {
  const request: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : undefined
  if (typeof request !== 'object' || request === null) return undefined
  const origin: unknown = Reflect.get(request, 'origin')
  if (typeof origin !== 'string' && !(origin instanceof URL)) return undefined
  const destination = { origin: typeof origin === 'string' ? origin : origin.origin, portKnown: true }
  return { destination, headers: headersOf(request) }
}

function headersOf(request: object): OutgoingHeaders | undefined {
  const addHeader: unknown = Reflect.get(request, 'addHeader')
  const kept: unknown = Reflect.get(request, 'headers')
  if (typeof addHeader !== 'function' || (!Array.isArray(kept) && typeof kept !== 'string')) return undefined
  return {
    has: (name) => {
      const headers: unknown = Reflect.get(request, 'headers')
      return Array.isArray(headers) ? isListed(headers, name) : isWritten(String(headers), name)
    },
    add: (name, value) => void Reflect.apply(addHeader, request, [name, value]),
  }
}

/** Names and values in turn. */
function isListed(headers: readonly unknown[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) if (String(headers[i]).toLowerCase() === name) return true
  return false
}

/** Lines of `name: value`. */
function isWritten(headers: string, name: string): boolean {
  const lower = headers.toLowerCase()
  return lower.startsWith(`${name}:`) || lower.includes(`\r\n${name}:`)
}
