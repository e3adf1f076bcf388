/** Applications of NestJS for tests, on either platform: decorators are called, because Node runs no syntax for them. */
import 'reflect-metadata'
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  Param,
  type Type,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { Audit } from '@trailmark/core'
import { onTestFinished } from 'vitest'
import { AuditModule } from './module.ts'

export const platforms = ['express', 'fastify'] as const
export type Platform = (typeof platforms)[number]

export interface ServeOptions {
  readonly platform: Platform
  readonly audit: Audit
  readonly controllers: readonly Type[]
  readonly providers?: ModuleMetadata['providers']
  readonly prepare?: (app: INestApplication) => void
}

export interface Served {
  readonly app: INestApplication
  readonly url: string
}

export async function serve({ platform, audit, controllers, providers, prepare }: ServeOptions): Promise<Served> {
  return listening(platform, moduleOf({ imports: [AuditModule.forRoot({ audit })], controllers, providers }), prepare)
}

export async function listening(
  platform: Platform,
  module: Type,
  prepare?: (app: INestApplication) => void,
): Promise<Served> {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter()
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false })
  prepare?.(app)
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  return { app, url: await app.getUrl() }
}

export function moduleOf(metadata: {
  readonly imports?: ModuleMetadata['imports']
  readonly controllers?: readonly Type[]
  readonly providers?: ModuleMetadata['providers']
}): Type {
  class AppModule {}
  const { imports = [], controllers = [], providers = [] } = metadata
  Module({ imports, controllers: [...controllers], providers })(AppModule)
  return AppModule
}

/** A controller of one method, `GET <path>/:id`, with these decorators on the method and on the class. */
export function controllerOf(
  path: string,
  handle: (id: string) => unknown,
  decorators: { readonly method?: readonly MethodDecorator[]; readonly class?: readonly ClassDecorator[] } = {},
): Type {
  class PatientsController {
    show(id: string): unknown {
      return handle(id)
    }
  }
  Param('id')(PatientsController.prototype, 'show', 0)
  const descriptor = Object.getOwnPropertyDescriptor(PatientsController.prototype, 'show')
  if (descriptor === undefined) throw new Error('no method')
  for (const one of [...(decorators.method ?? []), Get(':id')]) one(PatientsController.prototype, 'show', descriptor)
  for (const one of [...(decorators.class ?? []), Controller(path)]) one(PatientsController)
  return PatientsController
}

/** A class that is made once, or once for each request. */
export function injectable<T extends Type>(type: T, options?: Parameters<typeof Injectable>[0]): T {
  Injectable(options)(type)
  return type
}

/** Waits for the terminal lines: they are written when the connection knows that the answer is out. */
export async function settled(audit: { readonly lines: readonly unknown[] }, lines = 1): Promise<void> {
  for (let i = 0; i < 500 && audit.lines.length < lines; i++) await new Promise((resolve) => setTimeout(resolve, 2))
}
