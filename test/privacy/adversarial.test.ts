/** Values made to exhaust or to deceive whoever reads them: the answer comes, is bounded, and shows nothing. */
import { scrub } from '@trailmark/core'
import { describe, expect, test } from 'vitest'
import { findLeaks } from './find-leaks.ts'
import { planted } from './planted.ts'

const size = 64 * 1024
const fill = (piece: string): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size)

const pieces: Readonly<Record<string, string>> = {
  'one letter': 'a',
  digits: '4',
  'digits and dashes': '4-',
  'digits and spaces': '4111 ',
  'at signs': '@',
  'e-mail starts': 'a@',
  'e-mail dots': 'a.b@c.',
  dots: '.',
  'dots and letters': 'a.',
  slashes: '/',
  'URL starts': 'https://',
  'userinfo starts': 'a://b:',
  percents: '%',
  'percents of percents': '%25',
  backslashes: '\\',
  'unicode escapes': '\\u0070',
  'half escapes': '\\u00',
  'open braces': '{',
  'open brackets': '[',
  'open members': '{"a":',
  'doubled quotes': '\\"',
  quotes: '"',
  'single quotes': "'",
  'open tags': '<a>',
  'half tags': '<a ',
  'open comments': '<!--',
  ampersands: '&',
  'equals signs': '=',
  'pairs of a form': 'a=b&',
  'secret names without values': 'password=',
  'secret names with colons': 'password: ',
  'secret names in a row': 'passwordtokensecret',
  'JWT starts': 'eyJ',
  'JWT parts': 'eyJhbGciOiJIUzI1NiJ9.',
  'PEM starts': '-----BEGIN PRIVATE KEY-----\n',
  'token starts': `sk${'_live_'}`,
  base64: 'QUFB',
  hex: '41',
  'bytes of a list': '104,',
  'header lines': 'authorization: \r\n',
  'cookie pairs': 'a=b; ',
  'multipart starts': '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
  'statement starts': "INSERT INTO a VALUES ('",
  'words of a statement': 'select ',
  spaces: ' ',
  newlines: '\n',
  tabs: '\t',
  'zero-width spaces': '\u200b',
  'lone surrogates': '\ud800',
  'combining accents': 'e\u0301\u0302',
  'full-width digits': '\uff14',
  'right-to-left overrides': '\u202e',
  zeros: '\0',
  colons: ':',
  'address groups': '2001:',
  'address bytes': '1.',
  'phone starts': '+49 ',
  'letters and digits': 'a1',
  'IBAN starts': 'DE89',
  dashes: '-',
  plusses: '+',
  parentheses: '(',
}

const outputCharsMax = 8 * 1024 + 256

describe('a text of 64 KiB', () => {
  test.each(Object.entries(pieces))('of %s comes back bounded, under every kind of name', (_what, piece) => {
    const text = fill(piece)
    for (const value of [
      text,
      { detail: text },
      { body: text },
      { url: text },
      { password: text },
      { headers: text },
      { cookie: text },
      { query: text },
      { [text]: 1 },
    ]) {
      for (const leaf of leaves(scrub(value))) expect(leaf.length).toBeLessThanOrEqual(outputCharsMax)
    }
  })

  test.each(Object.entries(pieces))('of %s hides a token before, within and behind it', (_what, piece) => {
    const text = fill(piece)
    const secret = ` ${planted.stripe.value} `
    for (const value of [secret + text, text.slice(0, 4096) + secret + text.slice(4096), text + secret]) {
      for (const shape of [value, { detail: value }, { body: value }]) {
        expect(JSON.stringify(scrub(shape))?.includes(planted.stripe.value.slice(8, 20))).toBe(false)
      }
    }
  })

  test('of bytes that are no text comes back bounded', () => {
    const noise = Buffer.alloc(size)
    let state = 1
    for (let at = 0; at < size; at++) noise[at] = state = (state * 48271) % 251
    for (const value of [
      noise,
      noise.toString('latin1'),
      noise.toString('utf16le'),
      noise.toString('base64'),
      noise.toString('hex'),
    ]) {
      for (const leaf of leaves(scrub({ detail: value, body: value })))
        expect(leaf.length).toBeLessThanOrEqual(outputCharsMax)
    }
  })
})

