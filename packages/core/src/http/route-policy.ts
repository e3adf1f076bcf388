/**
 * The option `routes`: what the routes of code that one cannot touch do with data, said beside it, in a list or in a file.
 *
 * Rules are looked at in their order, the first that matches counts. They are found when a request comes in, before anything
 * of the application has run, so that an attempt of class `block` is durable before the handler, whatever the framework.
 */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Catalogue } from '../catalogue.ts'
import { AuditError } from '../errors.ts'
import type { Declaration, RawRequest, RawResponse } from './exchange.ts'
import type { RoutedRequest } from './route-paths.ts'
import { type CompiledRule, compileRule, invalid, type RouteRule } from './route-rules.ts'
import { type Params, type PathSegments, splitPath } from './route-template.ts'
import { bindStatement, verbOf } from './statement.ts'

const rulesMax = 1_000
const fileBytesMax = 262_144
const listMax = 20
const queryCharsMax = 8_192

/** What a rule says of one request. */
export interface RoutedDeclaration {
  /** The rule's own, for frameworks that know none. */
  readonly template: string
  readonly declaration: Declaration
}

interface Found {
  readonly rule: CompiledRule
  readonly params: Params
}

export class RoutePolicy {
  /** The rules as they were given, for the hash of the configuration in force. */
  readonly plain: readonly unknown[]
  readonly #rules: readonly CompiledRule[]
  /** Rules by the first segment, in their order, those that begin with a parameter among them. */
  readonly #byFirst = new Map<string, readonly CompiledRule[]>()
  readonly #others: readonly CompiledRule[]

  constructor(rules: readonly unknown[], at: string, catalogue: Catalogue) {
    if (rules.length > rulesMax) throw invalid(at, `has ${rules.length} entries; at most ${rulesMax} are allowed`)
    this.plain = rules
    this.#rules = rules.map((rule, i) => compileRule(rule, `${at}[${i}]`, catalogue))
    this.#others = this.#rules.filter(({ template }) => template.first === undefined)
    for (const { template } of this.#rules) {
      const { first } = template
      if (first === undefined || this.#byFirst.has(first)) continue
      const sharing = this.#rules.filter((one) => one.template.first === undefined || one.template.first === first)
      this.#byFirst.set(first, sharing)
    }
  }

  /** What this request was declared to do; undefined where no rule matches, and where one says that it needs no record. */
  declare(req: RawRequest, res: RawResponse, body: () => unknown): RoutedDeclaration | undefined {
    // Frameworks that mount an application under a prefix, or rewrite the target, keep what the client wrote.
    const original: unknown = Reflect.get(req, 'originalUrl')
    const written = typeof original === 'string' ? original : (req.url ?? '/')
    const method = req.method ?? 'GET'
    const found =
      this.#find(method, written) ??
      (req.url === written ? undefined : this.#find(method, req.url ?? '/')) ??
      this.#findForgiven(method, written)
    if (found === undefined || 'exempt' in found.rule.says) return undefined
    const asked = requestOf(req, res, found.params, body)
    return { template: found.rule.template.text, declaration: bindStatement(found.rule.says, asked) }
  }

  /** What the coverage says of a route that the application mounts; `route` is a template, which a rule may match as well. */
  coverageOf(route: string, method: string): { readonly verb?: string; readonly reason?: string } | undefined {
    const says = this.#find(method, route)?.rule.says
    if (says === undefined) return undefined
    return 'exempt' in says ? { reason: says.exempt } : { verb: verbOf(says) }
  }

  /** Spellings that one framework alone serves: a segment of nothing for `:name`, and what stands before a semicolon. */
  #findForgiven(method: string, target: string): Found | undefined {
    const empty = /\/\/|\/(?:[?#;]|$)/.test(target) ? this.#match(method, splitPath(target, true)) : undefined
    if (empty !== undefined) return empty
    const semicolon = target.indexOf(';')
    if (semicolon === -1) return undefined
    const before = target.slice(0, semicolon)
    return this.#find(method, before) ?? this.#match(method, splitPath(before, true))
  }

  #find(method: string, target: string): Found | undefined {
    return this.#match(method, splitPath(target))
  }

  #match(method: string, path: PathSegments | undefined): Found | undefined {
    if (path === undefined) return undefined
    const [first] = path.folded
    for (const rule of (first === undefined ? undefined : this.#byFirst.get(first)) ?? this.#others) {
      if (rule.methods === undefined ? method === 'OPTIONS' : !rule.methods.has(method)) continue
      const params = rule.template.match(path)
      if (params !== undefined) return { rule, params }
    }
    return undefined
  }
}

function requestOf(req: RawRequest, res: RawResponse, params: Params, body: () => unknown): RoutedRequest {
  return {
    params,
    query(name) {
      const from = (req.url ?? '').indexOf('?')
      if (from === -1) return []
      const query = new URLSearchParams((req.url ?? '').slice(from + 1, from + 1 + queryCharsMax))
      return query.getAll(name).slice(0, listMax)
    },
    header: (name) => req.headers[name],
    body,
    redirect() {
      const location: unknown = res.getHeader('location')
      return typeof location === 'string' ? location : undefined
    },
  }
}

/**
 * Reads the option `routes`: a list of rules, or the path of a JSON file with one. Throws `AUDIT_OPTION_INVALID` naming the
 * file, the entry and the member; a file may have 256 KiB, a list 1,000 entries.
 */
export function readRoutePolicy(
  routes: readonly RouteRule[] | string | undefined,
  cwd: string,
  catalogue: Catalogue,
): RoutePolicy | undefined {
  if (routes === undefined) return undefined
  const given: unknown = routes
  if (Array.isArray(given)) return new RoutePolicy(given, 'routes', catalogue)
  if (typeof given !== 'string' || given === '' || given.includes('\0'))
    throw invalid('routes', 'must be a list of rules, or the path of a JSON file with one')
  const file = resolve(cwd, given)
  const rules: unknown = parse(file)
  if (!Array.isArray(rules)) throw invalid(`routes: ${file}`, 'must hold a list of rules')
  return new RoutePolicy(rules, `routes: ${file}`, catalogue)
}

function parse(file: string): unknown {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > fileBytesMax) throw invalid(`routes: ${file}`, `has ${size} bytes; at most ${fileBytesMax} are allowed`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof AuditError) throw error
    const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
    throw invalid(`routes: ${file}`, `cannot be read (${String(code)})`)
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words quote the file.
    throw invalid(`routes: ${file}`, 'is no JSON')
  }
}
