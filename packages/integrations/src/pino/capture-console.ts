/** What the application prints with `console.*` becomes lines of a logger made by `auditedPino()`. */
import { types } from 'node:util'
import { AuditError } from '@trailmark/core'
import type { Logger } from 'pino'
import { isAudited } from './guard.ts'

const levels = {
  log: 'info',
  info: 'info',
  debug: 'debug',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
  dir: 'info',
  dirxml: 'info',
  table: 'info',
} as const

type Method = keyof typeof levels
const isMethod = (name: string): name is Method => Object.hasOwn(levels, name)

/**
 * From now on `console.log` and its kin write to `logger`: scrubbed, with the ids of the request, one line a call. The answer
 * puts the console back as it was.
 *
 * Only functions of the global console are replaced. What a library took from it before goes on printing.
 *
 *     const restore = captureConsole(auditedPino({ service: 'clinic' }))
 *
 * Throws AUDIT_OPTION_INVALID for a logger that `auditedPino()` did not make: it would print what it is given.
 */
export function captureConsole(logger: Logger, target: Console = globalThis.console): () => void {
  if (!isAudited(logger))
    throw new AuditError('AUDIT_OPTION_INVALID', 'logger: must be made by auditedPino(), or a child of such a logger')
  const putBack: (() => void)[] = []
  for (const name of Object.keys(levels).filter(isMethod)) {
    const original = target[name]
    const captured = (...args: unknown[]): void => write(logger, levels[name], args)
    Reflect.set(target, name, captured)
    putBack.push(() => {
      if (target[name] === captured) Reflect.set(target, name, original)
    })
  }
  return () => {
    for (const one of putBack) one()
  }
}

/** pino takes the fields first: the error that was printed, or the first object. */
function write(logger: Logger, level: (typeof levels)[Method], args: readonly unknown[]): void {
  const error = args.find((one) => types.isNativeError(one))
  const fields = error ?? args.find((one) => typeof one === 'object' && one !== null)
  const [message, ...values] = args.filter((one) => one !== fields)
  const text = typeof message === 'string' ? message : undefined
  const others = text === undefined && message !== undefined ? [message, ...values] : values
  const merged = others.length === 0 || text?.includes('%') === true ? fields : withValues(fields, others)
  logger[level](merged ?? {}, text ?? 'console', ...(text?.includes('%') === true ? values : []))
}

function withValues(fields: unknown, values: readonly unknown[]): object {
  return fields === undefined
    ? { values }
    : types.isNativeError(fields)
      ? { error: fields, values }
      : { fields, values }
}
