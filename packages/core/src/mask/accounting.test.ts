import { expect, test } from 'vitest'
import { Accounting } from './accounting.ts'

test('an account of nothing is absent', () => {
  expect(new Accounting().member('s')).toBeUndefined()
})

test('equal removals are counted together', () => {
  const account = new Accounting()
  account.drop('metadata.a', 'undeclared')
  account.drop('metadata.a', 'undeclared', 2)
  account.drop('metadata.a', 'wrong_kind')
  expect(account.member('types/1')).toEqual({
    scrubber: 'types/1',
    redactions: [
      { path: 'metadata.a', rule: 'undeclared', n: 3 },
      { path: 'metadata.a', rule: 'wrong_kind', n: 1 },
    ],
  })
})

test('an account stays small and still counts everything', () => {
  const account = new Accounting()
  for (let i = 0; i < 1_000; i++) account.drop(`metadata.key${i}`, i % 2 ? 'undeclared' : 'wrong_kind')
  const { redactions = [] } = account.member('s') ?? {}
  expect(redactions.length).toBeLessThanOrEqual(32)
  expect(redactions.reduce((sum, { n }) => sum + n, 0)).toBe(1_000)
})
