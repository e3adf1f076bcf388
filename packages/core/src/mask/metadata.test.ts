import { memoryKeys } from '@trailmark/keys'
import { describe, expect, test } from 'vitest'
import type { MetadataKind } from '../event.ts'
import { Masking } from './masking.ts'
import { maskMetadata } from './metadata.ts'
import { tokenPseudonyms } from './pseudonyms.ts'
import { createTokens } from './tokens.ts'

const tokens = createTokens(memoryKeys().tokens)

function masked(kind: MetadataKind, value: unknown) {
  const masking = new Masking({ tokens, pseudonyms: tokenPseudonyms(tokens) }, undefined, 0)
  const written = maskMetadata({ field: kind }, { field: value }, masking)
  return written?.field ?? masking.privacy('s')?.redactions?.[0]?.rule
}

describe('a value of kind', () => {
  const cases: Record<string, { kind: MetadataKind; kept: unknown[]; refused: unknown[] }> = {
    enum: {
      kind: { kind: 'enum', values: ['csv', 'pdf'] },
      kept: ['csv'],
      refused: ['CSV', 'xml', 0, ['csv'], new String('csv')],
    },
    boolean: { kind: { kind: 'boolean' }, kept: [true, false], refused: ['true', 1, 0, {}] },
    integer: {
      kind: { kind: 'integer', min: -1, max: 10 },
      kept: [-1, 0, 10],
      refused: [11, -2, 1.5, '3', 3n, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60],
    },
    id: {
      kind: { kind: 'id', pattern: /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/ },
      kept: ['job_1', '1.2.3', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '1767225600000'],
      refused: [
        '',
        'a b',
        'a\n',
        'a'.repeat(65),
        7,
        '078-05-1120',
        '4111111111111111',
        'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
      ],
    },
    'id with a loose pattern': {
      kind: { kind: 'id', pattern: /[a-z]+/m },
      kept: ['abc'],
      refused: ['abc1', 'abc\nDEF', 'alice@x'],
    },
  }
  test.each(Object.entries(cases))('%s keeps what fits and nothing else', (_name, { kind, kept, refused }) => {
    for (const value of kept) expect(masked(kind, value)).toBe(value)
    for (const value of refused) expect(masked(kind, value)).toBe('wrong_kind')
  })

  test('id answers the same twice for a pattern with the flag g', () => {
    const kind: MetadataKind = { kind: 'id', pattern: /^[a-z]+$/g }
    expect([masked(kind, 'abc'), masked(kind, 'abc'), masked(kind, 'ab')]).toEqual(['abc', 'abc', 'ab'])
  })

  test('time takes dates and ISO 8601, and writes one spelling', () => {
    const kind: MetadataKind = { kind: 'time' }
    const spelled = '2026-01-15T10:00:00.000Z'
    for (const value of [
      new Date(spelled),
      spelled,
      '2026-01-15T11:00:00+01:00',
      '2026-01-15T10:00:00Z',
      '2026-01-15T10:00Z',
    ])
      expect(masked(kind, value)).toBe(spelled)
    expect(masked(kind, '2026-01-15')).toBe('2026-01-15T00:00:00.000Z')
    for (const value of [
      0,
      'yesterday',
      '15.01.2026',
      '2026-13-45',
      new Date(Number.NaN),
      new Date(8.64e15),
      'Jan 15 2026 alice',
    ])
      expect(masked(kind, value)).toBe('wrong_kind')
  })

  test('token takes any text and shows none of it', () => {
    const kind: MetadataKind = { kind: 'token', purpose: 'device' }
    expect(masked(kind, 'any text at all')).toMatch(/^p1_[a-z0-9]{8}_/)
    for (const value of ['', 'x'.repeat(2_000), 5, { toString: () => 'x' }])
      expect(masked(kind, value)).toBe('wrong_kind')
  })

  test('mask takes any text and shows what the mask leaves', () => {
    expect(masked({ kind: 'mask', mask: 'email' }, 'alice@x.example')).toBe('a*****@x.example')
    expect(masked({ kind: 'mask', mask: 'secret' }, 'hunter2')).toBe('*****')
    expect(masked({ kind: 'mask', mask: 'card' }, 4111111111111111)).toBe('wrong_kind')
  })

  test('any is absent when there is no value, which is no redaction', () => {
    for (const value of [undefined, null]) expect(masked({ kind: 'boolean' }, value)).toBeUndefined()
  })
})

test('undeclared keys are named only where a key is a word', () => {
  const masking = new Masking({ tokens, pseudonyms: tokenPseudonyms(tokens) }, undefined, 0)
  const given = {
    password: 1,
    userEmail: 1,
    'x-api-key': 1,
    'alice@x.example': 1,
    '4111111111111111': 1,
    hunter2: 1,
    'a b': 1,
  }
  expect(maskMetadata({}, given, masking)).toBeUndefined()
  expect(masking.privacy('s')?.redactions).toEqual([
    { path: 'metadata.password', rule: 'undeclared', n: 1 },
    { path: 'metadata.userEmail', rule: 'undeclared', n: 1 },
    { path: 'metadata.x-api-key', rule: 'undeclared', n: 1 },
    { path: 'metadata.*', rule: 'undeclared', n: 4 },
  ])
})

test('no record has more than fifty metadata members', () => {
  const names = Array.from({ length: 60 }, (_, i) => `field${String.fromCharCode(97 + (i % 26))}${i}`)
  const schema = Object.fromEntries(names.map((name) => [name, { kind: 'boolean' } as const]))
  const masking = new Masking({ tokens, pseudonyms: tokenPseudonyms(tokens) }, undefined, 0)
  const written = maskMetadata(schema, Object.fromEntries(names.map((name) => [name, true])), masking)
  expect(Object.keys(written ?? {})).toHaveLength(50)
  expect(masking.privacy('s')?.redactions).toEqual([{ path: 'metadata', rule: 'too_many', n: 10 }])
})
