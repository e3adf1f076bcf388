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

/** `,"name":"text"`, or nothing. The leading comma lets members be joined by `+` alone. */
export function textMember(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quote(value)}`
}

export function numberMember(name: string, value: number | undefined): string {
  const text = value === undefined ? undefined : numeral(value)
  return text === undefined ? '' : `,"${name}":${text}`
}

export function booleanMember(name: string, value: boolean | undefined): string {
  return value === undefined ? '' : `,"${name}":${value ? 'true' : 'false'}`
}

/** A list of strings; absent or empty lists are left out. */
export function textsMember(name: string, values: readonly string[] | undefined): string {
  return listMember(name, values, quote)
}

/** A list of anything that renders; items that render to nothing, and lists without items, are left out. */
export function listMember<T>(
  name: string,
  values: readonly T[] | undefined,
  render: (value: T) => string | undefined,
): string {
  if (values === undefined || values.length === 0) return ''
  let items = ''
  for (const value of values) {
    const item = render(value)
    if (item !== undefined) items += `,${item}`
  }
  return items === '' ? '' : `,"${name}":[${items.slice(1)}]`
}

export function objectMember<T>(name: string, value: T | undefined, render: (value: T) => string | undefined): string {
  const text = value === undefined ? undefined : render(value)
  return text === undefined ? '' : `,"${name}":${text}`
}
