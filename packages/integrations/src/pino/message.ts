/**
 * The message of a line. Write literals, and put values into the object, where they are scrubbed by name. Values put in with
 * `%s` and its kin are scrubbed too.
 *
 * Frameworks and drivers build their messages out of input (`Route GET:/patients/ann not found`). The default scrubber knows
 * no text, so of a message it keeps the words and withholds what looks like data.
 */
import { types } from 'node:util'
import { cleanFields, type FieldRules, type Fields } from './fields.ts'

const messageCharsMax = 8_192

/** Line breaks and what a terminal or a viewer would obey, beyond the control characters that JSON escapes. */
const obeyed = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** The arguments of a log call as pino may have them: the fields, and a message in which values stand already. */
export function cleanArguments(args: readonly unknown[], rules: FieldRules): [Fields, string] | [Fields] {
  const [first, ...others] = args
  if (typeof first === 'string') return [{}, cleanMessage(first, others, rules)]
  const fields = first === undefined || first === null ? {} : cleanFields(first, rules)
  const [message, ...values] = others
  if (typeof message === 'string') return [fields, cleanMessage(message, values, rules)]
  return [{ ...fields, ...secondFields(others, rules) }]
}

/** What stands where a message should: an error is kept as one, anything else by its shape. */
function secondFields(others: readonly unknown[], rules: FieldRules): Fields {
  const given = others.filter((one) => one !== undefined)
  if (given.length === 0) return {}
  const error = given.find((one) => types.isNativeError(one))
  return error === undefined ? { values: rules.scrubber.scrub(given) } : { error: rules.safeError(error) }
}

function cleanMessage(message: string, values: readonly unknown[], { scrubber }: FieldRules): string {
  const bounded = message.length > messageCharsMax ? `${message.slice(0, messageCharsMax)}…` : message
  const asked = scrubber.id.startsWith('types/') ? wordsOf(bounded) : scrubber.scrub(bounded)
  const text = typeof asked === 'string' ? asked : '[withheld message]'
  return fill(text, values, scrubber).replace(
    obeyed,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const word = /^["'([{<]?[\p{L}\p{M}_'’-]{1,30}["')\]}>]?[.,:;!?…]{0,3}$/u
const smallNumber = /^\(?\d{1,3}(?:ms|s|%)?\)?[.,:;]?$/
const placeholder = /^["'(]?%[sdifoOj%]["')]?[.,:;!?]?$/
const signs = /^[^\p{L}\p{N}]{1,3}$/u

/** The words, small numbers and signs of a text; runs of anything else are one mark. */
function wordsOf(text: string): string {
  return text
    .split(/\s+/)
    .map((one) =>
      word.test(one) || smallNumber.test(one) || placeholder.test(one) || signs.test(one) ? one : '[withheld]',
    )
    .filter((one, at, all) => one !== '[withheld]' || all[at - 1] !== one)
    .join(' ')
    .trim()
}

function fill(text: string, values: readonly unknown[], scrubber: FieldRules['scrubber']): string {
  if (values.length === 0) return text
  let at = 0
  const filled = text.replace(/%[sdifoOj%]/g, (sign) => {
    if (sign === '%%') return '%'
    return at < values.length ? written(scrubber.scrub(values[at++])) : sign
  })
  return filled.length > 2 * messageCharsMax ? `${filled.slice(0, 2 * messageCharsMax)}…` : filled
}

/** A scrubbed value as text. Formatting it here keeps pino from asking it for its own idea of that. */
function written(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? (JSON.stringify(value) ?? '[value]') : String(value)
}
