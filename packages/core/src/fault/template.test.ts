import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTemplates, matchTemplate } from './template.ts'
import { templateOf } from './templates.ts'

describe('a message is replaced by its template', () => {
  test.each([
    ['connect ECONNREFUSED 10.1.2.3:5432', 'connect ECONNREFUSED *'],
    ['getaddrinfo ENOTFOUND alice.internal', 'getaddrinfo ENOTFOUND *'],
    ["Cannot read properties of undefined (reading 'ssn')", 'Cannot read properties of undefined (reading *)'],
    ['patient.load is not a function', '* is not a function'],
    ['alice is not defined', '* is not defined'],
    [`Unexpected token 'h', "hunter2" is not valid JSON`, 'Unexpected token *, * is not valid JSON'],
    ['Unexpected token h in JSON at position 12', 'Unexpected token * in JSON at position 12'],
    [
      'Unterminated string in JSON at position 19 (line 1 column 20)',
      'Unterminated string in JSON at position 19 (line 1 column 20)',
    ],
    ['"undefined" is not valid JSON', '* is not valid JSON'],
    ['Request failed with status code 404', 'Request failed with status code 404'],
    [
      'duplicate key value violates unique constraint "users_email_key"',
      'duplicate key value violates unique constraint *',
    ],
    [
      'insert into "t" ("a") values (\'x - y\') - duplicate key value violates unique constraint "k"',
      'duplicate key value violates unique constraint *',
    ],
    [
      'E11000 duplicate key error collection: a.b index: email_1 dup key: { email: "alice" }',
      'E11000 duplicate key error collection: *',
    ],
    ["Duplicate entry 'alice' for key 'users.email'", 'Duplicate entry * for key *'],
    ['jwt expired', 'jwt expired'],
    ['File too large', 'File too large'],
    ['request entity too large', 'request entity too large'],
    ['Unsupported state or unable to authenticate data', 'Unsupported state or unable to authenticate data'],
    ['timeout of 5000ms exceeded', 'timeout of 5000ms exceeded'],
    ['User validation failed: email: Cast to string failed for "alice"', '* validation failed: *'],
    [
      '"password" with value "hunter2" fails to match the required pattern: /x/',
      '"*" with value "*" fails to match the required pattern: *',
    ],
  ])('%s', (message, template) => {
    expect(templateOf(message)).toBe(template)
  })

  test.each(['', 'alice', 'Patient alice has moved', 'hunter2', 'timeout of alice exceeded', '*', '#'])(
    'and %j, which has none, is left out',
    (message) => {
      expect(templateOf(message)).toBeUndefined()
    },
  )
})

describe('matching', () => {
  const table = compileTemplates('a * b\n* in the middle *\ntakes # of #\nends with *, #')

  test.each([
    ['a x b', 'a * b'],
    ['a  b b b', 'a * b'],
    ['a b', undefined],
    ['a x', undefined],
    ['x in the middle y', '* in the middle *'],
    ['takes 3 of 12', 'takes 3 of 12'],
    ['takes 1234567 of 2', undefined],
    ['takes x of 2', undefined],
    ['takes 3 of 12 more', undefined],
    ['ends with a, 1, 2', 'ends with *, 2'],
    [`a ${'secret '.repeat(100_000)}b`, 'a * b'],
  ])('%s', (message, template) => {
    expect(matchTemplate(table, message)).toBe(template)
  })

  test('says nothing that does not stand in the template, but numbers of at most six digits', () => {
    const word = fc.constantFrom(
      'Invalid',
      'URL',
      'failed',
      'with',
      'status',
      'code',
      '404',
      ' ',
      ':',
      '*',
      '"',
      'alice',
      'is not defined',
      'JSON',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
        ),
        (message) => {
          const template = templateOf(message) ?? ''
          expect(template).not.toContain('alice')
          expect(template).not.toMatch(/\d{7}/)
          // What is written down is a template of itself.
          if (template !== '') expect(templateOf(template)).toBeDefined()
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
