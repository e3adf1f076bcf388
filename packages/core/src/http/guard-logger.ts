/**
 * Keeps a framework's own logger inside our rules: whatever is logged through it, or through a child of it, is cleaned first.
 *
 * For pino and everything that looks like it: methods named after levels that take an object, a message and values, and `child`.
 * Only the object we are given is changed, by own properties. pino writes its methods anew whenever a level changes, on the
 * logger or on a child that inherits from it; so they are accessors here, which keep what pino writes behind the cleaning.
 */
import { cleanLogged, fieldsOf, type LogRules } from './log-fields.ts'

export interface LoggerRules extends LogRules {
  /** Levels that are not written at all: those below INFO in production. */
  readonly refused: ReadonlySet<string>
  /** Told when somebody logs at one of those and the logger would have written it. */
  readonly onRefused: () => void
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
/** A logger that says it keeps these rules itself. */
const ownRules = Symbol.for('@trailmark/integrations/pino/1')
const guarded = new WeakSet<object>()

/**
 * From now on nothing reaches `logger` uncleaned, nor any child made from now on. Guarding twice changes nothing; a logger
 * that does nothing is left alone, as is one of `auditedPino()`. Never throws.
 */
export function guardLogger(logger: object, rules: LoggerRules): void {
  try {
    if (isGuarded(logger) || Reflect.get(logger, ownRules) === true || isSilent(logger)) return
    guarded.add(logger)
    for (const name of namesOf(logger)) guardMethod(logger, name, rules)
    guardChildren(logger, rules)
    guardBindings(logger, rules)
    guardMixin(logger, rules)
  } catch {
    // Frozen, or a proxy: it stays what it was.
  }
}

/** Itself, or what it inherits from. */
function isGuarded(logger: object): boolean {
  for (let at: object | null = logger; at !== null; at = Reflect.getPrototypeOf(at)) if (guarded.has(at)) return true
  return false
}

/** Fastify's logger of applications without one: a single object for all of them, whose methods are one and the same. */
function isSilent(logger: object): boolean {
  return (
    Reflect.get(logger, 'info') === Reflect.get(logger, 'fatal') && typeof Reflect.get(logger, 'level') !== 'string'
  )
}

/** The usual levels, and those of the application's own. */
function namesOf(logger: object): ReadonlySet<string> {
  const known: unknown = Reflect.get(logger, 'levels')
  const values: unknown = typeof known === 'object' && known !== null ? Reflect.get(known, 'values') : undefined
  const custom = typeof values === 'object' && values !== null ? Object.keys(values) : []
  return new Set([...levels, ...custom].filter((name) => typeof Reflect.get(logger, name) === 'function'))
}

type Method = (...given: unknown[]) => unknown

function guardMethod(logger: object, name: string, rules: LoggerRules): void {
  const behind = new WeakMap<object, unknown>([[logger, Reflect.get(logger, name)]])
  function native(from: object): unknown {
    for (let at: object | null = from; at !== null; at = Reflect.getPrototypeOf(at)) {
      if (behind.has(at)) return behind.get(at)
    }
    return behind.get(logger)
  }
  function cleaned(this: object | undefined, ...given: unknown[]): unknown {
    const target = this ?? logger
    const method = native(target)
    if (!isMethod(method) || method.name === 'noop') return undefined
    if (rules.refused.has(name)) return rules.onRefused()
    const clean = cleanLogged(given, rules)
    try {
      return Reflect.apply(method, target, clean)
    } catch {
      // A serialiser of the application's did not expect what cleaning has left.
      return Reflect.apply(method, target, clean.filter((one) => typeof one === 'string').slice(0, 1))
    }
  }
  Object.defineProperty(logger, name, {
    configurable: true,
    enumerable: true,
    get: () => cleaned,
    set(this: object, method: unknown) {
      behind.set(this, method)
    },
  })
}

function guardChildren(logger: object, rules: LoggerRules): void {
  const child: unknown = Reflect.get(logger, 'child')
  if (!isMethod(child)) return
  own(logger, 'child', function guardedChild(this: object, bindings: unknown, ...others: unknown[]): unknown {
    const made: unknown = Reflect.apply(child, this, [fieldsOf(bindings, rules), ...others])
    // pino's inherits from the logger that made it and is guarded thereby; others are objects of their own.
    if (typeof made === 'object' && made !== null && made !== this) {
      guardLogger(made, rules)
      guardNewLevels(made, rules)
    }
    return made
  })
}

/** Children may bring levels that their logger does not have. */
function guardNewLevels(child: object, rules: LoggerRules): void {
  if (!Object.hasOwn(child, 'levels')) return
  for (const name of namesOf(child)) {
    if (Object.getOwnPropertyDescriptor(child, name)?.value !== undefined) guardMethod(child, name, rules)
  }
}

function guardBindings(logger: object, rules: LoggerRules): void {
  const setBindings: unknown = Reflect.get(logger, 'setBindings')
  if (!isMethod(setBindings)) return
  own(logger, 'setBindings', function guardedBindings(this: object, bindings: unknown): unknown {
    return Reflect.apply(setBindings, this, [fieldsOf(bindings, rules)])
  })
}

/** What an application adds to each line by itself; pino keeps the function under a symbol of its own. */
function guardMixin(logger: object, rules: LoggerRules): void {
  for (let at: object | null = logger; at !== null; at = Reflect.getPrototypeOf(at)) {
    const symbol = Object.getOwnPropertySymbols(at).find(({ description }) => description === 'pino.mixin')
    const mixin: unknown = symbol === undefined ? undefined : Reflect.get(at, symbol)
    if (symbol === undefined || !isMethod(mixin)) continue
    own(logger, symbol, (...given: unknown[]) => fieldsOf(mixin(...given), rules))
    return
  }
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

function own(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
}
