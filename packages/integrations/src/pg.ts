/**
 * node-postgres: every statement that a client sends is access below the route.
 *
 * Pools end in clients, and so does everything built on the driver, so `query()` of the client is the one place that is
 * watched. A pool hands out clients in whatever request released one; its callbacks run in the request that asked.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, currentContext, runInContext, watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { countOf, listOf, memberOf } from './member.ts'
import { watchProtocol } from './pg/protocol-watch.ts'
import { type SentStatement, type StatementResult, StatementWatch } from './statement-watch.ts'

/** What is called of a client or a pool. */
export interface PgQueryable {
  query(...given: never[]): unknown
}

/** What is called of the module, where all of its clients and pools are meant. */
export interface PgModule {
  readonly Client: { readonly prototype: PgQueryable }
}

export interface PgOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

const FOLLOWED = Symbol.for('@trailmark/integrations/pg/1')

/**
 * Records what statements read and write of tables that the option `data` of the audit declares, as `data_access`,
 * `data_create`, `data_update` and `data_delete`. Takes a pool, a client, or the module `pg` itself for all that it makes, and
 * returns it. Clients that a pool has lent out by now are not seen until they are back.
 *
 * Throws `AUDIT_LIBRARY_UNKNOWN` for anything else.
 *
 *     const pool = auditPg(new pg.Pool())
 */
