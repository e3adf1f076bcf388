/**
 * Log messages whose words were written by the developer: the tag `msg`.
 *
 * A message put together from input is where most values leak, because no name says what they are. So a message is a
 * literal, and into its holes go only values that cannot hold a text of somebody else's: numbers, yes or no, words of the
 * code's own, identifiers asserted by `asId()`. Everything else belongs into the fields of the line, where it is scrubbed.
 */
import { inspect } from 'node:util'
import type { IsAny, Spelled } from './open-text.ts'
import { isPaymentCard } from './scrub/card.ts'
import { isIdentifier } from './scrub/identifier.ts'
import { placeholderOf } from './secret.ts'

const messageCharsMax = 8_192
/** Stands for a part that is not what its type promised. */
const withheld = '[withheld]'

/** What a hole of `msg` takes: `unknown` for a safe type, `never` for one that may hold anything. */
export type SafePart<T> =
  IsAny<T> extends true ? never : [T] extends [string | number | bigint | boolean | Message] ? Spelled<T> : never

/** A message made by `msg`. Loggers of ours write its text as it is; `String(message)` is the text. */
export class Message {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
    Object.freeze(this)
  }

  /** For `msg`. */
  static make(strings: TemplateStringsArray, parts: readonly unknown[]): Message {
    return new Message(isTemplate(strings) ? joined(strings, parts).slice(0, messageCharsMax) : withheld)
  }

  /** The text of a message; undefined for everything else. Runs no code of the value. */
  static textOf(value: unknown): string | undefined {
    return typeof value === 'object' && value !== null && #text in value ? value.#text : undefined
  }

  toString(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }

  [inspect.custom](): string {
    return this.#text
  }
}

/**
 * A log message. A text variable does not compile; where types are not asked, a part that is no identifier is written as
 * `[withheld]`, and a `Secret` as its placeholder. At most 8,192 characters.
 *
 *     logger.info(msg`retry ${attempt} of 5`)
 *     logger.warn({ bookingId }, msg`booking failed in ward ${asId(ward)}`)
 */
export function msg<const P extends readonly unknown[]>(
  strings: TemplateStringsArray,
  ...parts: P & { readonly [N in keyof P]: SafePart<P[N]> }
): Message {
  return Message.make(strings, parts)
}

function joined(strings: TemplateStringsArray, parts: readonly unknown[]): string {
  let text = strings[0] ?? ''
  for (const [at, part] of parts.entries()) text += written(part) + (strings[at + 1] ?? '')
  return text
}

function written(part: unknown): string {
  switch (typeof part) {
    case 'number':
    case 'bigint': {
      const digits = String(part)
      return isPaymentCard(digits) ? withheld : digits
    }
    case 'boolean':
    case 'undefined':
      return String(part)
    case 'string':
      return isIdentifier(part) ? part : withheld
    default:
      return part === null ? 'null' : (Message.textOf(part) ?? placeholderOf(part) ?? withheld)
  }
}

/** Only the compiler makes these: both lists frozen. A list put together at run time is no literal. */
function isTemplate(strings: unknown): strings is TemplateStringsArray {
  if (!Array.isArray(strings) || !Object.isFrozen(strings)) return false
  const raw: unknown = Object.getOwnPropertyDescriptor(strings, 'raw')?.value
  return Array.isArray(raw) && Object.isFrozen(raw)
}
