/**
 * Outgoing calls as Node tells of them: of undici (the built-in fetch is one) and of node:http, by their diagnostics channels.
 * Both speak in the context of the caller when a call begins; how it ended is told of the same request object.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** A call that began. `key` tells calls of one method and path from others, and is kept in memory alone. */
export interface Call {
  readonly host: string
  readonly key: string
}

export interface CallWatcher {
  /** What comes back is told how the call ended; undefined: nobody cares. */
  began(call: Call): ((end: CallOutcome) => void) | undefined
}

export interface CallOutcome {
  readonly status?: number | undefined
  readonly error?: unknown
}

/** Watches every outgoing call of this process until the function it returns is called. */
export function watchCalls(watcher: CallWatcher): () => void {
  const open = new WeakMap<object, (end: CallOutcome) => void>()
  const began = (request: object, call: Call | undefined): void => {
    const ended = call && watcher.began(call)
    if (ended !== undefined) open.set(request, ended)
  }
  const ended = (request: object, end: CallOutcome): void => {
    const tell = open.get(request)
    open.delete(request)
    tell?.(end)
  }
  const channels: Readonly<Record<string, (request: object, message: object) => void>> = {
    'undici:request:create': (request) => began(request, undiciCall(request)),
    'undici:request:headers': (request, message) =>
      ended(request, { status: statusOf(Reflect.get(message, 'response')) }),
    'undici:request:error': (request, message) => ended(request, { error: Reflect.get(message, 'error') }),
    'http.client.request.created': (request) => began(request, httpCall(request)),
    'http.client.response.finish': (request, message) =>
      ended(request, { status: statusOf(Reflect.get(message, 'response')) }),
    'http.client.request.error': (request, message) => ended(request, { error: Reflect.get(message, 'error') }),
  }
  const listeners = Object.entries(channels).map(([name, listener]) => {
    const heard = (message: unknown): void => {
      const request: unknown = Reflect.get(Object(message), 'request')
      if (typeof request !== 'object' || request === null) return
      try {
        listener(request, Object(message))
      } catch {
        // Whoever watches must not break what is watched.
      }
    }
    subscribe(name, heard)
    return () => void unsubscribe(name, heard)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}

function undiciCall(request: object): Call | undefined {
  const origin: unknown = Reflect.get(request, 'origin')
  const host = URL.parse(String(origin))?.hostname
  return host === undefined ? undefined : { host: plain(host), key: keyOf(request) }
}

function httpCall(request: object): Call | undefined {
  const host: unknown = Reflect.get(request, 'host')
  return typeof host === 'string' ? { host: plain(host), key: keyOf(request) } : undefined
}

function keyOf(request: object): string {
  return `${String(Reflect.get(request, 'method'))} ${String(Reflect.get(request, 'path')).slice(0, 500)}`
}

function plain(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '')
}

/** Undici says `statusCode` of a response of its own making, node:http of an IncomingMessage. */
function statusOf(response: unknown): number | undefined {
  const status: unknown = Reflect.get(Object(response), 'statusCode')
  return typeof status === 'number' ? status : undefined
}
