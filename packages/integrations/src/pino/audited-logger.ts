/** What our loggers take besides what pino takes: messages made with `msg`, and, where asked for, nothing else. */
import type { Message, SafePart } from '@trailmark/core'
import type { Bindings, ChildLoggerOptions, Logger } from 'pino'

type Levels = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

interface TakesMessages {
  (message: Message): void
  (fields: unknown, message: Message): void
}

/** A pino logger that also takes a `Message`; it goes wherever pino's goes. */
export type AuditedLogger = Readonly<Record<Levels, TakesMessages>> & {
  child(bindings: Bindings, options?: ChildLoggerOptions): AuditedLogger
} & Logger

interface TakesLiterals {
  /** A literal, or what `msg` made. A variable of type `string` does not compile. */
  <const M extends string | Message>(message: M & SafePart<M>): void
  <const F, const M extends string | Message>(fields: FieldsOf<F>, message?: M & SafePart<M>): void
}

/** An object. `any` could be a text, too. */
type FieldsOf<F> = 0 extends 1 & F ? never : F extends object ? F : never

/** A logger whose messages are literals or made with `msg`. */
export type LiteralLogger = Readonly<Record<Levels, TakesLiterals>> & {
  child(bindings: Bindings): LiteralLogger
}

/**
 * The same logger under a narrower type: a message that was put together at run time does not compile.
 *
 *     const log = literalsOnly(auditedPino({ audit }))
 *     log.info({ count }, 'letters sent')
 *     log.info(msg`retry ${count}`)
 *     log.info(`hello ${name}`)     // does not compile
 */
export function literalsOnly(logger: AuditedLogger): LiteralLogger {
  return logger
}
