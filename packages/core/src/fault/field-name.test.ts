import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFieldName, pathOf, pathOfText } from './field-name.ts'

test.each([
  'email',
  'firstName',
  'first_name',
  'users_email_key',
  'address2',
  'line1',
  'oauth2Token',
  's3Bucket',
  'UQ_97672ac88f789774dd47f7c8be3',
  'users_2024_q1',
  '$set',
  '_id',
  'content-type',
  'PatientVisit',
  'encryptionKey',
])('%s is the name of a field', (name) => {
  expect(isFieldName(name)).toBe(true)
})

test.each([
  'hunter2',
  'alice@clinic.example',
  'usr_8f3k2p9x',
  'JBSWY3DPEHPK3PXP',
  'AKIAIOSFODNN7EXAMPLE',
  '4111111111111111',
  '123',
  'a b',
  'ü',
  '',
  'x'.repeat(65),
  'Summer2024',
  'DE89370400440532013000',
  '550e8400-e29b-41d4-a716-446655440000',
  'a1b2c3d4',
  12,
  null,
])('%j is none', (name) => {
  expect(isFieldName(name)).toBe(false)
})

describe('a path', () => {
  test('keeps names, and places as []', () => {
    expect(pathOf(['patient', 'visits', 0, 'note'])).toBe('patient.visits[].note')
    expect(pathOf([])).toBe('(root)')
    expect(pathOf(['map', 'alice@clinic.example', 'age'])).toBe('map.*.age')
    expect(pathOf(['body', 'extra'], true)).toBe('body.*')
  })

  test.each([
    ['/patient/visits/0/note', 'patient.visits[].note'],
    ['patient.visits[0].note', 'patient.visits[].note'],
    ['patient.visits.0.note', 'patient.visits[].note'],
    ['', '(root)'],
    ['alice smith', '*'],
    ['x'.repeat(2_000), '*'],
  ])('is read from %j', (text, path) => {
    expect(pathOfText(text)).toBe(path)
  })

  test('shows nothing that is no name', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer(), fc.anything())), fc.boolean(), (segments, hide) => {
        expect(pathOf(segments, hide)).toMatch(/^(?:\(root\)|[\w$.*[\]-]+)$/)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(pathOfText(text)).toMatch(/^(?:\(root\)|[\w$.*[\]-]+)$/)
      }),
    )
  })
})
