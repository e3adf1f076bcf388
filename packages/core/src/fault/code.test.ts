import { expect, test } from 'vitest'
import { codeOf, isSqlState } from './code.ts'

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
