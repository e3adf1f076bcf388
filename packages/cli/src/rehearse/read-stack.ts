/**
 * The routes of an application that nothing tells the audit about, read from its framework's own lists, and whether the audit is
 * in them.
 *
 * Only for the finding that an audit is missing: where it is mounted its adapter tells the routes, and knows more. A path that
 * the framework does not keep as text is `*`.
 */
import { mountOf, orderProblemOf } from '@trailmark/core/http'
import type { Application } from './applications.ts'

/** Method and template. */
export type Listed = readonly [method: string, route: string]

export interface Stack {
  readonly routes: readonly Listed[]
  /** Middleware that says it is the audit, in the order of the list. */
  readonly audits: readonly unknown[]
  /** Names of known middleware in front of the first of them: body parsers, sessions, identity. */
  readonly before: readonly string[]
}

const depthMax = 32
const routesMax = 20_000

/** What shows of Express, Koa and Hono; empty for others. Never throws. */
export function readStack({ framework, app }: Application): Stack {
  const found = { routes: [] as Listed[], audits: [] as unknown[], before: [] as string[] }
  try {
    if (framework === 'express') walkExpress(listOf(routerOf(app), 'stack'), '', [], found)
    if (framework === 'koa') walkKoa(listOf(app, 'middleware'), found)
    if (framework === 'hono') walkHono(listOf(app, 'routes'), found)
  } catch {
    // What was read until here stands.
  }
  return found
}

type Found = { readonly routes: Listed[]; readonly audits: unknown[]; readonly before: string[] }

function meet(middleware: unknown, found: Found, name?: unknown): void {
  if (mountOf(middleware) !== undefined) found.audits.push(middleware)
  const called = name ?? (typeof middleware === 'function' ? middleware.name : undefined)
  if (found.audits.length > 0 || typeof called !== 'string') return
  if (orderProblemOf(called) !== undefined) found.before.push(called)
}

function walkExpress(stack: readonly unknown[], prefix: string, inside: readonly unknown[], found: Found): void {
  if (inside.length > depthMax || inside.includes(stack)) return
  for (const layer of stack) {
    const route = objectOf(layer, 'route')
    if (route !== undefined) {
      const paths: readonly unknown[] = [Reflect.get(route, 'path')].flat(depthMax)
      for (const path of paths) for (const method of methodsOf(route)) add(found, method, prefix + pathText(path))
      continue
    }
    const handle = objectOf(layer, 'handle')
    meet(handle, found, memberOf(layer, 'name'))
    const below = handle === undefined ? [] : listOf(handle, 'stack')
    if (below.length > 0) walkExpress(below, prefix + prefixOf(layer), [...inside, stack], found)
  }
}

/** Express 4 throws when `router` is read and keeps `_router`; Express 5 has `router` alone. */
function routerOf(app: object): object | undefined {
  return objectOf(app, '_router') ?? objectOf(app, 'router')
}

const allMethods = 20

function methodsOf(route: object): readonly string[] {
  const names = Object.keys(objectOf(route, 'methods') ?? {})
  return names.includes('_all') || names.length > allMethods ? ['ALL'] : names.map((name) => name.toUpperCase())
}

/** Express 5 keeps the text; of Express 4's pattern only one without parameters is read. */
function prefixOf(layer: unknown): string {
  if (memberOf(layer, 'slash') === true) return ''
  const written = memberOf(layer, 'rawPath')
  if (written !== undefined) return pathText(written).replace(/\/$/, '')
  const pattern = memberOf(layer, 'regexp')
  if (!(pattern instanceof RegExp)) return '/*'
  if (Reflect.get(pattern, 'fast_slash') === true) return ''
  const literal = /^\^((?:\\\/[\w~%-]+(?:\\[.-][\w~%-]+)*)+)\\\/\?\(\?=\\\/\|\$\)$/.exec(pattern.source)?.[1]
  return literal === undefined ? '/*' : literal.replaceAll('\\', '')
}

function walkKoa(middleware: readonly unknown[], found: Found): void {
  for (const one of middleware) {
    meet(one, found)
    const router = typeof one === 'function' ? objectOf(one, 'router') : undefined
    if (router === undefined) continue
    for (const layer of listOf(router, 'stack')) {
      for (const inner of listOf(layer, 'stack')) if (mountOf(inner) !== undefined) found.audits.push(inner)
      for (const method of listOf(layer, 'methods')) add(found, String(method), pathText(memberOf(layer, 'path')))
    }
  }
}

/** Hono lists middleware among its routes, for every method. */
function walkHono(routes: readonly unknown[], found: Found): void {
  for (const route of routes) {
    const handler = objectOf(route, 'handler')
    meet(handler, found)
    const path = pathText(memberOf(route, 'path'))
    const method = String(memberOf(route, 'method'))
    if (method !== 'ALL' || !path.endsWith('*')) add(found, method, path)
  }
}

function add(found: Found, method: string, route: string): void {
  if (found.routes.length < routesMax) found.routes.push([method.toUpperCase(), route === '' ? '/' : route])
}

function pathText(path: unknown): string {
  if (path instanceof RegExp) return `/(${path.source})`
  return typeof path === 'string' ? path : '/*'
}

function memberOf(from: unknown, name: string): unknown {
  return (typeof from === 'object' || typeof from === 'function') && from !== null ? Reflect.get(from, name) : undefined
}

function objectOf(from: unknown, name: string): object | undefined {
  const value = memberOf(from, name)
  return (typeof value === 'object' || typeof value === 'function') && value !== null ? value : undefined
}

function listOf(from: unknown, name: string): readonly unknown[] {
  const value = memberOf(from, name)
  return Array.isArray(value) ? value : []
}
