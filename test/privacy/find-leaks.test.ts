import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { findLeaks } from './find-leaks.ts'
import { grouped, type Planted, planted } from './planted.ts'

const each = (text: string, encode: (char: string) => string): string => [...text].map(encode).join('')
const bytes = (text: string): Buffer => Buffer.from(text)
const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0')

const spellings: Record<string, (value: string) => string> = {
  raw: (value) => value,
  'lower case': (value) => value.toLowerCase(),
  'upper case': (value) => value.toUpperCase(),
  'JSON once': (value) => JSON.stringify(value),
  'JSON twice': (value) => JSON.stringify(JSON.stringify(value)),
  'percent once': (value) => encodeURIComponent(value),
  'percent twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  'percent, lower hex': (value) => encodeURIComponent(value).replace(/%../g, (hex) => hex.toLowerCase()),
  'percent, every byte': (value) => [...bytes(value)].map((byte) => `%${hexByte(byte)}`).join(''),
  form: (value) => new URLSearchParams({ a: value }).toString(),
  hex: (value) => bytes(value).toString('hex'),
  'upper hex': (value) => bytes(value).toString('hex').toUpperCase(),
  'hex within other digits': (value) => `a${bytes(value).toString('hex')}`,
  'Buffer as inspected': (value) => inspect(bytes(value)),
  'byte list': (value) => JSON.stringify([...bytes(value)]),
  'indented byte list': (value) => JSON.stringify([...bytes(value)], null, 2),
  'Buffer as JSON': (value) => JSON.stringify(bytes(value)),
  'typed array as JSON': (value) => JSON.stringify(new Uint8Array(bytes(value))),
  '\\uXXXX': (value) =>
    value
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  '\\xNN': (value) => [...bytes(value)].map((byte) => `\\x${hexByte(byte)}`).join(''),
  'decimal entities': (value) => each(value, (char) => `&#${char.codePointAt(0)};`),
  'hex entities': (value) => each(value, (char) => `&#x${char.codePointAt(0)?.toString(16)};`),
  base64: (value) => bytes(value).toString('base64'),
  base64url: (value) => bytes(value).toString('base64url'),
  'base64 shifted by one': (value) => bytes(`x${value}`).toString('base64'),
  'base64 shifted by two': (value) => bytes(`xy${value}`).toString('base64'),
  'base64 in base64': (value) => bytes(bytes(value).toString('base64')).toString('base64'),
  'base64 in lines': (value) =>
    (
      bytes(`${'padding '.repeat(9)}${value}`)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\n'),
  'base64 in a path': (value) => `/files/${bytes(value).toString('base64url')}/raw`,
  'UTF-16LE in base64': (value) => Buffer.from(value, 'utf16le').toString('base64'),
  'UTF-16LE in hex': (value) => Buffer.from(value, 'utf16le').toString('hex'),
  'UTF-16LE as text': (value) => Buffer.from(value, 'utf16le').toString('latin1'),
  'list of characters': (value) => JSON.stringify([...value]),
  'zero-width between': (value) => [...value].join('\u200b'),
  'quoted-printable': (value) => [...bytes(value)].map((byte) => `=${hexByte(byte).toUpperCase()}`).join(''),
  reversed: (value) => [...value].reverse().join(''),
}

const asciiOnly = new Set(['UTF-16LE as text', 'UTF-16LE in base64', 'UTF-16LE in hex'])
/** Their characters already mean something to a decoder that ran first. */
const cannotBe: Record<string, readonly Planted[]> = {
  'list of characters': [planted.quotedPassword],
}
const samples = [
  planted.password,
  planted.quotedPassword,
  planted.worldPassword,
  planted.email,
  planted.stripe,
  planted.iban,
]

describe('a planted value is found', () => {
  test.each(Object.entries(spellings))('in the spelling %s', (name, spell) => {
    for (const one of samples) {
      if (asciiOnly.has(name) && /[^\x20-\x7e]/.test(one.value)) continue
      if (cannotBe[name]?.includes(one)) continue
      const text = `{"note":"before ${spell(one.value)} after"}`
      expect(findLeaks(text, [one]), `${one.value} in ${text}`).toHaveLength(1)
    }
  })

  test.each([
    ['spaces', grouped(planted.card)],
    ['dashes', grouped(planted.card, '-')],
    ['dots', grouped(planted.card, '.')],
    ['full-width digits', [...planted.card.value].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join('')],
    ['Arabic digits', [...planted.card.value].map((digit) => String.fromCharCode(0x660 + Number(digit))).join('')],
  ])('when a card is written with %s', (_how, text) => {
    expect(findLeaks(`paid with ${text} today`, [planted.card])).toHaveLength(1)
  })

  test('when a phone number lost its separators', () => {
    expect(findLeaks('tel:+442079460958', [planted.phone])).toHaveLength(1)
    expect(findLeaks('tel:4155552671', [planted.phoneUs])).toHaveLength(1)
  })

  test.each([
    ['the first eight characters of a password', planted.password, planted.password.value.slice(0, 8)],
    ['the last eight characters of a password', planted.password, planted.password.value.slice(-8)],
    [
      'eight characters of a token behind its prefix',
      planted.stripe,
      planted.stripe.value.slice(0, planted.stripe.open + 8),
    ],
    ['three fifths of a card', planted.card, planted.card.value.slice(2, 12)],
    ['the local part of an e-mail address', planted.email, 'wilma.zebrafish'],
    ['the rare word of a name', planted.name, 'Featherstonehaugh'],
    ['the rare word of an address', planted.street, 'Butterscotch'],
  ])('as %s', (_what, one, fragment) => {
    expect(findLeaks(`[${fragment}…]`, [one])).toMatchObject([{ form: 'fragment' }])
  })

  test('as a short number that stands alone', () => {
    expect(findLeaks('{"cvv":917}', [planted.cvv])).toHaveLength(1)
    expect(findLeaks('pin 8362.', [planted.pin])).toHaveLength(1)
  })
})

describe('nothing is found', () => {
  const all = Object.values(planted)

  test.each([
    ['prose', 'The password reset page loaded in 412 ms for 3 users; nothing else happened that day.'],
    ['placeholders', '{"password":"[secret]","email":"[email]","card":"[card]","note":"[withheld json 312 B]"}'],
    ['the public prefix of a token', `${planted.stripe.value.slice(0, planted.stripe.open)}…`],
    ['the last four digits of a card', `•••• ${planted.card.value.slice(-4)}`],
    ['the domain of an address', 'w***@nordvinter.example'],
    ['a short number within a longer one', '{"trace":"4bf917a0","ms":1791700.917,"v":"8362-a"}'],
    ['base64 of something else', Buffer.from('{"status":"ok","rows":[1,2,3]}').toString('base64')],
    ['bytes of something else', JSON.stringify([...Buffer.from('nothing to see here')])],
    [
      'ids',
      '4bf92f3577b34da6a3ce929d0e0e4736 018f3f2e-7c1a-7b3d-9e55-3c1d2a4b5c6d 1.24.0-beta.3 2026-01-15T12:00:00.000Z',
    ],
  ])('in %s', (_what, text) => {
    expect(findLeaks(text, all)).toEqual([])
  })

  test('of one planted value where another one stands', () => {
    for (const one of all) {
      const found = findLeaks(
        `"${one.value}"`,
        all.filter((other) => other !== one && !one.value.includes(other.value) && one !== planted.basic),
      )
      expect(found.map((leak) => `${leak.planted.value} in ${one.value}`)).toEqual([])
    }
  })
})
