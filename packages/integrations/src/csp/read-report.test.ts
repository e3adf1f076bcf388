import { catalogue } from '@trailmark/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { violationsIn } from './read-report.ts'

const old = {
  'csp-report': {
    'document-uri': 'https://clinic.example/patients/planted-7?token=planted',
    'violated-directive': "script-src 'self' https://planted.example",
    'blocked-uri': 'https://cdn.evil.example/planted/script.js?planted',
    'script-sample': 'planted words',
    'status-code': 200,
    disposition: 'report',
  },
}
const now = {
  type: 'csp-violation',
  url: 'https://clinic.example/patients/planted-7',
  body: {
    documentURL: 'https://clinic.example/patients/planted-7',
    effectiveDirective: 'script-src-elem',
    blockedURL: 'inline',
    sample: 'planted words',
    statusCode: 200,
    disposition: 'enforce',
  },
}

describe('the violations in a body', () => {
  it('are read from both forms, as text, as bytes and parsed', () => {
    const expected = {
      enforced: false,
      directive: 'script-src',
      blocked: 'origin',
      origin: 'https://cdn.evil.example',
      status: 200,
    }
    for (const body of [old, JSON.stringify(old), Buffer.from(JSON.stringify(old))])
      expect(violationsIn(body)).toEqual([expected])
    const also = { enforced: true, directive: 'script-src-elem', blocked: 'inline', status: 200 }
    expect(violationsIn([now, { type: 'deprecation', body: {} }, now])).toEqual([also, also])
    expect(violationsIn(now)).toEqual([also])
  })

  it('are at most 20, and none of what is no report', () => {
    expect(violationsIn(Array.from({ length: 100 }, () => now))).toHaveLength(20)
    for (const body of ['', '{', 'null', '7', '[]', '{}', '{"csp-report":7}', null, undefined, 7, [[now]]])
      expect(violationsIn(body)).toEqual([])
  })

  const { directive, blocked } = catalogue.csp_violation_reported.metadata
  const words = fc.constantFrom(
    ...directive.values,
    ...blocked.values,
    'data:',
    'https://x.example',
    'http://',
    'HTTPS:x',
    '',
  )
  const value = fc.oneof(words, fc.anything(), fc.string())
  const keys = ['effective-directive', 'violated-directive', 'blocked-uri', 'status-code', 'disposition']
  const more = ['effectiveDirective', 'blockedURL', 'statusCode', 'disposition']
  const report = (names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })
  const body = fc.oneof(
    fc.anything({ withBigInt: true, withNullPrototype: true }),
    fc.string(),
    fc.uint8Array(),
    fc.record({ 'csp-report': report(keys) }),
    fc.array(fc.record({ type: fc.constant('csp-violation'), body: fc.oneof(report(more), fc.anything()) })),
  )

  it('are words of the catalogue and an origin, whatever was sent', () => {
    fc.assert(
      fc.property(body, (sent) => {
        for (const one of violationsIn(sent)) {
          expect(directive.values).toContain(one.directive)
          expect(blocked.values).toContain(one.blocked)
          expect(one.blocked === 'origin').toBe(one.origin !== undefined)
          if (one.origin !== undefined) expect(new URL(one.origin).origin).not.toBe('')
        }
      }),
    )
  })
})
