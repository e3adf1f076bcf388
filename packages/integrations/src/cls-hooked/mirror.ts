/**
 * Reading: `get` answers for our four names from the request in progress, else from what a context remembers.
 */
import type { EventEmitter } from 'node:events'
import { currentContext } from '@trailmark/core'
import { idsOf } from '../line-ids.ts'

/** As much of a namespace of cls-hooked as is used here. */
export interface Namespace {
  get(key: string): unknown
  bind<F extends (...args: never[]) => unknown>(fn: F, context?: unknown): F
  bindEmitter(emitter: EventEmitter): void
  createContext(): unknown
}

const names: ReadonlySet<string> = new Set(['request_id', 'trace_id', 'span_id', 'trace_flags'])

/** From now on the namespace knows the ids. Returns a function that undoes it. */
export function mirrorIds(namespace: Namespace): () => void {
  const { get, createContext } = namespace
  return replace(namespace, {
    get(key: string): unknown {
      const context = names.has(key) ? currentContext() : undefined
      const ids: Readonly<Record<string, string>> = context === undefined ? {} : { ...idsOf(context) }
      return ids[key] ?? Reflect.apply(get, namespace, [key])
    },
    // `ns.run()` and `ns.bind()` make their contexts with this one.
    createContext(): unknown {
      const made: unknown = Reflect.apply(createContext, namespace, [])
      const context = currentContext()
      return context === undefined || typeof made !== 'object' || made === null
        ? made
        : Object.assign(made, idsOf(context))
    },
  })
}

/** Puts methods on this one object, above those it inherits. */
export function replace(target: object, methods: Readonly<Record<string, unknown>>): () => void {
  const before = new Map(Object.keys(methods).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)]))
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(target, name)
      else Object.defineProperty(target, name, descriptor)
    }
  }
}
