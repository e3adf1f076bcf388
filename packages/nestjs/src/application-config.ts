/**
 * Where Nest keeps the filters, interceptors and guards of a whole application.
 *
 * It is not public: a provider can add to it, but not say in which place. The audit's interceptor has to be the outermost, or a
 * cache in front of it would answer unrecorded; its filter has to be the last that is asked, or it would answer in place of the
 * application's own. So the lists are looked up and asked for before they are believed; a Nest that keeps them otherwise is
 * refused by name.
 */
import type { ExceptionFilter, NestInterceptor } from '@nestjs/common'
import type { ModuleRef } from '@nestjs/core'
import { AuditError } from '@trailmark/core'

/** Of the whole application, in Nest's order. */
export interface Enhancers {
  /** Asked from the last to the first. */
  readonly globalFilters: ExceptionFilter[]
  /** Run from the first to the last. */
  readonly globalInterceptors: NestInterceptor[]
  readonly globalGuards: readonly unknown[]
  /** Of guards that Nest makes for each request: what they are made of. */
  readonly globalRequestGuards: readonly unknown[]
}

/** Throws `AUDIT_LIBRARY_UNKNOWN` where this version of Nest has them elsewhere. */
export function readEnhancers(ref: ModuleRef): Enhancers {
  const config = member(member(ref, 'container'), 'applicationConfig')
  return {
    globalFilters: list(config, 'getGlobalFilters'),
    globalInterceptors: list(config, 'getGlobalInterceptors'),
    globalGuards: list(config, 'getGlobalGuards'),
    globalRequestGuards: list<unknown>(config, 'getGlobalRequestGuards').map((wrapper) =>
      member(member(wrapper, 'metatype'), 'prototype'),
    ),
  }
}

function list<T>(config: unknown, name: string): T[] {
  const read = member(config, name)
  const found: unknown = typeof read === 'function' ? Reflect.apply(read, config, []) : undefined
  if (Array.isArray(found)) return found
  throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `AuditModule: this version of NestJS has no ${name}()`)
}

function member(owner: unknown, name: string): unknown {
  return (typeof owner === 'object' && owner !== null) || typeof owner === 'function'
    ? Reflect.get(owner, name)
    : undefined
}
