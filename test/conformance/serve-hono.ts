/** The suite's application in Hono 4 on `@hono/node-server`, as its users write it. */
import { createServer } from 'node:http'
import type { Readable } from 'node:stream'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { audited, auditMiddleware } from '@trailmark/hono'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { Access, Call, DeclaredEvent, Harness, Login, Route } from './application.ts'
import { closeServer, portOf } from './listen.ts'

interface Env {
  readonly Bindings: HttpBindings
  readonly Variables: { body: unknown; user: unknown }
}

export const serveHono: Harness = {
  hooks: {},
  async serve(application) {
    const { audit, before, user, ownErrors, observe, bodyBytesMax = 100_000 } = application
    const app = new Hono<Env>()
    if (before !== undefined) {
      app.use(async (c, next) => {
        before(c.env.incoming, c.env.outgoing)
        await next()
      })
    }
    app.use(auditMiddleware(app, { audit }))
    if (application.twice === true) app.use(auditMiddleware(app, { audit }))
    if (ownErrors !== undefined) {
      app.onError((_error, c) => {
        observe?.('own error handler', c.env.incoming)
        return c.text(ownErrors, 418)
      })
    }
    app.use(bodyLimit({ maxSize: bodyBytesMax }), parseBody)
    if (user !== undefined) {
      app.use(async (c, next) => {
        c.set('user', user(c.env.incoming))
        await next()
      })
    }
    for (const route of application.routes) mount(app, route)
    const server = createAdaptorServer({
      fetch: app.fetch,
      createServer,
      serverOptions: application.server ?? {},
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    if (!('closeAllConnections' in server)) throw new Error('not an HTTP/1 server')
    return { server, port: portOf(server), close: () => closeServer(server) }
  },
}

const parseBody: MiddlewareHandler<Env> = async (c, next) => {
  const type = c.req.header('content-type') ?? ''
  if (type.startsWith('application/json') && c.req.method !== 'GET') {
    try {
      c.set('body', await c.req.json())
    } catch (cause) {
      throw new HTTPException(400, { message: String(cause), cause })
    }
  }
  if (type.startsWith('multipart/form-data')) c.set('body', await c.req.parseBody())
  await next()
}

function mount(app: Hono<Env>, route: Route): void {
  const { method = 'GET', path, under, handle } = route
  const router = under === undefined ? app : new Hono<Env>()
  for (const declared of declarationsOf(route)) router.on(method, path, declared)
  router.on(method === 'HEAD' ? 'GET' : method, path, (c) => answerOf(c, handle))
  if (under !== undefined) app.route(under, router)
}

function declarationsOf({ access, login, logout, event }: Route): MiddlewareHandler[] {
  if (access !== undefined) return [declare(access)]
  if (login !== undefined) return [declareLogin(login)]
  if (logout !== undefined) return [audited.logout()]
  return event === undefined ? [] : [declareEvent(event)]
}

function seenBy(c: Context): Pick<Call, 'req' | 'params'> {
  return { req: c.env.incoming, params: c.req.param() }
}

function declare({
  verb,
  resource,
  id,
  subject,
  volume,
  metadata,
  purpose,
  purposeFrom,
  ...texts
}: Access): MiddlewareHandler {
  return audited[verb](resource, {
    ...(id && { id: (c) => id(seenBy(c)) }),
    ...(subject && { subject: (c) => subject(seenBy(c)) }),
    ...(volume && { volume: () => volume() }),
    ...(metadata && { metadata: () => metadata() }),
    ...(purpose !== undefined && { purpose }),
    ...(purposeFrom && { purpose: (c) => purposeFrom(seenBy(c)) }),
    ...texts,
  })
}

function declareLogin({ user, failed, ...others }: Login): MiddlewareHandler {
  return audited.login({
    ...(user && { user: (c) => user({ req: c.env.incoming, body: c.get('body') }) }),
    ...(failed && { failed: (c) => failed({ res: c.env.outgoing }) }),
    ...others,
  })
}

function declareEvent({ type, subject, failed, ...others }: DeclaredEvent): MiddlewareHandler {
  return audited.event(type, {
    ...(subject && { subject: (c) => subject(seenBy(c)) }),
    ...(failed && { failed: (c) => failed({ res: c.env.outgoing }) }),
    ...others,
  })
}

/** Hono's handlers return their answer; the suite's say it, now or later. */
async function answerOf(c: Context<Env>, handle: Route['handle']): Promise<Response> {
  let answer: Response | undefined
  const call: Call = {
    req: c.env.incoming,
    res: c.env.outgoing,
    params: c.req.param(),
    body: c.get('body'),
    answer(status, body, headers = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const type = typeof body === 'string' ? 'text/plain; charset=UTF-8' : 'application/json'
      const kind = body === undefined ? {} : { 'content-type': type }
      answer = new Response(body === undefined ? null : text, { status, headers: { ...kind, ...headers } })
    },
    stream(body) {
      answer = c.body(webStream(body))
    },
    signIn(user) {
      c.set('user', user)
    },
    raw() {
      answer = RESPONSE_ALREADY_SENT
      return c.env.outgoing
    },
  }
  await handle(call)
  if (answer === undefined) throw new Error('the handler has not answered')
  return answer
}

/** Of bytes, which is what a response takes. */
function webStream(body: Readable): ReadableStream {
  const parts = body[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
    },
    async cancel() {
      body.destroy()
    },
  })
}
