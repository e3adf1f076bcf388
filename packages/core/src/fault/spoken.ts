/**
 * Errors that are told of beside themselves: the same log call has the error, and its message in a text as well.
 */
import { own } from '../scrub/read.ts'
import { causesOf } from './causes.ts'
import { templateOf } from './templates.ts'
import { classify } from './type.ts'

/** A message shorter than this is not looked for: it would be found everywhere. */
const quotedCharsMin = 4
const textCharsMax = 8_192
const errorsMax = 8
const wordBefore = /[\p{L}\p{N}]$/u
const wordBehind = /^[\p{L}\p{N}]/u

/**
 * The text with the messages of `errors` and of what caused them replaced by the libraries' templates for them, or by the type
 * of the error: `save failed: password authentication failed for user "ann"` becomes
 * `save failed: password authentication failed for user *`. Runs no code of the errors; never throws.
 */
export function withoutMessagesOf(errors: readonly object[], text: string): string {
  let shown = text
  for (const error of errors.slice(0, errorsMax)) {
    for (const one of [error, ...causesOf(error)]) shown = withoutMessageOf(one, shown)
  }
  return shown
}

function withoutMessageOf(error: unknown, text: string): string {
  if (typeof error !== 'object' || error === null) return text
  const said = own(error, 'message')
  if (typeof said !== 'string' || said.length < quotedCharsMin) return text
  const quoted = said.slice(0, textCharsMax)
  const found = text.includes(quoted) ? quoted : firstLine(quoted)
  if (found === undefined || !text.includes(found)) return text
  // A message that is its own template says nothing of anybody.
  const instead = templateOf(quoted) ?? classify(error).type
  if (instead === found) return text
  return text.replaceAll(found, (whole, at: number) => (isApart(text, at, whole.length) ? instead : whole))
}

/** Of several lines the first one may have been quoted alone. */
function firstLine(message: string): string | undefined {
  const end = message.indexOf('\n')
  return end >= quotedCharsMin ? message.slice(0, end) : undefined
}

/** Not a part of longer words, as `fail` is of `failed`. */
function isApart(text: string, at: number, length: number): boolean {
  const [before, behind] = [text.slice(Math.max(0, at - 2), at), text.slice(at + length, at + length + 2)]
  return !(wordBefore.test(before) && wordBehind.test(text.slice(at, at + 2))) && !wordBehind.test(behind)
}
