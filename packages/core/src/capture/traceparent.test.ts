import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTraceparent, renderTraceparent } from './traceparent.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const VALID = `00-${TRACE}-${PARENT}-01`
const STRICT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]$/

/** The specification's sentences, one after the other, without regard to cost. */
function reference(value: string): string | undefined {
  const text = value.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')
  const [version = '', trace = '', parent = '', ...rest] = text.split('-')
  if (!/^[0-9a-f]{2}$/.test(version) || version === 'ff') return undefined
  if (!/^[0-9a-f]{32}$/.test(trace) || /^0+$/.test(trace)) return undefined
  if (!/^[0-9a-f]{16}$/.test(parent) || /^0+$/.test(parent)) return undefined
  if (!/^[0-9a-f]{2}$/.test(rest[0] ?? '') || (version === '00' && rest.length > 1)) return undefined
  return `00-${trace}-${parent}-0${Number.parseInt(rest[0] ?? '', 16) & 3}`
}

function passedOn(value: string): string | undefined {
  const parsed = parseTraceparent(value)
  return parsed && renderTraceparent(parsed.traceId, parsed.parentId, parsed.flags)
}

/** Headers that are nearly right: a valid one with a few characters replaced, inserted or removed. */
const nearlyValid = fc
  .tuple(
    fc.constantFrom(VALID, VALID.replace('00-', '01-'), `cc-${TRACE}-${PARENT}-ff-more`, `\t ${VALID} `),
    fc.array(fc.tuple(fc.nat(60), fc.constantFrom('', '0', 'a', 'A', 'g', '-', ' ', '\t', ',', 'é', '\u0000')), {
      maxLength: 3,
    }),
    fc.boolean(),
  )
  .map(([base, edits, insert]) =>
    edits.reduce((text, [at, with_]) => text.slice(0, at) + with_ + text.slice(insert ? at : at + 1), base),
  )

describe('a traceparent', () => {
  it.each([
    ['as the specification shows it', VALID, { traceId: TRACE, parentId: PARENT, flags: 1 }],
    [
      'with the random flag, passed on as received',
      VALID.replace(/1$/, '3'),
      { traceId: TRACE, parentId: PARENT, flags: 3 },
    ],
    [
      'with unknown flags, which become zero',
      VALID.replace(/01$/, 'fe'),
      { traceId: TRACE, parentId: PARENT, flags: 2 },
    ],
    ['with spaces and tabs around it', ` \t${VALID}\t `, { traceId: TRACE, parentId: PARENT, flags: 1 }],
    ['of a higher version', VALID.replace('00-', 'cc-'), { traceId: TRACE, parentId: PARENT, flags: 1 }],
    [
      'of a higher version with more fields',
      `cc${VALID.slice(2)}-what-the-future`,
      { traceId: TRACE, parentId: PARENT, flags: 1 },
    ],
    ['of a higher version with a bare dash', `fe${VALID.slice(2)}-`, { traceId: TRACE, parentId: PARENT, flags: 1 }],
  ])('is taken %s', (_, value, expected) => {
    expect(parseTraceparent(value)).toEqual(expected)
  })

  it.each([
    ['empty', ''],
    ['of version ff', VALID.replace('00-', 'ff-')],
    ['of version 00 with something after the flags', `${VALID}-x`],
    ['of version 00 with a dash after the flags', `${VALID}-`],
    ['of a higher version with the flags run on', `cc${VALID.slice(2)}.x`],
    ['with an uppercase version', VALID.replace('00-', 'CC-')],
    ['with an uppercase trace id', VALID.replace('bf', 'BF')],
    ['with an all-zero trace id', VALID.replace(TRACE, '0'.repeat(32))],
    ['with an all-zero parent id', VALID.replace(PARENT, '0'.repeat(16))],
    ['one digit short', VALID.slice(0, -1)],
    ['with a dot for a dash', VALID.replace('-', '.')],
    ['with a line feed around it', `${VALID}\n`],
    ['with a no-break space around it', `\u00a0${VALID}`],
    ['sent twice and joined', `${VALID}, ${VALID}`],
    ['with digits of another alphabet', VALID.replace('4', '\u0664')],
  ])('is ignored when it is %s', (_, value) => {
    expect(parseTraceparent(value)).toBeUndefined()
  })

  it('is passed on as the specification says, or is absent, whatever came in', () => {
    const anything = fc.oneof(nearlyValid, fc.string(), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(anything, (value) => {
        const out = passedOn(value)
        expect(out).toBe(reference(value))
        if (out !== undefined) expect(out).toMatch(STRICT)
      }),
      { numRuns: 2_000 },
    )
  })
})
