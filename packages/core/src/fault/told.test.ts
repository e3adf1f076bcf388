import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrub } from '../scrub/scrub.ts'
import { withheldMessage, withoutGiven, withoutTold } from './told.ts'

describe('of what an error says in a text', () => {
  test.each([
    ['password authentication failed for user "ann7"', 'password authentication failed for user [input]'],
    [
      'save failed: password authentication failed for user "ann7"',
      'save failed: password authentication failed for user [input]',
    ],
    ['save failed - connect ECONNREFUSED ann7.example:5432', 'save failed - connect ECONNREFUSED [input]'],
    ['patients.ann7 is not a function', '* is not a function'],
    ["() => 'ann7' could not be cloned.", '* could not be cloned.'],
    ['spawnSync ann7 ENOENT', 'spawnSync [input] ENOENT'],
    ['PatientError: no bed for ann7', `PatientError: ${withheldMessage}`],
    ['Error: no bed for ann7', `Error: ${withheldMessage}`],
    ['booking failed: BedError [E_BED]: no bed for ann7', `booking failed: BedError [E_BED]: ${withheldMessage}`],
    ['Uncaught TypeError: no bed for ann7', `Uncaught TypeError: ${withheldMessage}`],
    ['Cannot load "Ann7"', 'Cannot load "[input]"'],
    ['"pin" is required. "Ann-k7" is not allowed', '"pin" is required. "[input]" is not allowed'],
    ['unknown option `--Ann7` given', 'unknown option `[input]` given'],
    ['lookup failed for «Ann7»', 'lookup failed for «[input]»'],
  ])('%s keeps the words: %s', (text, kept) => {
    expect(withoutTold(text)).toBe(kept)
    expect(withoutTold(kept)).toBe(kept)
  })

  test.each([
    "user clicked 'Save'",
    'loaded "en" in 12 ms',
    "rule 'no-var' passed",
    'handled in 3 ms - ok',
    'retry 3 of 5 failed',
    'stored order ORD-2024-118: 3 items',
    "unknown column 'email'",
    'TimeoutError',
    'no errors in 12 files',
    'GET /orders/17 200 12ms',
  ])('%s stays', (text) => {
    expect(withoutTold(text)).toBe(text)
    expect(scrub(text)).toBe(text)
  })

  test('what follows the words for input goes, where the name says that it is an error', () => {
    expect(withoutGiven('no bed for Ann7, ward 3')).toBe('no bed for [input], ward 3')
    expect(withoutGiven('got Ann7=x')).toBe('got [input]')
    for (const text of ['timeout waiting for response', 'no answer for 30s', 'limit for EU_WEST reached', 'key']) {
      expect(withoutGiven(text)).toBe(text)
    }
    expect(scrub({ error: 'no bed for Ann7' })).toEqual({ error: 'no bed for [input]' })
    expect(scrub({ note: 'no bed for Ann7' })).toEqual({ note: 'no bed for Ann7' })
  })
})

const planted = 'Vq7-Planted'
const around = fc.string({ maxLength: 40, unit: fc.constantFrom(...'abc XYZ:-\'"`()[]{}=,.\n0') })

describe('whatever a message says', () => {
  test('nothing of it stands behind its type', () => {
    fc.assert(
      fc.property(around, around, fc.constantFrom('TypeError', 'Error', 'PatientError'), (before, behind, type) => {
        const error = new Error(`${before}${planted}${behind}`)
        error.name = type
        const written = JSON.stringify(scrub(String(error)))
        expect(written).not.toContain(planted)
      }),
      { numRuns: 300 },
    )
  })

  test('nothing of it stands in front of frames, and the frames stay', () => {
    fc.assert(
      fc.property(around, around, (before, behind) => {
        const written = String(scrub(new TypeError(`${before}${planted}${behind}`).stack))
        expect(written).not.toContain(planted)
        expect(written).toMatch(/told\.test\.ts:\d+:\d+/)
        expect(scrub(written)).toBe(written)
      }),
      { numRuns: 300 },
    )
  })

  test('a second look finds nothing', () => {
    fc.assert(
      fc.property(around, around, (before, behind) => {
        const shown = withoutTold(`${before}failed "${planted}" ${behind}`)
        expect(withoutTold(shown)).toBe(shown)
        const given = withoutGiven(`${before} for ${planted} ${behind}`)
        expect(withoutGiven(given)).toBe(given)
      }),
      { numRuns: 300 },
    )
  })
})
