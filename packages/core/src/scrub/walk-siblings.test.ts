import { describe, expect, test } from 'vitest'
import { msg } from '../message.ts'
import { scrub } from './scrub.ts'

const planted = 'pLaNtEd7Q'

function argumentsOf(..._given: unknown[]): IArguments {
  // biome-ignore lint/complexity/noArguments: what is logged in old code
  return arguments
}

describe('members tell of each other', () => {
  test.each<[string, unknown, unknown]>([
    [
      'the first row of a table tells of the others',
      [
        ['id', 'password', 'created'],
        [1, planted, '2024-09-17'],
      ],
      [
        ['id', 'password', 'created'],
        [1, '[secret]', '2024-09-17'],
      ],
    ],
    [
      'two columns are a table as well',
      [
        ['id', 'password'],
        [1, planted],
      ],
      [
        ['id', 'password'],
        [1, '[secret]'],
      ],
    ],
    ['arguments are a list', argumentsOf('--password', planted), { 0: '--password', 1: '[secret]' }],
    [
      'values of a template have no names',
      { strings: ['to ', ''], values: [planted] },
      { strings: ['to ', ''], values: '[withheld]' },
    ],
    [
      'the id of a session opens it, its number does not',
      { session: { id: planted, views: 3 }, sess: { id: 17 } },
      { session: { id: '[secret]', views: 3 }, sess: { id: 17 } },
    ],
    [
      'what stands beside the number of a card is of the card',
      { last4: '4242', exp_month: 8, exp_year: 2031 },
      { last4: '[card]', exp_month: '[card]', exp_year: '[card]' },
    ],
    ['a month alone is a month', { month: 8, expiry: '2031-08-01' }, { month: 8, expiry: '2031-08-01' }],
    [
      'a header beside a method holds headers',
      { method: 'GET', header: { 'x-own': planted, host: 'localhost' } },
      { method: 'GET', header: { 'x-own': '[header]', host: 'localhost' } },
    ],
    ['that of a web token does not', { header: { alg: 'HS256' } }, { header: { alg: 'HS256' } }],
    ['data of a secret are secret', { kind: 'Secret', data: { a: planted } }, { kind: 'Secret', data: '[secret]' }],
    ['data of another kind are not', { kind: 'ConfigMap', data: { a: 'b' } }, { kind: 'ConfigMap', data: { a: 'b' } }],
    ['a name of two words has a value', [['security answer', planted]], [['security answer', '[secret]']]],
    [
      'the insurance of a patient is personal',
      { a: { patient: { insurance: { policyNumber: planted } } }, policyNumber: 'P-1' },
      { a: { patient: { insurance: { policyNumber: '[personal]' } } }, policyNumber: 'P-1' },
    ],
  ])('%s', (_what, value, written) => {
    expect(scrub(value)).toEqual(written)
    expect(scrub(written)).toEqual(written)
  })
})

describe('the value decides where a name says one thing or another', () => {
  test.each<[string, unknown]>([
    ['ticket', 'JIRA-1234'],
    ['ticket', 'INC0012345'],
    ['ticket', 4711],
    ['expiryDate', '2031-08-01'],
    ['expiryDate', 1_893_456_000],
    ['fingerprint', 'AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01'],
    ['fingerprint', 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8'],
    ['name', 'Gold Tier'],
    ['name', 'Not Found'],
  ])('%s: %j is shown', (name, value) => {
    expect(scrub({ [name]: value })).toEqual({ [name]: value })
  })

  test.each<[string, unknown, string]>([
    ['ticket', 'ST-1856339-aA5Yuvrxzpv8Tau1cYQ7', '[secret]'],
    ['expiryDate', '08/31', '[card]'],
    ['fingerprint', 'whorl left loop', '[personal]'],
    ['name', 'Ada Lovelace', '[personal]'],
  ])('%s: %j is hidden', (name, value, written) => {
    expect(scrub({ [name]: value })).toEqual({ [name]: written })
  })

  test('what is called like a person under or beside a thing is a thing, unless a person stands there too', () => {
    const things = { plan: { name: 'Blue Nina' }, row: { name: 'Blue Nina', sku: 'B-1' } }
    expect(scrub(things)).toEqual(things)
    expect(scrub({ name: 'Nina Blue', sku: 'B-1', email: 'nina@shop.example' })).toEqual({
      name: '[personal]',
      sku: 'B-1',
      email: '[email]',
    })
  })
})

describe('what was an error', () => {
  test.each<[string, unknown]>([
    [
      'with a stack',
      { name: 'LoadError', message: `no ${planted}`, stack: `LoadError: no ${planted}\n    at a (/b.js:1:2)` },
    ],
    ['with a type', { type: 'DatabaseError', message: `relation "${planted}" does not exist` }],
    ['by the name it stands under', { err: { code: '23505', detail: `Key (a)=(${planted})`, input: [planted, 3] } }],
    ['in a list under such a name', { cause: [{ message: `card ${planted} declined`, code: planted }] }],
    ['deep under such a name', { failure: { a: { b: [planted], c: { message: `no ${planted}` } } } }],
    ['as a text that quotes', { error: `no '${planted}' in "users"` }],
    ['as a text that mixes letters and digits', { errorMessage: `no ${planted} here` }],
    ['as a line of a stack', { stack: `Error: no ${planted}` }],
  ])('%s loses what was put in', (_what, value) => {
    const written = scrub(value)
    expect(JSON.stringify(written)).not.toContain(planted)
    expect(scrub(written)).toEqual(written)
  })

  test('keeps its words, codes and numbers', () => {
    const value = {
      err: { a: { severity: 'ERROR', table: 'users', retryable: true, attempts: 3 } },
      error: 'no "users"',
    }
    expect(scrub(value)).toEqual(value)
  })

  test('a stack that is text keeps the frames that exist', () => {
    const { stack } = new Error(`no ${planted}\n    at ${planted} (/etc/${planted}:1:1)`)
    const written = scrub({ stack })
    expect(JSON.stringify(written)).toMatch(/packages\/core\/src\/scrub\/walk-siblings\.test\.ts:\d+:\d+/)
    expect(JSON.stringify(written)).not.toContain(planted)
    expect(scrub(written)).toEqual(written)
  })

  test('an error where headers, cookies or a query are expected is a skeleton', () => {
    for (const name of ['headers', 'cookies', 'query']) {
      const written = scrub({ [name]: new TypeError(`${planted} is not a function`) })
      expect(written).toMatchObject({ [name]: { type: 'TypeError', message: '* is not a function' } })
      expect(scrub(written)).toEqual(written)
    }
  })

  test('a word that is called stack is a word', () => {
    expect(scrub({ stack: 'mern', error: 'timeout' })).toEqual({ stack: 'mern', error: 'timeout' })
  })
})

test('a message in a value is its text', () => {
  expect(scrub({ said: [msg`retry ${3} of 5`] })).toEqual({ said: ['retry 3 of 5'] })
})
