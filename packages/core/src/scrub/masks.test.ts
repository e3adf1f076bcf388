import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mask } from './masks.ts'

const stars = '*****'

describe('a mask', () => {
  const masks = Object.entries(mask)

  test.each(masks)('%s never throws, is idempotent and gives bounded text', (_name, apply) => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.emailAddress(),
      fc.stringMatching(/^[\d +().-]{0,25}$/),
      fc.stringMatching(/^\*{4,6}[\d@a.]{0,8}$/),
      fc.double().map(String),
      fc.ipV4(),
      fc.ipV6(),
    )
    fc.assert(
      fc.property(fc.oneof(texts, fc.anything()), (value) => {
        const once = apply(value)
        expect(typeof once).toBe('string')
        expect(once.length).toBeLessThan(340)
        expect(apply(once)).toBe(once)
      }),
      { numRuns: 300 },
    )
  })

  test.each(masks.filter(([name]) => name !== 'location'))(
    '%s shows nothing of what it does not know',
    (_name, apply) => {
      const hostile = [
        undefined,
        null,
        42,
        10n,
        Symbol('s'),
        {},
        [],
        () => '4111111111111111',
        '',
        'x'.repeat(100_000),
        { toString: () => 'alice@clinic.example' },
        new String('alice@clinic.example'),
      ]
      for (const value of hostile) expect(apply(value)).toBe(stars)
    },
  )
})

describe('mask.email', () => {
  test.each([
    ['alice@clinic.example', 'a*****@clinic.example'],
    ['anne@x.example', 'a*****@x.example'],
    ['ann@x.example', '*****@x.example'],
    ['ab@x', '*****@x'],
    ['a.very.long.name+tag@clinic.example', 'a*****@clinic.example'],
    ['älice@klinik.example', 'ä*****@klinik.example'],
    ['😀lice@x.example', '😀*****@x.example'],
    ['a*****@clinic.example', 'a*****@clinic.example'],
    ['****x@clinic.example', '*****@clinic.example'],
    ['a..a@x.example', '*****@x.example'],
    ['a\u200b\u200b\u200b@x.example', '*****@x.example'],
    ['\u2060\u00adalice@x.example', 'a*****@x.example'],
    ['a\u0301b\u0301@x.example', '*****@x.example'],
    ['alice@klinik.berlin', 'a*****@klinik.berlin'],
    ['alice@クリニック.example', 'a*****@クリニック.example'],
  ])('writes %s as %s', (email, masked) => {
    expect(mask.email(email)).toBe(masked)
  })

  test.each([
    'alice',
    '@x.example',
    'alice@',
    'a@b@c.example',
    'alice smith@x.example',
    'alice@x..example',
    'alice@ x',
    'alice@203.0.113.77',
    'alice@[203.0.113.77]',
    'alice@4111111111111111.example',
    'alice@cl\u200binic.example',
    'alice%40clinic.example',
    'Alice <alice@clinic.example>',
    'mailto:alice@clinic.example?x',
  ])('shows nothing of %s', (text) => {
    expect(mask.email(text)).toBe(stars)
  })

  test('hides at least three fifths of the local part', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const [local = ''] = email.split('@')
        const shown = mask.email(email).split('@')[0]?.replaceAll('*', '') ?? ''
        expect(shown.length).toBeLessThanOrEqual(local.length * 0.4)
      }),
    )
  })
})

describe('mask.card', () => {
  test.each([
    ['4111111111111111', '*****1111'],
    ['4111 1111 1111 1111', '*****1111'],
    ['3782-822463-10005', '*****0005'],
    ['4222222222222', '*****2222'],
  ])('writes %s as %s', (card, masked) => {
    expect(mask.card(card)).toBe(masked)
  })

  test.each(['4111111111111112', '411111111111', '41111111111111111111', '4111x111111111111', '1234', ''])(
    'shows nothing of %s',
    (text) => {
      expect(mask.card(text)).toBe(stars)
    },
  )

  test('hides at least three fifths of the digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{11,21}$/), (digits) => {
        const shown = mask.card(digits).replaceAll('*', '')
        expect(shown.length).toBeLessThanOrEqual(digits.length * 0.4)
        expect(digits.endsWith(shown)).toBe(true)
      }),
    )
  })
})

