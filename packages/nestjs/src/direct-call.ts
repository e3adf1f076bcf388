/**
 * Runs the audit's interceptor without what Nest builds around interceptors.
 *
 * For each request that passes one, Nest makes two deferred observables, two async resources and a context: more than the whole
 * audit costs. The audit's stands in front of all others, so it does its work around Nest's call of those that are left, at the
 * same moment: guards have let the request in, and no pipe has run. Where none is left, Nest calls the handler plainly.
 * Server-sent events and a Nest that is built otherwise go the usual way.
 */
import { StreamableFile } from '@nestjs/common'
import { type ModulesContainer, Reflector } from '@nestjs/core'
import { type Exchange, exchangeOf } from '@trailmark/core/http'
import { type AnyFunction, wrapOnce } from '@trailmark/core/integration'
import { isObservable } from 'rxjs'
import type { Handler } from './audited.ts'
import { declareFor, declareInterceptor, refuse, tapped, watchFile } from './declare-interceptor.ts'
import { tellError } from './errors.ts'
import { rawOf } from './http-request.ts'

/** Set by `@Sse()`: what such a handler answers with is never a plain value. */
const sse = '__sse__'
const reflector = new Reflector()

/** Nest's `InterceptorsConsumer` is not public; every application has one in here. */
const holder = 'ExternalContextCreator'

/** Once for each copy of Nest. False where this version has it elsewhere: then the interceptor runs as any other. */
export function callDirectly(modules: ModulesContainer): boolean {
  const consumer = findConsumer(modules)
  if (consumer === undefined) return false
  wrapOnce('AuditModule', consumer, 'intercept', (inner) => {
    return function intercept(this: unknown, ...given: unknown[]): unknown {
      const [interceptors, args, instance, callback, next, type] = given
      const direct =
        type === 'http' &&
        Array.isArray(interceptors) &&
        interceptors[0] === declareInterceptor &&
        Array.isArray(args) &&
        isObject(instance) &&
        isFunction(callback) &&
        !isSse(callback)
      if (!direct) return Reflect.apply(inner, this, given)
      const [request, response]: unknown[] = args
      const others = interceptors.slice(1)
      const call = () => Reflect.apply(inner, this, [others, args, instance, callback, next, type])
      return around(call, callback, instance.constructor, request, response)
    }
  })
  return true
}

async function around(
  call: () => unknown,
  callback: AnyFunction,
  controller: Handler,
  request: unknown,
  response: unknown,
): Promise<unknown> {
  const exchange = isObject(request) ? exchangeOf(rawOf(request)) : undefined
  if (exchange === undefined) return call()
  const durable = declareFor(exchange, callback, controller, request, response)
  if (durable !== undefined && !(await durable)) return refuse(response)
  try {
    return seen(exchange, await call())
  } catch (error) {
    tellError(exchange, error)
    throw error
  }
}

function seen(exchange: Exchange, value: unknown): unknown {
  if (value instanceof StreamableFile) watchFile(exchange, value)
  return isObservable(value) ? tapped(exchange, value) : value
}

const sseHandlers = new WeakMap<object, boolean>()

function isSse(callback: AnyFunction): boolean {
  let is = sseHandlers.get(callback)
  if (is === undefined) {
    is = Boolean(reflector.get(sse, callback))
    sseHandlers.set(callback, is)
  }
  return is
}

function findConsumer(modules: ModulesContainer): object | undefined {
  for (const module of modules.values()) {
    for (const [token, { instance }] of module.providers) {
      if (typeof token !== 'function' || token.name !== holder || !isObject(instance)) continue
      const consumer: unknown = Reflect.get(instance, 'interceptorsConsumer')
      const prototype: unknown = isObject(consumer) ? Object.getPrototypeOf(consumer) : undefined
      if (isObject(prototype) && isFunction(Reflect.get(prototype, 'intercept'))) return prototype
    }
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}
