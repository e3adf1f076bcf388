/** Texts that may be an identifier, read from somebody else's object. */
import { memberOf } from '../member.ts'

const charsMax = 1_024

/** `value[name]` where it is a text that is not empty and no longer than an identifier may be. */
export function textOf(value: unknown, name: string): string | undefined {
  return textIn(memberOf(value, name))
}

/** The value itself, under the same terms. */
export function textIn(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' && text.length <= charsMax ? text : undefined
}
