/**
 * The suite's routes as controllers of NestJS. Their decorators are called and not written, because Node runs no syntax for
 * them; `test/full/nest-syntax.test.ts` writes some.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Delete, Get, Head, Post, Put, Req, Res, StreamableFile, type Type } from '@nestjs/common'
import { Audited, type AuditedDecorator } from '@trailmark/nestjs'
import type { Access, Call, DeclaredEvent, Login, Route } from './application.ts'

const verbs = { GET: Get, POST: Post, PUT: Put, DELETE: Delete, HEAD: Head } as const

/** Of Express's request and Fastify's, what both have. */
interface Request {
  readonly raw?: IncomingMessage
  readonly params: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The same of the response and the reply. */
interface Response {
  readonly raw?: ServerResponse
  status(code: number): unknown
  header(name: string, value: string): unknown
  hijack?(): unknown
}

export function controllerOf(route: Route): Type {
  class RouteController {
    handle(request: Request, response: Response): Promise<unknown> {
      return answered(route, request, response)
    }
  }
  decorate(RouteController.prototype, 'handle', [verbs[route.method ?? 'GET'](route.path), ...declarationsOf(route)])
  Req()(RouteController.prototype, 'handle', 0)
  Res({ passthrough: true })(RouteController.prototype, 'handle', 1)
  Controller(route.under ?? '')(RouteController)
  return RouteController
}

/** What the compiler makes of decorators in front of a method: the last is applied first. */
export function decorate(prototype: object, name: string, decorators: readonly MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (descriptor === undefined) throw new Error(`no method ${name}`)
  for (const one of [...decorators].reverse()) one(prototype, name, descriptor)
}

function declarationsOf({ access, login, logout, event }: Route): AuditedDecorator[] {
  if (access !== undefined) return [declare(access)]
  if (login !== undefined) return [declareLogin(login)]
  if (logout !== undefined) return [Audited.logout()]
  return event === undefined ? [] : [declareEvent(event)]
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
}: Access): AuditedDecorator {
  return Audited[verb]<Request>(resource, {
    ...(id && { id: (request) => id(seenBy(request)) }),
    ...(subject && { subject: (request) => subject(seenBy(request)) }),
    ...(volume && { volume: () => volume() }),
    ...(metadata && { metadata: () => metadata() }),
    ...(purpose !== undefined && { purpose }),
    ...(purposeFrom && { purpose: (request) => purposeFrom(seenBy(request)) }),
    ...texts,
  })
}

function declareLogin({ user, failed, ...others }: Login): AuditedDecorator {
  return Audited.login<Request, Response>({
    ...(user && { user: (request) => user({ req: seenBy(request).req, body: request.body }) }),
    ...(failed && { failed: (_request, response) => failed({ res: nodeResponse(response) }) }),
    ...others,
  })
}

function declareEvent({ type, subject, failed, ...others }: DeclaredEvent): AuditedDecorator {
  return Audited.event<Request, Response>(type, {
    ...(subject && { subject: (request) => subject(seenBy(request)) }),
    ...(failed && { failed: (_request, response) => failed({ res: nodeResponse(response) }) }),
    ...others,
  })
}

function seenBy(request: Request): Pick<Call, 'req' | 'params'> {
  // Express's request is Node's own.
  return { req: request.raw ?? (request as unknown as IncomingMessage), params: { ...request.params } }
}

function nodeResponse(response: Response): ServerResponse {
  return response.raw ?? (response as unknown as ServerResponse)
}

/** Handlers of Nest return their answer; the suite's say it, now or later, or never when they have taken the response over. */
async function answered({ handle }: Route, request: Request, response: Response): Promise<unknown> {
  let say: (value: unknown) => void = () => undefined
  const answer = new Promise((resolve) => {
    say = resolve
  })
  const call: Call = {
    ...seenBy(request),
    res: nodeResponse(response),
    body: request.body,
    answer(status, body, headers = {}) {
      response.status(status)
      for (const [name, value] of Object.entries(headers)) response.header(name, value)
      say(body)
    },
    stream(body) {
      response.status(200)
      say(new StreamableFile(body))
    },
    signIn(user) {
      Object.assign(request, { user })
    },
    raw() {
      response.hijack?.()
      const raw = nodeResponse(response)
      raw.statusCode = 200
      return raw
    },
  }
  await handle(call)
  return answer
}
