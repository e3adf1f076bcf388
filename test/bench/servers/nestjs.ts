/** NestJS on Express. Nest is written with decorators, which Node does not run; so here each is called. */
import 'reflect-metadata'
import type { RequestListener } from 'node:http'
import { Body, Controller, HttpCode, Module, Param, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { Audited, AuditModule } from '@trailmark/nestjs'
import { pinoHttp } from 'pino-http'
import { actor } from './actor.ts'
import { loggerOf } from './loggers.ts'
import { auditOptions, isDeclared, isOurs, type Variant } from './variant.ts'
import { work } from './work.ts'

class NotesController {
  read(_id: string, _body: unknown): Promise<object> {
    return work()
  }
}

export async function listener(variant: Variant, home: string): Promise<RequestListener> {
  const descriptor = Object.getOwnPropertyDescriptor(NotesController.prototype, 'read')
  if (descriptor === undefined) throw new Error('no method')
  const decorators = [Post('notes/:id'), HttpCode(200)]
  if (isDeclared(variant)) {
    decorators.push(Audited.read('note', { id: (request: { params: { id: string } }) => request.params.id }))
  }
  for (const decorate of decorators) decorate(NotesController.prototype, 'read', descriptor)
  Param('id')(NotesController.prototype, 'read', 0)
  Body()(NotesController.prototype, 'read', 1)
  Controller()(NotesController)
  class AppModule {}
  const imports = isOurs(variant) ? [AuditModule.forRoot({ ...auditOptions(variant), actor })] : []
  Module({ imports, controllers: [NotesController] })(AppModule)

  const adapter = new ExpressAdapter()
  const app = await NestFactory.create(AppModule, adapter, { logger: false })
  const logger = loggerOf(variant, home)
  if (logger) app.use(pinoHttp({ logger }))
  await app.init()
  return adapter.getInstance()
}
