/**
 * The message of a line, with its values put in and everything scrubbed.
 *
 * Write literals, best with `msg`: their text is written as it is. Any other message is text of unknown origin (frameworks
 * and drivers build theirs out of input: `Route GET:/patients/ann not found`) and passes the scrubber as a whole, after the
 * values of `%s` and its kin were put in: only beside `token:` is it clear what a value is.
 */
import { Message } from '@trailmark/core'
import { isError, withoutMessagesOf } from '@trailmark/core/integration'
import { cleanFields, type FieldRules } from './fields.ts'
import { type Fields, placed } from './line-names.ts'

const messageCharsMax = 8_192

/** Line breaks, what a terminal or a viewer would obey, and half characters. */
const obeyed = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * The arguments of a log call as pino may have them: the fields, and a message in which values stand already. `hasIds` says
 * that the line gets the ids of a request.
 */
export function cleanArguments(
  args: readonly unknown[],
  rules: FieldRules,
  hasIds: boolean,
): [Fields, string] | [Fields] {
  const [first, ...others] = args
  if (isText(first)) return withMessage({}, first, others, others.filter(isError), rules)
  if (first === undefined || first === null) return withFields({}, others, others.filter(isError), rules)
  const { fields, moved, spoken, errors: within } = cleanFields(first, rules)
  const errors = [...within, ...others.filter(isError)]
  const given = isText(others[0])
  // A line has one message: a second one is a field.
  const second = spoken !== undefined && given ? { [spoken.key]: said(spoken.text, errors, rules) } : {}
  const all = placed(fields, { ...moved, ...second }, !hasIds, 'fields')
  if (given || spoken === undefined) return withFields(all, others, errors, rules)
  return withMessage(all, spoken.text, others, errors, rules)
}

function withFields(
  fields: Fields,
  others: readonly unknown[],
  errors: readonly object[],
  rules: FieldRules,
): [Fields, string] | [Fields] {
  const [message, ...values] = others
  if (isText(message)) return withMessage(fields, message, values, errors, rules)
  return [{ ...fields, ...leftFields(others, errors, rules) }]
}

function isText(value: unknown): value is string | Message {
  return typeof value === 'string' || Message.textOf(value) !== undefined
}

function withMessage(
  fields: Fields,
  message: string | Message,
  values: readonly unknown[],
  errors: readonly object[],
  rules: FieldRules,
): [Fields, string] {
  if (typeof message !== 'string') return [{ ...fields, ...leftFields(values, errors, rules) }, asLine(String(message))]
  const { text, used } = values.length === 0 ? { text: message, used: 0 } : fill(message, values, errors, rules)
  const left = used < values.length ? leftFields(values.slice(used), errors, rules) : undefined
  return [left === undefined ? fields : { ...fields, ...left }, asLine(said(text, errors, rules))]
}

/** What may be written of a text beside errors. */
function said(text: string | Message, errors: readonly object[], rules: FieldRules): string {
  if (typeof text !== 'string') return String(text)
  return rules.text(errors.length === 0 ? text : withoutMessagesOf(errors, text))
}

/** What stands where no message wants it: an error is kept as one, anything else by what the scrubber leaves of it. */
function leftFields(others: readonly unknown[], errors: readonly object[], rules: FieldRules): Fields {
  const given = others.filter((one) => one !== undefined)
  if (given.length === 0) return {}
  const error = given.find(isError)
  const values = given.filter((one) => one !== error).map((one) => unquoted(one, errors))
  return {
    ...(error !== undefined && { error: rules.safeError(error) }),
    ...(values.length > 0 && { values: rules.scrub(values) }),
  }
}

function fill(
  text: string,
  values: readonly unknown[],
  errors: readonly object[],
  rules: FieldRules,
): { text: string; used: number } {
  let used = 0
  const filled = text.slice(0, messageCharsMax).replace(/%[sdifoOj%]/g, (sign) => {
    if (sign === '%%') return '%'
    return used < values.length ? written(unquoted(values[used++], errors), rules) : sign
  })
  return { text: filled, used }
}

const unquoted = (value: unknown, errors: readonly object[]): unknown =>
  typeof value === 'string' && errors.length > 0 ? withoutMessagesOf(errors, value) : value

/** A value as text, scrubbed. Formatting it here keeps pino from asking it for its own idea of that. */
function written(value: unknown, rules: FieldRules): string {
  const safe = rules.scrub(value)
  if (typeof safe === 'string') return safe
  return typeof safe === 'object' ? (JSON.stringify(safe) ?? '[value]') : String(safe)
}

/** The scrubber's own texts are one line already; what another scrubber or a literal says becomes one. */
function asLine(text: string): string {
  const bounded = text.length > messageCharsMax ? `${text.slice(0, messageCharsMax)}…` : text
  return bounded.replace(obeyed, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
