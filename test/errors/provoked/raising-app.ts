/** Applications whose error handler hands the error it was given to the provocation. Each framework is loaded when needed. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { FastifyInstance } from 'fastify'
import type { Middleware } from 'koa'
import { withHttp } from './loopback.ts'
import { NotProvoked } from './provoked.ts'

export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

const jsonType = { 'content-type': 'application/json' }

/** Rejects with the error that Express's error handlers got from these handlers. */
export async function raisedInExpress(handlers: readonly RequestHandler[], asked: Asked): Promise<never> {
  const { default: express } = await import('express')
  const app = express()
  for (const handler of handlers) app.use(handler)
  return raised((caught) => {
    const last: ErrorRequestHandler = (error, _req, res, _next) => {
      caught(error)
      res.status(500).end()
    }
    app.use(last)
    return withHttp(app, (port) => ask(port, asked))
  })
}

/** Rejects with the error that Koa's 'error' listeners got. */
export async function raisedInKoa(middleware: readonly Middleware[], asked: Asked): Promise<never> {
  const { default: Koa } = await import('koa')
  const app = new Koa()
  for (const one of middleware) app.use(one)
  return raised((caught) => {
    app.on('error', caught)
    return withHttp(app.callback(), (port) => ask(port, asked))
  })
}

/** Rejects with the error that Fastify's error handler got. */
export async function raisedInFastify(build: (app: FastifyInstance) => unknown, asked: Asked): Promise<never> {
  const { default: fastify } = await import('fastify')
  const app = fastify()
  return raised(async (caught) => {
    app.setErrorHandler((error, _request, reply) => {
      caught(error)
      return reply.code(500).send()
    })
    await build(app)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    try {
      await ask(Number(new URL(url).port), asked)
    } finally {
      await app.close()
    }
  })
}

async function raised(run: (caught: (error: unknown) => void) => Promise<unknown>): Promise<never> {
  const errors: unknown[] = []
  await run((error) => errors.push(error))
  if (errors.length === 0) throw new NotProvoked('no error reached the handler')
  throw errors[0]
}

async function ask(port: number, { method = 'POST', path = '/', headers = jsonType, body }: Asked): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { connection: 'close', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  await answer.arrayBuffer()
}

/** Sends raw text and waits until the server is done with it; `cut` leaves in the middle instead. */
export async function sendRaw(port: number, text: string, cut = false): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(text)
  if (cut) setTimeout(() => socket.destroy(), 30)
  else socket.resume()
  await once(socket, 'close')
}
