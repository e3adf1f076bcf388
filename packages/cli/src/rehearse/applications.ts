/**
 * Applications by their shape: what a module exports, a factory returns or a server serves, told apart without importing any
 * framework. What does not have the expected shape is none.
 */
import { Server } from 'node:net'
import { types } from 'node:util'
import type { Framework } from './report.ts'

export interface Application {
  readonly framework: Exclude<Framework, 'http'>
  readonly app: object
}

/** The application that a value is or leads to; undefined for anything else. Never throws. */
export function applicationOf(value: unknown): Application | undefined {
  try {
    return shapeOf(value)
  } catch {
    return undefined
  }
}

function shapeOf(value: unknown): Application | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const has = (...methods: readonly string[]): boolean =>
    methods.every((method) => typeof Reflect.get(value, method) === 'function')
  if (typeof value === 'function' && has('handle', 'use', 'set', 'engine')) return { framework: 'express', app: value }
  if (typeof value === 'function') return undefined
  if (has('getHttpAdapter', 'init', 'useGlobalGuards')) return { framework: 'nest', app: value }
  if (has('ready', 'inject', 'register', 'addHook')) return { framework: 'fastify', app: value }
  if (Array.isArray(Reflect.get(value, 'middleware')) && has('callback', 'use')) return { framework: 'koa', app: value }
  if (Array.isArray(Reflect.get(value, 'routes')) && has('fetch', 'request')) return { framework: 'hono', app: value }
  return undefined
}

export function isServer(value: unknown): value is Server {
  return value instanceof Server
}

/** What a server calls with each request, as far as that shows: Express hands over the application itself. */
export function applicationsOf(server: Server): readonly Application[] {
  return server
    .listeners('request')
    .map(applicationOf)
    .filter((one) => one !== undefined)
}

/** Where an application is looked for when nobody says where: the usual names, in this order. */
const usualNames = ['default', 'app', 'application', 'server', 'api']
const factoryNames = ['default', 'createApp', 'buildApp', 'makeApp', 'createServer', 'buildServer', 'build', 'create']

export type Exported =
  | { readonly kind: 'application'; readonly value: unknown }
  | { readonly kind: 'factory'; readonly make: () => unknown }

/** The member of a module that leads to its application; `name` where somebody said so. */
export function exportedFrom(module: object, name?: string): Exported | undefined {
  // What CommonJS exports as an object is the default export here, and its members are what people mean.
  const inner: unknown = Reflect.get(module, 'default')
  const places = [module, ...(typeof inner === 'object' && inner !== null ? [inner] : [])]
  if (name !== undefined) {
    const value: unknown = places.map((place) => Reflect.get(place, name)).find((one) => one !== undefined)
    return value === undefined ? undefined : (factoryOf(value) ?? { kind: 'application', value })
  }
  for (const place of places) {
    for (const usual of usualNames) {
      const value: unknown = Reflect.get(place, usual)
      if (applicationOf(value) !== undefined || isServer(value) || types.isPromise(value))
        return { kind: 'application', value }
    }
  }
  for (const place of places) {
    for (const usual of factoryNames) {
      const found = factoryOf(Reflect.get(place, usual))
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** Two parameters are those of a handler or a plugin; an application is made of nothing, or of options that have defaults. */
function factoryOf(value: unknown): Exported | undefined {
  if (typeof value !== 'function' || applicationOf(value) !== undefined) return undefined
  if (value.length > 1 || Function.prototype.toString.call(value).startsWith('class')) return undefined
  return { kind: 'factory', make: () => Reflect.apply(value, undefined, []) }
}
