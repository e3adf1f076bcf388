/**
 * Text and numbers as JSON on one line, safe to print: the only place where strings become bytes of a record.
 *
 * Beyond what RFC 8259 asks, characters that a terminal or a log viewer would obey are written as \uXXXX: C1 controls, the
 * line separators, the marks that turn the direction of text. Parsing gives the same string back, so nothing is lost.
 */

/** Everything that may need escaping; ordinary identifiers and tokens never match, and most strings are those. */
const unusual = /[^ !#-[\]-~]/
const obeyed = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A string as JSON. Lone surrogates become escapes and parse back as they were. */
export function quote(text: string): string {
  return unusual.test(text) ? JSON.stringify(text).replace(obeyed, escaped) : `"${text}"`
}

/** A plain object as JSON on one line, as safe to print as `quote`. */
export function quoteObject(object: object): string {
  return JSON.stringify(object).replace(obeyed, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A number as JSON; −0 is 0. Undefined for what JSON cannot hold: such a member is left out, since null says nothing. */
export function numeral(value: number): string | undefined {
  return Number.isFinite(value) ? String(value) : undefined
}

/** `{"a":1}` from members already rendered, or undefined when there are none: an empty object says nothing either. */
export function braced(members: string): string | undefined {
  return members === '' ? undefined : `{${members.slice(1)}}`
}

/*
 * Members. `opening` is everything in front of the value, written out at the call (`,"tenant":"`), because joining it from
 * its parts again for every record costs as much as the rest of the serialising. The comma comes first, so that members are
 * joined by `+` alone. What is absent renders to nothing.
 */

/** Renders a text member; `opening` ends with the quotation mark that opens the text. */
export type Spell = (opening: string, value: string | undefined) => string

/** For every text. */
export const text: Spell = (opening, value) => {
  if (value === undefined) return ''
  return unusual.test(value) ? opening + quote(value).slice(1) : `${opening}${value}"`
}

/** For text that is known to need no escape: whoever made it has looked at every character. */
export const plainText: Spell = (opening, value) => (value === undefined ? '' : `${opening}${value}"`)

export function number(opening: string, value: number | undefined): string {
  const digits = value === undefined ? undefined : numeral(value)
  return digits === undefined ? '' : opening + digits
}

export function boolean(opening: string, value: boolean | undefined): string {
  return value === undefined ? '' : opening + (value ? 'true' : 'false')
}

export function object<T>(opening: string, value: T | undefined, render: (value: T) => string | undefined): string {
  const rendered = value === undefined ? undefined : render(value)
  return rendered === undefined ? '' : opening + rendered
}

/** A list of anything that renders; items that render to nothing, and lists without items, are left out. */
export function list<T>(
  opening: string,
  values: readonly T[] | undefined,
  render: (value: T) => string | undefined,
): string {
  if (values === undefined || values.length === 0) return ''
  let items = ''
  for (const value of values) {
    const item = render(value)
    if (item !== undefined) items += items === '' ? item : `,${item}`
  }
  return items === '' ? '' : `${opening}[${items}]`
}

/** A text member by its name alone, for lines that are rarely made. */
export function textMember(name: string, value: string | undefined): string {
  return text(`,"${name}":"`, value)
}

/** A number member by its name alone. */
export function numberMember(name: string, value: number | undefined): string {
  return number(`,"${name}":`, value)
}
