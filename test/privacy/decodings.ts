/**
 * Every way to read a text: as it is, and after undoing each encoding that software applies, one upon another.
 *
 * Decoders are tolerant, because what leaks is often truncated: each decodes what looks like its encoding and leaves the rest.
 */
export interface Decoding {
  readonly text: string
  /** What was undone, in order, such as `json > base64`. */
  readonly spelling: string
}

const depthMax = 3
const readingsMax = 80

/** `text`, and all that comes of it within three steps. */
export function decodings(text: string): Decoding[] {
  const found = new Map<string, string>([[text, '']])
  let latest = [...found]
  for (let depth = 0; depth < depthMax; depth++) {
    const next: [string, string][] = []
    for (const [from, spelling] of latest) {
      for (const [name, decode] of decoders) {
        const decoded = decode(from)
        if (decoded === '' || decoded === from || found.has(decoded) || found.size >= readingsMax) continue
        const path = spelling === '' ? name : `${spelling} > ${name}`
        found.set(decoded, path)
        next.push([decoded, path])
      }
    }
    latest = next
  }
  return [...found].map(([decoded, spelling]) => ({ text: decoded, spelling }))
}

const utf8 = (bytes: readonly number[]): string => Buffer.from(bytes).toString('utf8')
const hexPairs = (text: string): number[] =>
  (text.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16))

const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

const decoders: readonly (readonly [string, (text: string) => string])[] = [
  [
    'json',
    (text) =>
      text.replace(/\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|([bfnrt]|[^\w\s]))/giu, (_all, four, braced, simple) =>
        simple === undefined ? codePoint(four ?? braced) : (simpleEscapes[simple] ?? simple),
      ),
  ],
  ['\\x', (text) => text.replace(/(?:\\x[0-9a-f]{2})+/gi, (run) => utf8(hexPairs(run)))],
  ['percent', (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => utf8(hexPairs(run)))],
  ['form', (text) => (/%[0-9a-f]{2}|\w\+\w/i.test(text) ? text.replaceAll('+', ' ') : '')],
  [
    'html',
    (text) =>
      text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (_all, decimal, hex, name) =>
        name === undefined
          ? codePoint(hex ?? Number(decimal).toString(16))
          : (entities[String(name).toLowerCase()] ?? ''),
      ),
  ],
  [
    'quoted-printable',
    (text) => text.replace(/=\r?\n/g, '').replace(/(?:=[0-9a-f]{2})+/gi, (run) => utf8(hexPairs(run))),
  ],
  ['hex', (text) => runs(text, /(?:(?:0x)?[0-9a-f]{2}[ :,-]{0,2}){6,}/gi, hexReadings)],
  [
    'bytes',
    (text) =>
      runs(text, /\d{1,3}(?:\s{0,9},\s{0,9}\d{1,3}){5,}/g, (run) => [
        utf8(run.split(',').map(Number)),
        utf8(run.split(',').map(Number)).replaceAll('\0', ''),
      ]),
  ],
  [
    'indexed bytes',
    (text) =>
      runs(
        text,
        /(?:"?\d{1,6}"?\s{0,9}:\s{0,9}\d{1,3}\s{0,9},\s{0,9}){5,}"?\d{1,6}"?\s{0,9}:\s{0,9}\d{1,3}/g,
        (run) => [utf8([...run.matchAll(/:\s*(\d{1,3})/g)].map((match) => Number(match[1])))],
      ),
  ],
  [
    'characters',
    (text) =>
      runs(text, /(?:(["'])[^"'\\]\1\s{0,9},\s{0,9}){5,}["'][^"'\\]["']/gu, (run) => [
        run.replace(/["'][\s,]*["']?/g, ''),
      ]),
  ],
  ['joined lines', (text) => text.replace(/([A-Za-z0-9+/_-]{20})\r?\n[ \t]*(?=[A-Za-z0-9+/=_-])/g, '$1')],
  ['base64', (text) => runs(text, /[A-Za-z0-9+/_-]{11,}/g, base64Readings)],
]

function codePoint(hex: unknown): string {
  const code = Number.parseInt(String(hex), 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

/** The readings of every run of an encoding, one to a line, without those that read as noise. */
function runs(text: string, pattern: RegExp, read: (run: string) => readonly string[]): string {
  const lines: string[] = []
  for (const [run] of text.matchAll(pattern)) {
    for (const line of read(run)) if (/[^\p{C}\ufffd]{4}/u.test(line)) lines.push(line)
  }
  return lines.join('\n')
}

function hexReadings(run: string): string[] {
  const digits = run.replaceAll(/0x/gi, '').replace(/[^0-9a-f]/gi, '')
  return [0, 1].flatMap((offset) => both(Buffer.from(digits.slice(offset), 'hex')))
}

/** A value may begin anywhere within a group of four. */
function base64Readings(run: string): string[] {
  const readings: string[] = []
  for (let offset = 0; offset < 4; offset++) {
    const bytes = Buffer.from(run.slice(offset), 'base64')
    if (/[\x20-\x7e]{6}|(?:[\x20-\x7e]\0){4}|[\x80-\xf4]{6}/.test(bytes.toString('latin1')))
      readings.push(...both(bytes))
  }
  return readings
}

const both = (bytes: Buffer): string[] => [bytes.toString('utf8'), bytes.toString('utf16le')]
