import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isRequestId } from './request-id.ts'

it('is what the pattern says, for any text', () => {
  const nearly = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '.', '_', '-', '=', ' ', '"', ',', '\t', 'é'),
    maxLength: 130,
  })
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string(), fc.string({ unit: 'binary' })), (value) => {
      expect(isRequestId(value)).toBe(/^[A-Za-z0-9._\-=]{1,128}$/.test(value))
    }),
    { examples: [[''], ['a'.repeat(128)], ['a'.repeat(129)], ['a\n']] },
  )
})
