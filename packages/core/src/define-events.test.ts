import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { idLike, integer, token } from './catalogue-kinds.ts'
import { checkEvents } from './define-check.ts'
import { catalogueOf, catalogueText, defineEvents } from './define-events.ts'
import { checkPattern, checkPatternAccepts } from './define-pattern.ts'
import { countWays } from './define-pattern-ways.ts'
import { AuditError } from './errors.ts'
import type { MetadataKind } from './event.ts'

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
      'a token of a birthday',
      { a: { ...least, metadata: { birth_date: token('patient') } } },
      'events.a.metadata.birth_date has too few',
    ],
    [
      'a token of yes and no',
      { a: { ...least, metadata: { n: { kind: 'token', purpose: 'is_smoker' } } } },
      'is_smoker',
    ],
    ['a pattern for sentences', { a: { ...least, metadata: { n: idLike(/^.{1,64}$/) } } }, 'pattern accepts free text'],
    ['a pattern for anything but spaces', { a: { ...least, metadata: { n: idLike(/^\S+$/) } } }, 'accepts free text'],
    [
      'a pattern for mailboxes',
      { a: { ...least, metadata: { n: idLike(/^[a-z.]{1,30}@[a-z.]{1,30}$/) } } },
      'pattern accepts mailboxes',
    ],
    [
      'a pattern for mailboxes in capitals',
      { a: { ...least, metadata: { n: idLike(/^[A-Z.]{1,30}@[A-Z.]{1,30}$/) } } },
      'pattern accepts mailboxes',
    ],
    [
      'a pattern for social security numbers',
      { a: { ...least, metadata: { n: idLike(/^\d{3}-\d\d-\d{4}$/) } } },
      'pattern is made for social security numbers',
    ],
    [
      'a pattern for access keys',
      { a: { ...least, metadata: { n: idLike(/^AKIA[A-Z0-9]{16}$/) } } },
      'pattern is made for access keys',
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

describe('checkPatternAccepts', () => {
  test.each([
    /^[a-z0-9_-]{1,64}$/,
    /^usr_[a-z0-9]{6}$/,
    /^\d{1,16}$/,
    /^[A-Z]{3}-\d{1,6}$/,
    /^[0-9a-f]{40}$/,
    /^v\d\.\d$/,
  ])('lets %s pass', (pattern) => {
    expect(checkPatternAccepts(pattern)).toBeUndefined()
  })

  test.each([
    [/^\+\d{7,15}$/, 'telephone'],
    [/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, 'account'],
    [/^sk_live_\w{1,50}$/, 'provider keys'],
    [/^eyJ[\w-]{1,30}\.[\w-]{1,20}\.[\w-]{1,10}$/, 'web tokens'],
    [/^[a-z]{2}:\/\/[\w:.@]{1,50}$/, 'a password'],
    [/^[\s\w]{1,64}$/, 'free text'],
  ])('refuses %s, which is for %s', (pattern, what) => {
    expect(checkPatternAccepts(pattern)).toContain(what)
  })
})

describe('checkPattern', () => {
  const refused = [
    /^a*b*c*d*$/,
    /^a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?$/,
    /^(?:a|b|c){12}$/,
    /^(?:[a-z]{1,8}-){1,8}$/,
    /^(?:a?){1,40}$/,
    /^(?<name>a+)*$/,
    /^(?:(?:a|b){2})+$/,
    /^(?:a{1,3}){2,}$/,
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
    /^[a-z]+\.[a-z]+\.[a-z]+$/,
    /^(?:a|b){2}$/,
    /^(?<kind>ord|inv)_[0-9a-f]{8}$/,
    /^[a-z]{1,8}?(?:-\d{1,4})?$/,
    /^\u{61}{2}$/u,
    /^[A-Z]{2,10}-\d{1,6}-\d{1,6}$/,
    /^(?:\d{1,3}\.){3}\d{1,3}$/,
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

  test('the ways of a sequence multiply: something optional at the end doubles them', () => {
    const part = fc.constantFrom(
      'a',
      'b?',
      '[ab]',
      'a{1,3}',
      '(?:a|b)',
      '(?:ab){2}',
      'a+',
      '(?:a|ab)?',
      '(?:a{0,2}b){3}',
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const ways = countWays(`^${parts.join('')}$`, false)
        expect(ways).toBeGreaterThanOrEqual(1)
        expect(countWays(`^${[...parts, 'a?'].join('')}$`, false)).toBe(2 * Number(ways))
      }),
    )
  })

  test('every identifier of the built-in catalogue has a pattern that would be accepted', () => {
    for (const definition of Object.values(catalogue)) {
      for (const kind of Object.values<MetadataKind>(definition.metadata)) {
        if (kind.kind === 'id') expect([kind.pattern, checkPattern(kind.pattern)]).toEqual([kind.pattern, undefined])
      }
    }
  })

  test('any pattern is answered with a sentence or nothing', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z()[\]{}|?*+\\^$.0-9,:<=!-]{0,40}$/), (source) => {
        let pattern: RegExp
        try {
          pattern = new RegExp(`^${source}$`)
        } catch {
          return
        }
        expect(['string', 'undefined']).toContain(typeof checkPattern(pattern))
      }),
      { numRuns: 1_000 },
    )
  })

  test('refuses what is not a pattern', () => {
    for (const value of ['^a$', undefined, {}]) expect(checkPattern(value)).toBe('must be a regular expression')
    expect(checkPattern(new RegExp(`^${'a'.repeat(600)}$`))).toContain('longer')
  })
})
