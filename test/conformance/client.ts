/**
 * Clients that say exactly what they are told: one that speaks HTTP properly, and one that owns the bytes.
 */

import { once } from 'node:events'
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** `x-request-id` of the answer; empty if there is none. */
  readonly id: string
}

export interface Ask {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

export function ask(port: number, path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const sent = request(
      { host: '127.0.0.1', port, path, method, agent: false, headers: { ...length, ...headers } },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('error', reject)
        res.on('end', () => resolve(answer(res.statusCode ?? 0, res.headers, Buffer.concat(chunks).toString())))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function answer(status: number, headers: IncomingHttpHeaders, body: string): Answer {
  const id = headers['x-request-id']
  return { status, headers, body, id: typeof id === 'string' ? id : '' }
}

export function askJson(
  port: number,
  path: string,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  return ask(port, path, {
    method: 'POST',
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** A connection whose bytes are the test's own. Strings are sent as Latin-1: one character, one byte. */
export interface Wire {
  readonly socket: Socket
  send(text: string): void
  /** Resolves with everything received once that matches; rejects when the connection ends without. */
  until(pattern: RegExp): Promise<string>
  /** Resolves with everything received once the other side has closed, in good order or not. */
  closed(): Promise<string>
  received(): string
  reset(): void
}

export async function wire(port: number): Promise<Wire> {
  const socket = connect({ host: '127.0.0.1', port })
  let text = ''
  let gone = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const one of [...waiting]) one()
  }
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    text += String(chunk)
    wake()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    gone = true
    wake()
  })
  await once(socket, 'connect')
  return {
    socket,
    send: (bytes) => void socket.write(bytes, 'latin1'),
    received: () => text,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text)) resolve(text)
          else if (gone) reject(new Error(`closed before ${pattern}: ${JSON.stringify(text.slice(0, 500))}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
    closed: () =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!gone) return
          waiting.delete(look)
          resolve(text)
        }
        waiting.add(look)
        look()
      }),
    reset: () => void socket.resetAndDestroy(),
  }
}

/** A request's text. Headers are name and value as they are to stand on the wire; `host` is added. */
export function requestText(
  path: string,
  headers: readonly (readonly [string, string])[] = [],
  method = 'GET',
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines}\r\n`
}

/** Every `x-request-id` in a stretch of answers, in order. */
export function idsIn(received: string): string[] {
  return [...received.matchAll(/^x-request-id: (.*)$/gim)].map((match) => (match[1] ?? '').trim())
}
