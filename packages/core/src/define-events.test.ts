import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { idLike, integer, token } from './catalogue-kinds.ts'
import { checkEvents } from './define-check.ts'
import { catalogueOf, catalogueText, defineEvents } from './define-events.ts'
import { checkPattern } from './define-pattern.ts'
import { AuditError } from './errors.ts'

const least = { code: 'CLN001', category: 'data', action: 'update' } as const

describe('defineEvents', () => {
  test('fills in what is usual and freezes the rest', () => {
    const events = defineEvents({
      ward_transferred: { ...least, reasons: ['full'], metadata: { beds: integer(0, 50), device: token('device') } },
    })
    expect(events.ward_transferred).toEqual({
      ...least,
      level: 'INFO',
      severity: 1,
      outcome: 'success',
      failureClass: 'spool',
      retentionClass: 'standard',
      reasons: ['full'],
      metadata: { beds: { kind: 'integer', min: 0, max: 50 }, device: { kind: 'token', purpose: 'device' } },
    })
    expect(Object.isFrozen(events)).toBe(true)
    expect(Object.isFrozen(events.ward_transferred.metadata)).toBe(true)
  })

  test('is not changed by what happens to its argument afterwards', () => {
    const values: [string, ...string[]] = ['a']
    const metadata = { size: { kind: 'enum' as const, values } }
    const events = defineEvents({ sized: { ...least, metadata } })
    values.push('smuggled')
    expect(events.sized.metadata.size.values).toEqual(['a'])
  })

  const wrong: [string, unknown, string][] = [
    ['a list', [], 'events must be'],
    ['a built-in name', { login_failure: least }, 'events.login_failure is a built-in'],
    ['a name with capitals', { WardMoved: least }, 'events.WardMoved is not a name'],
    ['an alias', { LOGIN: least }, 'events.LOGIN is not a name'],
    ['no code', { a: { category: 'data', action: 'read' } }, 'events.a.code is missing'],
    ['a short code', { a: { ...least, code: 'CLN1' } }, 'events.a.code must be'],
    ['a reserved prefix', { a: { ...least, code: 'DAT900' } }, 'events.a.code DAT900'],
    ['one code twice', { a: least, b: least }, 'events.b.code CLN001 already belongs to a'],
    ['an unknown category', { a: { ...least, category: 'wards' } }, 'events.a.category must be one of'],
    ['an unknown field', { a: { ...least, retension: 'long' } }, 'events.a.retension is not a field'],
    ['a level for debugging', { a: { ...least, level: 'DEBUG' } }, 'events.a.level'],
    ['a severity of 9', { a: { ...least, severity: 9 } }, 'events.a.severity'],
    ['an unknown failure class', { a: { ...least, failureClass: 'maybe' } }, 'events.a.failureClass'],
    ['an unknown requirement', { a: { ...least, requires: ['love'] } }, 'events.a.requires must be one of'],
    ['free text among the reasons', { a: { ...least, reasons: ['he was rude'] } }, 'events.a.reasons'],
    ['a reason twice', { a: { ...least, reasons: ['x', 'x'] } }, 'events.a.reasons has a word twice'],
    ['a kind of free text', { a: { ...least, metadata: { n: { kind: 'text' } } } }, 'events.a.metadata.n.kind'],
    ['no kind', { a: { ...least, metadata: { n: 'string' } } }, 'events.a.metadata.n must be a kind'],
    ['a key with a dash', { a: { ...least, metadata: { 'n-m': integer(0, 1) } } }, 'events.a.metadata.n-m'],
    [
      'an empty list of words',
      { a: { ...least, metadata: { n: { kind: 'enum', values: [] } } } },
      'metadata.n.values is empty',
    ],
    ['no list of words', { a: { ...least, metadata: { n: { kind: 'enum' } } } }, 'events.a.metadata.n.values'],
    ['bounds the wrong way round', { a: { ...least, metadata: { n: integer(2, 1) } } }, 'min 2 is above max 1'],
    ['unbounded integers', { a: { ...least, metadata: { n: { kind: 'integer' } } } }, 'events.a.metadata.n needs'],
    [
      'a guessable token',
      { a: { ...least, metadata: { n: { kind: 'token', purpose: 'pin' } } } },
      'metadata.n.purpose pin',
    ],
    [
      'an unknown mask',
      { a: { ...least, metadata: { n: { kind: 'mask', mask: 'name' } } } },
      'metadata.n.mask must be one of',
    ],
    ['an open pattern', { a: { ...least, metadata: { n: idLike(/abc/) } } }, 'events.a.metadata.n.pattern must begin'],
    ['a look that does not exist', { a: { ...least, like: 'data_acess' } }, 'events.a.like must name'],
  ]
  test.each(wrong)('refuses %s and names the field', (_what, specs, message) => {
    let thrown: unknown
    try {
      checkEvents(specs)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AuditError)
    expect(thrown).toMatchObject({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(message) })
  })

  test('answers anything at all with a definition or a coded error', () => {
    const shape = fc.record(
      {
        code: fc.oneof(fc.constant('CLN001'), fc.anything()),
        category: fc.oneof(fc.constant('data'), fc.anything()),
        action: fc.oneof(fc.constant('read'), fc.anything()),
        reasons: fc.anything(),
        metadata: fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything()),
        requires: fc.anything(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.oneof(shape, fc.anything()))), (specs) => {
        try {
          checkEvents(specs)
        } catch (error) {
          expect(error).toBeInstanceOf(AuditError)
        }
      }),
    )
  })
})

