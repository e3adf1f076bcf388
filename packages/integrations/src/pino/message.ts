/**
 * The message of a line. It is the developer's own text: write literals, and put values into the object, where they are
 * scrubbed by name. Values put in with `%s` and its kin are scrubbed too.
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
  // The default scrubber withholds all text, and would leave no message at all. One that can tell text apart is asked.
  const asked = scrubber.id.startsWith('types/') ? message : scrubber.scrub(message)
  const text = typeof asked === 'string' ? asked : '[withheld message]'
  let at = 0
  const filled =
    values.length === 0
      ? text
      : text.replace(/%[sdifoOj%]/g, (sign) => {
          if (sign === '%%') return '%'
          return at < values.length ? written(scrubber.scrub(values[at++])) : sign
        })
  const short = filled.length > messageCharsMax ? `${filled.slice(0, messageCharsMax)}…` : filled
  return short.replace(obeyed, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A scrubbed value as text. Formatting it here keeps pino from asking it for its own idea of that. */
function written(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? (JSON.stringify(value) ?? '[value]') : String(value)
}
