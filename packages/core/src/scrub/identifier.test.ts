import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPaymentCard, passesLuhn } from './card.ts'
import { isIdentifier } from './identifier.ts'

describe('isIdentifier', () => {
  test.each([
    'admin',
    'patient:read',
    'clinic/ward-3',
    'iam.roles.viewer',
    'JIRA-1234',
    'INC0012345',
    'urn:acme:role:auditor',
    '*',
    'reports/*',
    'pkg@1.2.3',
    '@scope/pkg.js',
    '0193b0a0-0000-7000-8000-000000000000',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '2024-06-01',
    '1.2.3',
    '20240601',
    '123456789012',
    'GDPR-6-1-b',
  ])('accepts %s', (name) => {
    expect(isIdentifier(name)).toBe(true)
  })

  test.each([
    ['an e-mail address', 'alice@clinic.example'],
    ['an e-mail address inside', 'user:alice@clinic.example'],
    ['an IPv4 address', '203.0.113.77'],
    ['an IPv6 address', '2001:db8::1'],
    ['a card', '4111111111111111'],
    ['a card with hyphens', '4111-1111-1111-1111'],
    ['a social security number', '078-05-1120'],
    ['a telephone number', '555-123-4567'],
    ['an IBAN', 'DE89370400440532013000'],
    ['a payment key', 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'],
    ['a repository token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
    ['an access key', 'AKIAIOSFODNN7EXAMPLE'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.e30.abc'],
    ['a sentence', 'the patient asked for it'],
    ['a line break', 'admin\nroot'],
    ['another script', 'админ'],
    ['nothing', ''],
    ['65 characters', 'a'.repeat(65)],
    ['a number', 42],
    ['an object that would say a name', { toString: () => 'admin' }],
  ])('refuses %s', (_what, value) => {
    expect(isIdentifier(value)).toBe(false)
  })

  test('refuses every e-mail and IP address', () => {
    // A slash before the @ is a package's scope (`lib/@scope/name.js`), and in practice nobody's mailbox.
    const mailbox = fc.emailAddress().filter((text) => !text.includes('/@'))
    fc.assert(
      fc.property(fc.oneof(mailbox, fc.ipV4(), fc.ipV6()), (text) => {
        expect(isIdentifier(text)).toBe(false)
      }),
    )
  })

  test('gives the same answer the second time', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 70 }), fc.stringMatching(/^[\w.:@/-]{1,64}$/)), (text) => {
        expect(isIdentifier(text)).toBe(isIdentifier(text))
      }),
    )
  })
})

describe('isPaymentCard', () => {
  test('knows cards by range, length and check digit', () => {
    for (const card of [
      '4242 4242 4242 4242',
      '5555555555554444',
      '2223003122003222',
      '378282246310005',
      '6011111111111117',
    ])
      expect(isPaymentCard(card)).toBe(true)
    // An order number, a time in milliseconds, a wrong check digit, a wrong length.
    for (const other of ['9000000000000009', '1767225600000', '4242424242424243', '424242424242424', ''])
      expect(isPaymentCard(other)).toBe(false)
  })

  test('a changed digit never passes the check', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{13,19}$/), fc.nat(12), fc.integer({ min: 1, max: 9 }), (digits, at, by) => {
        fc.pre(passesLuhn(digits))
        const changed = digits.slice(0, at) + ((Number(digits[at]) + by) % 10) + digits.slice(at + 1)
        expect(passesLuhn(changed)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})
