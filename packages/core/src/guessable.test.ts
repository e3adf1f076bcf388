import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGuessableName } from './guessable.ts'

test.each([
  'pin',
  'user_pin',
  'pin_code',
  'date_of_birth',
  'dateOfBirth',
  'patient.gender',
  'card-cvv',
  'is_pregnant',
  'hasChildren',
  'zip_code',
  'AGE',
  'yes_no',
])('%s says that it is easily guessed', (name) => {
  expect(isGuessableName(name)).toBe(true)
})

test.each([
  'device',
  'spinning',
  'page',
  'message',
  'essex',
  'racecar',
  'island',
  'issuer',
  'is',
  'link',
  'address',
  '',
])('%s does not', (name) => {
  expect(isGuessableName(name)).toBe(false)
})

test('any name is answered', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), (name) => {
      expect(typeof isGuessableName(name)).toBe('boolean')
    }),
  )
})
