/** The one line: `imports: [AuditModule.forRoot()]`. */
import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common'
import { HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core'
import type { Audit } from '@trailmark/core'
import { type AuditSource, auditFrom } from '@trailmark/core/http'
import { readEnhancers } from './application-config.ts'
import { declareInterceptor } from './declare-interceptor.ts'
import { callDirectly } from './direct-call.ts'
import { lastFilter } from './errors.ts'
import { watchGuards } from './guards.ts'
import { type Mounted, mount } from './mount.ts'
import { controllerPaths } from './mounted-routes.ts'
import { AUDIT } from './tokens.ts'

/** Either an audit that exists, or the options of `createAudit()` for one of its own; nothing at all means `defaultAudit()`. */
export type AuditModuleOptions = AuditSource

/** `imports`, `inject` and `useFactory` as everywhere in Nest. */
export interface AuditModuleAsyncOptions
  extends Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<AuditModuleOptions>, 'inject' | 'useFactory'> {}

/** What the module has made of its options. */
interface Made {
  readonly audit: Audit
  /** Nobody else knows it, so it is closed here. */
  readonly own: boolean
}

const MADE = Symbol('audit made')
const OPTIONS = Symbol('audit options')
const MOUNTED = Symbol('audit mounted')

/**
 * Follows every request of a Nest application: its ids on every line, exactly one terminal line, the records it owes, and
 * answers without internals when something throws. Import it in the root module.
 *
 * Guards, pipes, interceptors, filters and handlers all run inside. A guard that refuses is recorded by its name. Filters of your
 * own answer as before; where there is none, errors that are no `HttpException` keep their status and get a problem document (RFC
 * 9457) with the request id, and Nest prints nothing of them. `@Inject(AUDIT)` gives the audit to any provider. Messages of
 * gateways and microservices are not followed.
 *
 * Nest refuses to start, with an `AuditError`, when an option cannot be used (`AUDIT_OPTION_INVALID`, `AUDIT_DIR_UNUSABLE`) or the
 * platform is not Express or Fastify (`AUDIT_LIBRARY_UNKNOWN`).
 *
 * ```ts
 * @Module({ imports: [AuditModule.forRoot()], controllers: [PatientsController] })
 * class AppModule {}
 * ```
 */
export class AuditModule implements NestModule, OnApplicationShutdown {
  readonly #host: HttpAdapterHost
  readonly #modules: ModulesContainer
  readonly #ref: ModuleRef
  readonly #made: Made
  readonly #mounted: Mounted

  constructor(host: HttpAdapterHost, modules: ModulesContainer, ref: ModuleRef, made: Made, mounted: Mounted) {
    this.#host = host
    this.#modules = modules
    this.#ref = ref
    this.#made = made
    this.#mounted = mounted
  }

  /** With options as `auditMiddleware()` and `auditPlugin` take them. An audit made here is closed when the application is. */
  static forRoot(options?: AuditModuleOptions): DynamicModule {
    return moduleWith([{ provide: OPTIONS, useValue: options }])
  }

  /** The same with options that other providers know: `{ inject: [ConfigService], useFactory: (config) => … }`. */
  static forRootAsync({ imports, inject, useFactory }: AuditModuleAsyncOptions): DynamicModule {
    const provider = { provide: OPTIONS, useFactory, ...(inject && { inject }) }
    return { ...moduleWith([provider]), ...(imports && { imports }) }
  }

  /** Nest asks every module for its middleware once all of them exist, and right before it registers the routes. */
  configure(_consumer: MiddlewareConsumer): void {
    const { routes, failure } = this.#mounted
    if (failure !== undefined) throw failure
    if (routes === undefined) return
    const enhancers = readEnhancers(this.#ref)
    enhancers.globalInterceptors.unshift(declareInterceptor)
    callDirectly(this.#modules)
    enhancers.globalFilters.unshift(lastFilter(this.#host.httpAdapter))
    watchGuards(this.#modules, enhancers)
    for (const path of controllerPaths(this.#modules)) routes.controllers.add(path)
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#made.own) await this.#made.audit.close()
  }
}

// As decorators would, which this package is not written with: Node runs its sources as they are.
for (const [at, token] of [HttpAdapterHost, ModulesContainer, ModuleRef, MADE, MOUNTED].entries()) {
  Inject(token)(AuditModule, undefined, at)
}
Module({})(AuditModule)

function moduleWith(given: Provider[]): DynamicModule {
  const made: Provider = { provide: MADE, inject: [OPTIONS], useFactory: make }
  const audit: Provider = { provide: AUDIT, inject: [MADE], useFactory: (one: Made) => one.audit }
  const mounted: Provider = {
    provide: MOUNTED,
    inject: [HttpAdapterHost, MADE],
    useFactory: (host: HttpAdapterHost, one: Made) => mount(host, one.audit),
  }
  return { module: AuditModule, global: true, providers: [...given, made, audit, mounted], exports: [AUDIT] }
}

function make(options: AuditModuleOptions | undefined): Made {
  const { audit, ...others } = options ?? {}
  return { audit: auditFrom(options), own: audit === undefined && Object.keys(others).length > 0 }
}
