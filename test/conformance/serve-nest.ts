/** The suite's application in NestJS, on Express and on Fastify, as its users write it. */
import 'reflect-metadata'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { inspect } from 'node:util'
import multipart from '@fastify/multipart'
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  type INestApplication,
  type LoggerService,
  Module,
  type Type,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { AuditModule } from '@trailmark/nestjs'
import express from 'express'
import multer from 'multer'
import type { Application, Harness } from './application.ts'
import { closeServer, listen, portOf } from './listen.ts'
import { controllerOf } from './nest-controller.ts'

export const serveNestExpress: Harness = {
  hooks: {},
  async serve(application) {
    const { before, bodyBytesMax = 100_000 } = application
    const instance = express()
    if (before !== undefined) {
      instance.use((req, res, next) => {
        before(req, res)
        next()
      })
    }
    const options = { logger: loggerOf(application), bodyParser: true }
    const app = await NestFactory.create<NestExpressApplication>(
      moduleOf(application),
      new ExpressAdapter(instance),
      options,
    )
    app.useBodyParser('json', { limit: bodyBytesMax })
    app.use(multer().none())
    finish(app, application)
    await app.init()
    const serving = await listen(instance, application.server)
    return {
      ...serving,
      async close() {
        await serving.close()
        await app.close()
      },
    }
  },
}

export const serveNestFastify: Harness = {
  hooks: { aborted: 'onRequestAbort', timedOut: 'onTimeout', done: 'onResponse' },
  async serve(application) {
    const { before, observe, server = {}, bodyBytesMax = 100_000 } = application
    const adapter = new FastifyAdapter({
      bodyLimit: bodyBytesMax,
      routerOptions: { maxParamLength: 1_000 },
      serverFactory: (handler: RequestListener) => createServer(server, handler),
    })
    const fastify = adapter.getInstance()
    if (before !== undefined) {
      fastify.addHook('onRequest', (request, reply, done) => {
        before(request.raw, reply.raw)
        done()
      })
    }
    const options = { logger: loggerOf(application) }
    const app = await NestFactory.create<NestFastifyApplication>(moduleOf(application), adapter, options)
    await app.register(multipart, { attachFieldsToBody: 'keyValues' })
    // Bodies of this type are left to the handler, as a stream.
    fastify.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
    if (observe !== undefined) {
      fastify.addHook('onRequestAbort', async (request) => observe('onRequestAbort', request.raw))
      fastify.addHook('onTimeout', async (request) => observe('onTimeout', request.raw))
      fastify.addHook('onResponse', async (request) => observe('onResponse', request.raw))
    }
    finish(app, application)
    await app.listen(0, '127.0.0.1')
    const nodeServer = app.getHttpServer()
    return {
      server: nodeServer,
      port: portOf(nodeServer),
      async close() {
        nodeServer.closeAllConnections()
        await app.close()
        await closeServer(nodeServer)
      },
    }
  },
}

function moduleOf({ audit, routes, twice }: Application): Type {
  class AppModule {}
  const imports = [AuditModule.forRoot({ audit })]
  if (twice === true) imports.push(AuditModule.forRoot({ audit }))
  Module({ imports, controllers: routes.map(controllerOf) })(AppModule)
  return AppModule
}

function finish(app: INestApplication, { user, ownErrors, observe }: Application): void {
  if (user !== undefined) {
    app.use((req: IncomingMessage, _res: unknown, next: () => void) => {
      Object.assign(req, { user: user(req) })
      next()
    })
  }
  if (ownErrors !== undefined) app.useGlobalFilters(ownFilter(ownErrors, observe))
}

function ownFilter(text: string, observe: Application['observe']): ExceptionFilter {
  class OwnFilter implements ExceptionFilter {
    catch(_error: unknown, host: ArgumentsHost): void {
      const request = host.switchToHttp().getRequest()
      observe?.('own error handler', request.raw ?? request)
      host.switchToHttp().getResponse().status(418).send(text)
    }
  }
  Catch()(OwnFilter)
  return new OwnFilter()
}

/** Without a place to write to, errors go where Nest prints them: nothing of a request may be among them. */
function loggerOf({ frameworkLog }: Application): LoggerService | ['error', 'warn'] {
  if (frameworkLog === undefined) return ['error', 'warn']
  const write = (...given: readonly unknown[]): void => frameworkLog(given.map((one) => inspect(one)).join(' '))
  return { log: write, error: write, warn: write, debug: write, verbose: write, fatal: write }
}