describe('mask.phone', () => {
  test.each([
    ['+49 151 12345678', '*****78'],
    ['(555) 123-4567', '*****67'],
    ['5551234', '*****34'],
  ])('writes %s as %s', (phone, masked) => {
    expect(mask.phone(phone)).toBe(masked)
  })

  test.each(['555123', '1234567890123456', '555-CALL-NOW', '++49 151 123'])('shows nothing of %s', (text) => {
    expect(mask.phone(text)).toBe(stars)
  })

  test('hides at least three fifths of the digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{5,17}$/), (phone) => {
        const digits = phone.replace('+', '')
        expect(mask.phone(phone).replaceAll('*', '').length).toBeLessThanOrEqual(digits.length * 0.4)
      }),
    )
  })
})

describe('mask.location', () => {
  test.each([
    [52.520008, '52.5'],
    [-0.04, '0.0'],
    ['52.520008,13.404954', '52.5,13.4'],
    [' -33.8688 , 151.2093 ', '-33.8,151.2'],
    ['52', '52.0'],
    [13.37, '13.3'],
    [-13.37, '-13.3'],
  ])('writes %s as %s', (location, masked) => {
    expect(mask.location(location)).toBe(masked)
  })

  test.each([Number.NaN, 1e9, '200,1', 'Berlin', '52.5,13.4,99', ''])('shows nothing of %s', (value) => {
    expect(mask.location(value)).toBe(stars)
  })
})

test.each(['secret', 'iban', 'account', 'cvv', 'ssn', 'national_id', 'passport', 'jwt'] as const)(
  'mask.%s shows nothing, not even a length',
  (name) => {
    const texts = [
      '',
      '1',
      '123',
      '078-05-1120',
      'DE89370400440532013000',
      'C01X00T47',
      '4111111111111111',
      '*****1111',
    ]
    expect(new Set([...texts, 'x'.repeat(999), 42].map(mask[name]))).toEqual(new Set([stars]))
  },
)

describe('mask.address', () => {
  test.each([
    ['203.0.113.77', '203.0.113.0'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['::ffff:cb00:714d', '203.0.113.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['::1', '::'],
    ['203.0.113.77\u200b', stars],
    ['٢٠٣.0.113.77', stars],
    ['203.0.113', stars],
    ['', stars],
  ])('writes %s as %s', (address, masked) => {
    expect(mask.address(address)).toBe(masked)
  })
})

describe('what is left of a value', () => {
  const separators = fc.constantFrom('', ' ', '-')
  const spaced = (digits: readonly string[], by: string) => digits.join(by)
  const digits = (min: number, max: number) =>
    fc.array(fc.constantFrom(...'0123456789'), { minLength: min, maxLength: max })
  const invisible = fc.constantFrom('', '\u200b', '\u200d', '\u00ad', '\u0301')
  const local = fc
    .array(fc.tuple(fc.constantFrom(...'aeö😀x7.'), invisible), { minLength: 1, maxLength: 16 })
    .map((parts) => parts.flat().join(''))
  /** Characters that say something, where nothing else is in the text. */
  const informing = (text: string) => [...text].filter((one) => /[\p{L}\p{N}\p{So}]/u.test(one)).length

  test.each([
    ['card', fc.tuple(digits(1, 22), separators).map(([given, by]) => spaced(given, by))],
    [
      'phone',
      fc
        .tuple(fc.constantFrom('', '+'), digits(1, 18), separators)
        .map(([plus, given, by]) => plus + spaced(given, by)),
    ],
    ['email', local.map((name) => `${name}@x.example`)],
  ] as const)('%s is at most two fifths of what it said', (name, values) => {
    const domain = name === 'email' ? '@x.example' : ''
    fc.assert(
      fc.property(values, (value) => {
        const masked = mask[name](value)
        const shown = informing(masked.replace(domain, ''))
        expect(shown).toBeLessThanOrEqual(informing(value.replace(domain, '')) * 0.4)
        expect(masked.replace(domain, '').match(/\*+/g)).toEqual([stars])
      }),
      { numRuns: 500 },
    )
  })
})

test('long hostile texts take no long time: each is refused by its length or read once', () => {
  for (const text of [
    'a@'.repeat(50_000),
    '1 '.repeat(50_000),
    `${'a'.repeat(64)}@${'a-'.repeat(30_000)}`,
    '-'.repeat(64_000),
  ]) {
    for (const apply of Object.values(mask)) expect(apply(text)).toBe(stars)
  }
})