describe('catalogueOf', () => {
  test('is the built-in catalogue without events of its own', () => {
    expect(catalogueOf(undefined)).toBe(catalogue)
  })

  test('adds what defineEvents made', () => {
    const events = defineEvents({ ward_transferred: least })
    expect(catalogueOf(events)).toEqual({ ...catalogue, ...events })
  })

  test('refuses events that were never checked', () => {
    for (const unchecked of [{ ward_transferred: least }, 'login', 7, null]) {
      expect(() => catalogueOf(unchecked)).toThrow('events: give what defineEvents() returned')
    }
  })
})

describe('catalogueText', () => {
  test('changes with a pattern, which JSON alone would lose', () => {
    const one = catalogueOf(defineEvents({ a: { ...least, metadata: { n: idLike(/^a$/) } } }))
    const two = catalogueOf(defineEvents({ a: { ...least, metadata: { n: idLike(/^b$/) } } }))
    expect(catalogueText(one)).not.toBe(catalogueText(two))
  })

  test('does not change with the order of events', () => {
    const { login_success, ...others } = catalogue
    expect(catalogueText({ ...others, login_success })).toBe(catalogueText(catalogue))
  })
})

describe('checkPattern', () => {
  const refused = [
    /a/,
    /^a/,
    /a$/,
    /^a\$/,
    /^a|b$/,
    /^a$/g,
    /^a$/y,
    /^a$/m,
    /^(a+)+$/,
    /^(?:a|a)*$/,
    /^(a)\1$/,
    /^(?=a)a$/,
    /^(?<!b)a$/,
  ]
  test.each(refused)('refuses %s', (pattern) => {
    expect(checkPattern(pattern)).toEqual(expect.any(String))
  })

  test('is not deceived by a bracket inside a class', () => {
    expect(checkPattern(/^[[](a+)+$/)).toEqual(expect.any(String))
    expect(checkPattern(/^[\]](a+)+$/)).toEqual(expect.any(String))
  })

  const accepted = [
    /^a$/,
    /^[0-9a-f]{64}$/,
    /^(?:a|b)$/,
    /^[a-z]+-[0-9]+$/,
    /^(?:ab)+$/,
    /^[|()]$/,
    /^\d{4}(?:-\d{2}){2}$/,
    /^[A-Z]{3}$/i,
    /^a\\$/,
  ]
  test.each(accepted)('accepts %s', (pattern) => {
    expect(checkPattern(pattern)).toBeUndefined()
  })

  test('refuses what is not a pattern', () => {
    for (const value of ['^a$', undefined, {}]) expect(checkPattern(value)).toBe('must be a regular expression')
    expect(checkPattern(new RegExp(`^${'a'.repeat(600)}$`))).toContain('longer')
  })
})