export function auditPg<T extends PgQueryable | PgModule>(target: T, options: PgOptions = {}): T {
  checkOptions('auditPg()', options)
  const where = 'auditPg(pool)'
  const watch = new StatementWatch('postgres', options.audit)
  watch.layer = 'driver'
  const client = prototypeOf(memberOf(target, 'Client'))
  const pool = prototypeOf(memberOf(target, 'Pool'))
  if (client !== undefined && typeof memberOf(target, 'query') !== 'function') {
    watchClient(where, client, watch)
    if (pool !== undefined) watchConnect(where, pool)
  } else if (isPool(target)) {
    watchPool(where, target, watch)
  } else if (isClient(target)) {
    watchClient(where, target, watch)
  } else {
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: a Pool or a Client of the package pg, or pg itself, is expected`,
    )
  }
  return target
}

function prototypeOf(made: unknown): object | undefined {
  const found = typeof made === 'function' ? memberOf(made, 'prototype') : undefined
  return typeof found === 'object' && found !== null ? found : undefined
}

function isPool(target: object): boolean {
  return (
    typeof memberOf(target, 'query') === 'function' &&
    typeof memberOf(target, 'connect') === 'function' &&
    typeof memberOf(target, 'totalCount') === 'number' &&
    typeof memberOf(target, 'on') === 'function'
  )
}

function isClient(target: object): boolean {
  return typeof memberOf(target, 'query') === 'function' && typeof memberOf(target, 'escapeIdentifier') === 'function'
}

function watchPool(where: string, pool: object, watch: StatementWatch): void {
  if (!watchConnect(where, pool)) return
  const on = memberOf(pool, 'on')
  const acquired = (client: unknown): void => {
    if (typeof client === 'object' && client !== null) watchClient(where, client, watch)
  }
  // Told before whoever asked for the client has it.
  if (typeof on === 'function') Reflect.apply(on, pool, ['acquire', acquired])
}

/** `pool.query()` asks for a client with a callback as well. */
function watchConnect(where: string, pool: object): boolean {
  return wrapOnce(
    where,
    pool,
    'connect',
    (inner): AnyFunction =>
      function connect(this: unknown, ...given) {
        const [callback] = given
        if (typeof callback !== 'function') return Reflect.apply(inner, this, given)
        const context = currentContext()
        const called = (...answer: unknown[]): unknown =>
          runInContext(context, () => Reflect.apply(callback, undefined, answer))
        return Reflect.apply(inner, this, [called, ...given.slice(1)])
      },
  )
}

function watchClient(where: string, client: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    client,
    'query',
    (inner): AnyFunction =>
      function query(this: unknown, ...given) {
        const connection = typeof this === 'object' && this !== null ? this : client
        const sent = watch.send(textOf(given[0], connection), connection)
        if (sent === undefined) return Reflect.apply(inner, this, given)
        followEnd(connection, watch)
        return send(where, inner, this, given, sent)
      },
  )
}

/** What a client had begun when it was lost never happened. */
function followEnd(client: object, watch: StatementWatch): void {
  const once = memberOf(client, 'once')
  if (Object.hasOwn(client, FOLLOWED) || !isFunction(once)) return
  Object.defineProperty(client, FOLLOWED, { value: true })
  Reflect.apply(once, client, ['end', () => watch.end(client, false)])
}

function send(where: string, inner: AnyFunction, client: unknown, given: unknown[], sent: SentStatement): unknown {
  const [config] = given
  const call = (...with_: unknown[]): unknown => Reflect.apply(inner, client, with_)
  if (typeof config === 'object' && config !== null && typeof memberOf(config, 'submit') === 'function') {
    watchProtocol(where, config, sent)
    return call(...given)
  }
  const ended = onceEnded(sent)
  const watched = (callback: AnyFunction): AnyFunction =>
    function answered(this: unknown, ...answer) {
      if (answer[0] === undefined || answer[0] === null) ended.value(answer[1])
      else ended.error()
      return Reflect.apply(callback, this, answer)
    }
  const at = given.findLastIndex((one, n) => n > 0 && typeof one === 'function')
  const last = given[at]
  if (isFunction(last)) return failing(ended, () => call(...given.with(at, watched(last))))
  const inside: unknown = memberOf(config, 'callback')
  // The configuration is the caller's, and may be used again.
  if (isFunction(inside) && typeof config === 'object' && config !== null)
    return failing(ended, () => call(withCallback(config, watched(inside)), ...given.slice(1)))
  return watchCall(
    () => call(...given),
    (end) => (end.failed ? ended.error() : ended.value(end.value)),
  )
}

/** The configuration is the caller's, and may be used again. */
function withCallback(config: object, callback: AnyFunction): object {
  const own = { ...Object.getOwnPropertyDescriptors(config), callback: { value: callback, enumerable: true } }
  return Object.create(Object.getPrototypeOf(config), own)
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** A statement that times out is answered twice. */
function onceEnded(sent: SentStatement): { value(result: unknown): void; error(): void } {
  let told = false
  const first = (): boolean => {
    const before = told
    told = true
    return !before
  }
  return {
    value: (result) => void (first() && sent.succeeded(resultOf(result))),
    error: () => void (first() && sent.failed()),
  }
}

/** With a callback only a mistake in the call throws. */
function failing(ended: { error(): void }, call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    ended.error()
    throw error
  }
}

/** The text of whatever `query()` takes; a prepared statement may be sent by its name alone. */
function textOf(config: unknown, client: object): unknown {
  if (typeof config === 'string') return config
  const text = memberOf(config, 'text') ?? memberOf(memberOf(config, 'cursor'), 'text')
  if (typeof text === 'string') return text
  const name = memberOf(config, 'name')
  const connection = memberOf(client, 'connection')
  return typeof name === 'string' ? memberOf(memberOf(connection, 'parsedStatements'), name) : undefined
}

function resultOf(result: unknown): StatementResult {
  if (Array.isArray(result)) return { each: result.map(resultOf) }
  const rows = listOf(memberOf(result, 'rows'))
  const fields = listOf(memberOf(result, 'fields'))
  const columns = Array.isArray(rows[0]) ? fields.map((field) => String(memberOf(field, 'name'))) : undefined
  const affected = countOf(memberOf(result, 'rowCount'))
  // What answers with no columns answers no rows: that is not the same as having found none.
  return { rows: fields.length === 0 ? undefined : rows, columns, affected, countOf: () => affected }
}