describe('a structure', () => {
  const deep = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
    let value: unknown = planted.password.value
    for (let at = 0; at < depth; at++) value = wrap(value)
    return value
  }
  const throwing = (): never => {
    throw new Error(planted.password.value)
  }
  const traps: ProxyHandler<object> = {
    get: throwing,
    ownKeys: throwing,
    getOwnPropertyDescriptor: throwing,
    getPrototypeOf: throwing,
    has: throwing,
  }
  const shapes: Readonly<Record<string, () => unknown>> = {
    '20,000 levels of objects': () => deep(20_000, (inner) => ({ password: inner })),
    '20,000 levels of lists': () => deep(20_000, (inner) => [inner]),
    '20,000 levels of JSON': () => ({ body: `${'{"a":'.repeat(20_000)}"${planted.password.value}"` }),
    '2,000 levels of errors': () => deep(2_000, (inner) => new Error(planted.password.value, { cause: inner })),
    '100,000 members': () =>
      Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`password${at}`, planted.password.value])),
    '100,000 items': () => Array.from({ length: 100_000 }, () => ({ password: planted.password.value })),
    'a list of a billion holes': () =>
      Object.assign(new Array(1_000_000_000), { 7: { password: planted.password.value } }),
    'a Map of 100,000': () =>
      new Map(Array.from({ length: 100_000 }, (_, at) => [at, { password: planted.password.value }])),
    'a Set of 100,000': () => ({
      tokens: new Set(Array.from({ length: 100_000 }, (_, at) => `${planted.stripe.value}${at}`)),
    }),
    'a proxy whose traps throw': () => ({ box: new Proxy({}, traps) }),
    'a proxy in the prototype': () => Object.create(new Proxy({}, traps)),
    'an error whose members throw': () =>
      Object.defineProperties(new Error('x'), {
        message: { get: throwing },
        stack: { get: throwing },
        name: { get: throwing },
        cause: { get: throwing },
      }),
    'a Map whose iterator throws': () =>
      Object.assign(new Map([['password', planted.password.value]]), {
        [Symbol.iterator]: throwing,
        entries: throwing,
        forEach: throwing,
      }),
    'a list whose iterator throws': () =>
      Object.assign([{ password: planted.password.value }], { [Symbol.iterator]: throwing, map: throwing }),
    'a Date that lies': () =>
      Object.assign(new Date(0), { toISOString: throwing, toJSON: throwing, getTime: throwing }),
    'a species that throws': () => Object.assign([1], { constructor: { [Symbol.species]: throwing } }),
    'a tag that lies': () => ({ [Symbol.toStringTag]: 'Date', password: planted.password.value }),
    'a name of 64 KiB': () => ({ [fill('password')]: planted.password.value }),
    '2,000 texts of 8 KiB': () => Array.from({ length: 2_000 }, () => 'word '.repeat(1_600)),
  }

  test.each(Object.entries(shapes))('of %s comes back bounded and shows nothing', (_what, make) => {
    const output = scrub(make())
    let count = 0
    for (const leaf of leaves(output)) {
      count += 1
      expect(leaf.length).toBeLessThanOrEqual(outputCharsMax)
    }
    expect(count).toBeLessThanOrEqual(4_500)
    const text = JSON.stringify(output) ?? ''
    expect(text.includes(planted.password.value)).toBe(false)
    expect(findLeaks(text.slice(0, 20_000), [planted.password, planted.stripe])).toEqual([])
  })

  test('that writes to itself while it is read is read without running it', () => {
    let runs = 0
    const value = {
      get counter(): number {
        return ++runs
      },
      toJSON: () => ++runs,
      [Symbol.toPrimitive]: () => ++runs,
      n: 1,
    }
    scrub(value)
    scrub([value, new Map([[value, value]])])
    expect(runs).toBe(0)
  })
})

/** Every text in the output, names included. */
function* leaves(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) {
    yield String(value)
    return
  }
  for (const [name, member] of Object.entries(value)) {
    yield name
    yield* leaves(member)
  }
}
