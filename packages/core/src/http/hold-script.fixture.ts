/**
 * Answers written down as steps, so that the same one can be given with a hold and without, and both be compared: what is on
 * the wire, and what the application sees while it answers.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import * as http2 from 'node:http2'
import { connect } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { RawRequest, RawResponse } from './exchange.ts'
import { type Answer, nodeError } from './hold-inner.ts'

export type Step =
  | { readonly do: 'set'; readonly name: string; readonly value: string }
  | { readonly do: 'head'; readonly given: readonly unknown[] }
  | { readonly do: 'status'; readonly status: number }
  | { readonly do: 'write'; readonly chunk: unknown; readonly encoding?: string; readonly wait?: boolean }
  | { readonly do: 'end'; readonly given: readonly unknown[] }
  | { readonly do: 'flush' | 'turn' | 'long' | 'trailers' }

/** Does the steps one after the other. Gives what the application notices: errors by their code, and what the response says. */
export async function play(res: RawResponse, steps: readonly Step[]): Promise<string[]> {
  const noticed: string[] = []
  const errors: string[] = []
  res.on('error', (error) => errors.push(`error event ${codeOf(error)}`))
  for (const step of steps) {
    let said = ''
    try {
      await doStep(res, step)
    } catch (error) {
      said = ` threw ${codeOf(error)}`
    }
    noticed.push(`${step.do}: sent ${res.headersSent}, ended ${res.writableEnded}${said}`)
  }
  await setImmediate()
  return [...noticed, ...errors]
}

async function doStep(res: RawResponse, step: Step): Promise<void> {
  const answer: Answer = res
  if (step.do === 'set') res.setHeader(step.name, step.value)
  else if (step.do === 'head') answer.writeHead(...step.given)
  else if (step.do === 'status') res.statusCode = step.status
  else if (step.do === 'end') answer.end(...step.given)
  else if (step.do === 'flush') answer.flushHeaders?.()
  else if (step.do === 'trailers') res.addTrailers({ 'x-last': 'said' })
  else if (step.do === 'turn') await setImmediate()
  else if (step.do === 'long') await setTimeout(130)
  else if (step.do === 'write') {
    const { chunk, encoding, wait = false } = step
    if (!wait) answer.write(chunk, encoding)
    else {
      await new Promise<void>((resolve, reject) => {
        answer.write(chunk, encoding, (error?: Error) => (error ? reject(error) : resolve()))
      })
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String(Reflect.get(error, 'code') ?? error.message) : 'no error'
}

export interface Played {
  /** Everything that came over the connection, as Latin-1; the chunks of a body are joined. */
  readonly wire: string
  readonly noticed: readonly string[]
}

export type Prepare = (req: RawRequest, res: RawResponse) => void

/** One answer over HTTP/1; the connection is closed behind it. */
export async function overHttp1(steps: readonly Step[], request: string, prepare: Prepare): Promise<Played> {
  const played = Promise.withResolvers<string[]>()
  const server = await listening((req, res) => {
    res.sendDate = false
    res.setHeader('x-request-id', 'r1')
    prepare(req, res)
    played.resolve(play(res, steps))
  })
  try {
    const socket = connect({ host: '127.0.0.1', port: portOf(server) })
    let wire = ''
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      wire += String(text)
    })
    socket.on('error', () => {
      wire += '(reset)'
    })
    socket.write(request)
    await once(socket, 'close')
    return { wire: withoutFraming(wire), noticed: await played.promise }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Where one chunk ends and the next begins is Node's choice: since 26 what is written in one turn is one chunk. */
export function withoutFraming(wire: string): string {
  const headEnd = wire.indexOf('\r\n\r\n') + 4
  if (headEnd === wire.length || !/\r\ntransfer-encoding: chunked\r\n/i.test(wire.slice(0, headEnd))) return wire
  const body: string[] = []
  let at = headEnd
  for (;;) {
    const line = wire.indexOf('\r\n', at)
    const size = Number.parseInt(wire.slice(at, line), 16)
    if (line === -1 || Number.isNaN(size)) return `${wire.slice(0, headEnd)}${body.join('')}(no end)`
    if (size === 0) return wire.slice(0, headEnd) + body.join('') + wire.slice(line)
    body.push(wire.slice(line + 2, line + 2 + size))
    at = line + 4 + size
  }
}

export async function listening(listener: (req: IncomingMessage, res: ServerResponse) => void): Promise<Server> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export function portOf(server: { address(): unknown }): number {
  const port: unknown = Reflect.get(Object(server.address()), 'port')
  if (typeof port !== 'number') throw nodeError(Error, 'ERR_TEST', 'not listening on TCP')
  return port
}

/** One answer over HTTP/2. */
export async function overHttp2(steps: readonly Step[], method: string, prepare: Prepare): Promise<Played> {
  const played = Promise.withResolvers<string[]>()
  const server = http2.createServer((req, res) => {
    res.sendDate = false
    res.setHeader('x-request-id', 'r1')
    prepare(req, res)
    played.resolve(play(res, steps))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = http2.connect(`http://127.0.0.1:${portOf(server)}`)
  try {
    session.on('error', () => undefined)
    const stream = session.request({ ':path': '/', ':method': method })
    const parts: string[] = []
    let body = ''
    stream.setEncoding('latin1')
    stream.on('response', (headers) => parts.push(JSON.stringify({ ...headers })))
    stream.on('trailers', (headers) => parts.push(`trailers ${JSON.stringify({ ...headers })}`))
    stream.on('data', (text) => {
      body += String(text)
    })
    stream.on('error', (error) => parts.push(`error ${codeOf(error)}`))
    await once(stream, 'close').catch(() => undefined)
    if (!stream.closed) await once(stream, 'close')
    return { wire: [...parts, `code ${stream.rstCode}`, body].join('\n'), noticed: await played.promise }
  } finally {
    session.destroy()
    server.close()
  }
}
