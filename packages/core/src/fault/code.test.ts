import { expect, test } from 'vitest'
import { codeOf, isSqlState } from './code.ts'
import { safeError } from './safe-error.ts'

test.each([
  'ECONNREFUSED',
  'ENOENT',
  'ERR_INVALID_URL',
  'ERR_BAD_REQUEST',
  'ERR_JWT_EXPIRED',
  'ER_DUP_ENTRY',
  'P2002',
  'UND_ERR_CONNECT_TIMEOUT',
  'FST_ERR_VALIDATION',
  'LIMIT_FILE_SIZE',
  'card_declined',
  'entity.too.large',
  'MODULE_NOT_FOUND',
  'HPE_INVALID_METHOD',
  'SQLITE_CONSTRAINT_UNIQUE',
  'PATIENT_NOT_FOUND',
  'E_CUSTOM',
  'WRONGTYPE',
  'DEP0005',
  'CERT_HAS_EXPIRED',
  'ETIMEOUT',
  'EAUTH',
  'GRAPHQL_VALIDATION_FAILED',
  'PROTOCOL_CONNECTION_LOST',
  'WS_ERR_INVALID_OPCODE',
  'FSTDEP012',
  'ABORT_ERR',
  'EBADCSRFTOKEN',
])('%s is a code', (code) => {
  expect(codeOf(Object.assign(new Error(), { code }))).toBe(code)
})

test.each([
  'alice',
  'ALICE',
  'EMILY',
  'ALICE_SMITH',
  'alice@clinic.example',
  'hunter2',
  'JBSWY3DPEHPK3PXP',
  'AKIAIOSFODNN7EXAMPLE',
  '123456',
  '90210',
  'E',
  'A'.repeat(65),
  'DE89370400440532013000',
  'ERR_A1B2C3D4E5F6',
  'ERR_12345678',
  '',
  42,
  {},
  null,
  'ERR_x y',
  'P20020',
  'SUMMER_SALE',
])('%j is none', (code) => {
  expect(codeOf(Object.assign(new Error(), { code }))).toBeUndefined()
})

test('five characters are an SQLSTATE only where a driver stands behind them', () => {
  expect(isSqlState('23505')).toBe(true)
  expect(isSqlState('42P01')).toBe(true)
  expect(isSqlState('ALICE')).toBe(false)
  expect(codeOf(Object.assign(new Error(), { code: '23505' }))).toBeUndefined()
})

test('an own class of errors keeps its code, a built-in one with the same code does not', () => {
  class CardRefusedError extends Error {
    code = 'CARD_BY_BANK'
  }
  expect(safeError(new CardRefusedError('x'))).toMatchObject({ type: 'CardRefusedError', code: 'CARD_BY_BANK' })
  expect(safeError(Object.assign(new Error('x'), { code: 'CARD_BY_BANK' }))).not.toHaveProperty('code')
  for (const code of ['card_by_bank', 'CARD', 'A1B2C3_D4E5F6', `CARD_${'X'.repeat(70)}`, 4]) {
    expect(safeError(Object.assign(new CardRefusedError('x'), { code }))).not.toHaveProperty('code')
  }
})
