import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrubber } from './scrub.ts'
import { tokenFamilies } from './token-families.ts'

/** Long enough for every family; made here, so that none stands in the source. */
const hexadecimal = '9f3c61d8b27ae450c1f98d3376be02a4'
const tails: Readonly<Record<string, string>> = {
  aws: 'IOSFODNN7QWERTYZ',
  onepassword: 'ASWWYB-798JRYLJVD4-23DC2',
  airtable: `Ab3Cd5Ef7Gh9Jk.${hexadecimal}${hexadecimal}`,
  vault: 'CAESIJ3aZ8kQm1Xw5Vb7Np2Rt4Ys',
  age: '8QZ7XKJ2M5N9P3R6T4V8W2Y5A7C9E',
  resend: 'Ab3Cd5Ef_Gh7Jk9Lm2Np4Qr6St8Uv',
}
const hexFamilies = new Set([
  'twilio',
  'mailgun',
  'rubygems',
  'digitalocean',
  'databricks',
  'postman',
  'pulumi',
  'sendinblue',
  'plaid',
  'shopify',
  'hubspot',
])

const planted = tokenFamilies.map(({ name, prefix }) => {
  const tail = name === 'onepassword' && prefix.startsWith('ops') ? undefined : tails[name]
  const letters = 'Ab3Cd5Ef7Gh9Jk2Lm4Np6Qr8St1Uv3Wx5Yz7'
  const usual = hexFamilies.has(name) ? hexadecimal : prefix === 'vault' ? '' : letters + letters
  return {
    name,
    prefix,
    token:
      prefix +
      (name === 'clojars'
        ? usual.toLowerCase()
        : name === 'dynatrace'
          ? usual.toUpperCase()
          : prefix === 's.'
            ? 'Ab3Cd5Ef7Gh9Jk2Lm4Np6Qr8'
            : (tail ?? usual)),
  }
})

const spellings: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  json: (text) => JSON.stringify({ a: text }),
  'json twice': (text) => JSON.stringify(JSON.stringify({ a: text })),
  percent: (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'percent twice': (text) => encodeURIComponent([...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('')),
  form: (text) => new URLSearchParams({ a: text, b: '1' }).toString(),
  '\\u': (text) => [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  hex: (text) => Buffer.from(text).toString('hex'),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 one in': (text) => Buffer.from(`x${text}`).toString('base64'),
  'base64 two in': (text) => Buffer.from(`xy${text}`).toString('base64url'),
  bytes: (text) => JSON.stringify([...Buffer.from(text)]),
}

/** The middle of the token, in every spelling it could be read in. */
function readable(token: string): string[] {
  const core = token.slice(4, -4)
  return [
    core,
    Buffer.from(core).toString('hex'),
    [...Buffer.from(core)].join(','),
    spellings['percent']?.(core) ?? '',
    spellings['\\u']?.(core) ?? '',
  ].concat(
    [0, 1, 2].map((shift) =>
      Buffer.from('x'.repeat(shift) + core)
        .toString('base64')
        .slice(shift === 0 ? 0 : 4, -4),
    ),
  )
}

describe.each(Object.keys(spellings))('spelled as %s', (spelling) => {
  test.each(planted)('a token of $name beginning with $prefix does not come out', ({ token }) => {
    const written = scrubber.text(`before ${spellings[spelling]?.(token)} behind`)
    for (const form of readable(token)) expect(written).not.toContain(form)
  })
})

test('tokens do not come out of any surroundings', () => {
  const lead = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '"',
      "'",
      '=',
      ': ',
      '/',
      '\n',
      '\\n',
      '%3D',
      '(',
      '[',
      '{"a":"',
      'x=1&y=',
      'https://h.example/a?b=',
    ),
    fc.string({ maxLength: 8 }).map((text) => `${text} `),
  )
  const tail = fc.oneof(
    fc.constantFrom('', ' ', '"', "'", '&z=1', '\n', ')', ']', '"}', ';', ','),
    fc.string({ maxLength: 8 }).map((text) => ` ${text}`),
  )
  fc.assert(
    fc.property(fc.constantFrom(...planted), lead, tail, ({ token }, before, behind) => {
      expect(scrubber.text(before + token + behind)).not.toContain(token.slice(4, -4))
    }),
    { numRuns: 2_000 },
  )
})

test('there are more than thirty families', () => {
  expect(new Set(tokenFamilies.map(({ name }) => name)).size).toBeGreaterThan(30)
})
