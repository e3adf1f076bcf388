/**
 * Keeps one logger, and every child of it, inside its rules: what children bring along cannot undo the scrubbing, their
 * bindings are scrubbed, and in production no level below the one decided at start can be switched on.
 *
 * Children inherit from the logger that made them, so what is put on the first one holds for all.
 */
import type { Bindings, ChildLoggerOptions, Logger } from 'pino'
import type { AuditedLogger } from './audited-logger.ts'
import { cleanChildOptions } from './child-options.ts'
import { cleanBindings, type FieldRules } from './fields.ts'
import { isBound, markBound } from './ids.ts'

export interface GuardRules extends FieldRules {
  /** pino's number; lower levels cannot be switched on. 0 outside production. */
  readonly floor: number
  readonly floorName: string
  /** Told when somebody tried. */
  readonly onRefused: () => void
}

const GUARDED = Symbol.for('@trailmark/integrations/pino/1')

/** Whether this logger, or the one it is a child of, was made by `auditedPino()`. */
export function isAudited(logger: object): logger is AuditedLogger {
  return Reflect.get(logger, GUARDED) === true
}

/** Puts the rules on a logger that was just made. */
export function guard(logger: Logger, rules: GuardRules): AuditedLogger {
  const { child, setBindings } = logger
  own(logger, GUARDED, true)
  own(logger, 'child', function (this: Logger, bindings: Bindings, options?: ChildLoggerOptions): Logger {
    const withIds = !isBound(this)
    const clean = cleanBindings(bindings, rules, withIds)
    const allowed = cleanChildOptions(options, rules, (level, custom) => String(atLeast(level, this, custom)))
    const made = Reflect.apply(child, this, [clean, allowed])
    if (withIds && clean['request_id'] !== undefined) markBound(made)
    return made
  })
  own(logger, 'setBindings', function (this: Logger, bindings: Bindings): void {
    Reflect.apply(setBindings, this, [cleanBindings(bindings, rules, false)])
  })
  guardLevel(logger, (level) => atLeast(level, logger))
  if (!isAudited(logger)) throw new TypeError('a logger of pino cannot be extended')
  return logger

  function atLeast(level: unknown, { levels }: Logger, custom?: Readonly<Record<string, number>>): unknown {
    const number = typeof level === 'number' ? level : (levels.values[String(level)] ?? custom?.[String(level)])
    if (number === undefined || number >= rules.floor) return level
    rules.onRefused()
    return rules.floorName
  }
}

/** `level` is an accessor that pino's loggers inherit; the same one stays behind ours. */
function guardLevel(logger: Logger, allow: (level: unknown) => unknown): void {
  const native = findAccessor(logger, 'level')
  if (native?.get === undefined || native.set === undefined) return
  const { get, set } = native
  Object.defineProperty(logger, 'level', {
    configurable: true,
    get(this: Logger): unknown {
      return Reflect.apply(get, this, [])
    },
    set(this: Logger, level: unknown) {
      Reflect.apply(set, this, [allow(level)])
    },
  })
}

function findAccessor(logger: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found
  }
  return undefined
}

function own(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
}
