/**
 * Every way in which a text is commonly written into another one: escaped, encoded, or as its bytes.
 *
 * A value that left as base64 has left. Spellings that everybody spells differently, in percent signs and HTML entities,
 * are decoded instead.
 */

/** How one value may look, as text to search for. */
export interface Spelling {
  readonly name: string
  readonly text: string
  /**
   * `folded`: letters of either case count. `exact`: case differs. `bytes`: numbers, searched for after white space and the
   * indices of printed objects were taken out.
   */
  readonly search: 'folded' | 'exact' | 'bytes'
}

/** All spellings of `value`, without doubles. */
export function spellingsOf(value: string): Spelling[] {
  const found = new Map<string, Spelling>()
  const add = (name: string, text: string, search: Spelling['search'] = 'folded'): void => {
    const key = `${search}:${text}`
    if (text !== '' && !found.has(key)) found.set(key, { name, text, search })
  }
  for (const form of new Set([value, value.normalize('NFC'), value.normalize('NFD'), value.normalize('NFKC')])) {
    addText(form, add)
    addBytes(Buffer.from(form), add)
  }
  return [...found.values()]
}

type Add = (name: string, text: string, search?: Spelling['search']) => void

function addText(value: string, add: Add): void {
  add('as it is', value)
  const json = escaped(value)
  add('in JSON', json)
  add('in JSON in JSON', escaped(json))
  const units = Array.from({ length: value.length }, (_, at) => value.charCodeAt(at).toString(16).padStart(4, '0'))
  add('as \\u escapes', units.map((unit) => `\\u${unit}`).join(''))
  add('as \\u escapes in JSON', units.map((unit) => `\\\\u${unit}`).join(''))
  add('reversed', [...value].reverse().join(''))
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function addBytes(bytes: Buffer, add: Add): void {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  add('in hex', hex.join(''))
  add('in hex', hex.join(' '))
  add('in hex', hex.join(':'))
  add('in hex', hex.map((byte) => `0x${byte}`).join(','), 'bytes')
  add('as \\x escapes', `\\x${hex.join('\\x')}`)
  add('as a list of bytes', [...bytes].join(','), 'bytes')
  // Base64 by groups of three bytes: what stands before decides where the first group begins.
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Characters that also hold bits of a neighbour are unknown.
    const whole = encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3))
    if (whole.length < base64CharsMin) continue
    add('in base64', whole, 'exact')
    add('in base64url', whole.replaceAll('+', '-').replaceAll('/', '_'), 'exact')
  }
}

/** Fewer would be found in any long token. */
const base64CharsMin = 7

/** A text as a reader of URLs, forms and HTML would see it; empty where that is the same text. */
export function decodedForms(text: string): { readonly name: string; readonly text: string }[] {
  const forms: { name: string; text: string }[] = []
  if (/%[0-9a-f]{2}|\+/i.test(text)) {
    const once = new Set([percentDecoded(text), percentDecoded(text.replaceAll('+', ' '))])
    for (const one of once) forms.push({ name: 'percent-encoded', text: one })
    for (const one of once) forms.push({ name: 'percent-encoded twice', text: percentDecoded(one) })
  }
  if (/&[#a-z]/i.test(text)) forms.push({ name: 'in HTML', text: htmlDecoded(text) })
  return forms
}

/** Never throws: what is no UTF-8 becomes U+FFFD. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2}){1,4096}/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

function htmlDecoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (all, decimal, hexadecimal, name) => {
    if (typeof name === 'string') return entities[name.toLowerCase()] ?? all
    const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hexadecimal), 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : all
  })
}
