/**
 * What an application prints with `console.*`, scrubbed on its way: the option `console: 'scrub'`.
 *
 * Only the functions of the one console object are replaced, and put back when the audit closes. What is printed still goes
 * where it went, in the same order; but every argument passes the scrubber first, one call stays one line, and lines below
 * the level in force are left out.
 */
import { formatWithOptions } from 'node:util'
import type { Scrubber } from './scrub/scrubber.ts'

export interface ConsoleGuard {
  readonly scrubber: Pick<Scrubber, 'scrub' | 'text'>
  /** Whether lines of this level are printed. */
  readonly enabled: (level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR') => boolean
  /** Default: the console of this process. */
  readonly target?: Console
}

const levels = {
  log: 'INFO',
  info: 'INFO',
  debug: 'DEBUG',
  warn: 'WARNING',
  error: 'ERROR',
  trace: 'ERROR',
  group: 'INFO',
  groupCollapsed: 'INFO',
  dir: 'INFO',
  dirxml: 'INFO',
  table: 'INFO',
} as const

type Method = keyof typeof levels
const isMethod = (name: string): name is Method => Object.hasOwn(levels, name)
const methods = Object.keys(levels).filter(isMethod)
/** `trace` adds a stack, `table` and `dir` draw: what they are given is printed by these instead, on the same stream. */
const printedBy: Partial<Record<Method, 'log' | 'error'>> = { trace: 'error', dir: 'log', dirxml: 'log', table: 'log' }
/** A call with more arguments is cut: nobody reads them, and each costs. */
const argumentsMax = 32
const guarded = new WeakSet<object>()

/** Replaces the printing functions; the answer puts back those that nobody replaced since. */
export function guardConsole({ scrubber, enabled, target = globalThis.console }: ConsoleGuard): () => void {
  // A second audit in the process would scrub what is scrubbed.
  if (guarded.has(target)) return () => undefined
  guarded.add(target)
  const replaced: (() => void)[] = []
  const replace = (name: Method | 'assert', safe: (...args: unknown[]) => void): void => {
    const original = target[name]
    Reflect.set(target, name, safe)
    replaced.push(() => {
      if (target[name] === safe) Reflect.set(target, name, original)
    })
  }
  const { assert } = target
  const printers = new Map(methods.map((name) => [name, target[printedBy[name] ?? name]] as const))
  for (const [name, print] of printers) {
    replace(name, (...args) => {
      if (enabled(levels[name])) Reflect.apply(print, target, args.length === 0 ? [] : ['%s', oneLine(args, scrubber)])
    })
  }
  replace('assert', (holds, ...args) => {
    if (!holds) Reflect.apply(assert, target, args.length === 0 ? [false] : [false, '%s', oneLine(args, scrubber)])
  })
  return () => {
    guarded.delete(target)
    for (const putBack of replaced) putBack()
  }
}

/**
 * One call as one line. Values are scrubbed by their names; texts are put together first and scrubbed then, because the word
 * that gives a secret away often stands in another argument than the secret.
 */
function oneLine(args: readonly unknown[], scrubber: ConsoleGuard['scrubber']): string {
  try {
    const safe = args.slice(0, argumentsMax).map((one) => (typeof one === 'string' ? one : scrubber.scrub(one)))
    return scrubber.text(
      formatWithOptions({ depth: 12, breakLength: Number.POSITIVE_INFINITY, compact: true }, ...safe),
    )
  } catch {
    return '[scrub_failed]'
  }
}
