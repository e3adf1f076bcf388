import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { MaskedDraft, type RecordMembers } from '../draft.ts'
import { readSeq, rewriteSeq } from './seq.ts'
import { createSerialiser, type Envelope, memberOrder, recordBytesMax } from './serialise.ts'
import { quote } from './serialise-text.ts'

const id = '0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b'
const envelope: Envelope = {
  service: { name: 'clinic', version: '4f2a9c1', env: 'production', instance: 'host-1', writer: 'w-0123456789ab' },
  policy: 'p0licy12',
  scrubber: 'thin-1',
}

const absent: Record<Exclude<keyof RecordMembers, Required>, undefined> = {
  tenant: undefined,
  reason: undefined,
  phase: undefined,
  operation_id: undefined,
  user_id: undefined,
  targets: undefined,
  resource_type: undefined,
  resource_id: undefined,
  subjects: undefined,
  decision: undefined,
  ip_address: undefined,
  ip_token: undefined,
  source: undefined,
  http: undefined,
  request_id: undefined,
  trace_id: undefined,
  span_id: undefined,
  trace_flags: undefined,
  correlation_id: undefined,
  causation_id: undefined,
  remote: undefined,
  changes: undefined,
  volume: undefined,
  purpose: undefined,
  legal_basis: undefined,
  ticket_ref: undefined,
  case_ref: undefined,
  metadata: undefined,
  sealed: undefined,
  privacy: undefined,
  aggregate: undefined,
}
type Required =
  | 'id'
  | 'stream'
  | 'level'
  | 'severity'
  | 'event_type'
  | 'event_code'
  | 'category'
  | 'action'
  | 'outcome'
  | 'actor'

const least: RecordMembers = {
  ...absent,
  id,
  stream: 'audit',
  level: 'WARNING',
  severity: 2,
  event_type: 'login_failure',
  event_code: 'ATN002F',
  category: 'authn',
  action: 'login',
  outcome: 'failure',
  actor: { type: 'anonymous' },
}

const most: RecordMembers = {
  ...least,
  tenant: 'north',
  reason: 'invalid_password',
  phase: 'result',
  operation_id: id,
  actor: { type: 'user', session_ref: 's', auth_method: 'password', mfa: false, roles: ['nurse'], on_behalf_of: 'o' },
  user_id: 'pn',
  targets: [{ type: 'patient', id: 't', owner: 'o', class: 'c' }],
  resource_type: 'patient',
  resource_id: 't',
  subjects: ['pn2'],
  decision: { effect: 'deny', policy_id: 'p', policy_version: '1', permission: 'read', roles_evaluated: ['nurse'] },
  ip_address: '192.0.2.0',
  ip_token: 'p1_x',
  source: {
    peer_ip_masked: '192.0.2.0',
    trusted_hops: 0,
    ua_family: 'f',
    os_family: 'o',
    device_ref: 'd',
    geo_country: 'AT',
  },
  http: {
    method: 'GET',
    route: '/a/:id',
    status: 200,
    duration_ms: 1.5,
    req_bytes: 0,
    res_bytes: 9,
    completion: 'completed',
  },
  request_id: 'r',
  trace_id: 't',
  span_id: 's',
  trace_flags: '01',
  correlation_id: 'c',
  causation_id: 'd',
  remote: { request_id_token: 'p1_y', trace_id: 't', reason: 'untrusted' },
  changes: [{ field: 'f', op: 'replace', before_token: 'b', after_token: 'a' }],
  volume: { records: 3, bytes: 4 },
  purpose: 'care',
  legal_basis: 'contract',
  ticket_ref: 'T-1',
  case_ref: 'C-1',
  metadata: { attempt_count: 3, new_device: true, method: 'password' },
  sealed: [{ p: 'pn', k: 'kid', e: 'AAAA' }],
  privacy: { scrubber: 'thin-1', redactions: [{ path: 'metadata.x', rule: 'undeclared', n: 1 }] },
  aggregate: { count: 2, start: '2026-01-15T10:00:00.000Z', end: '2026-01-15T10:01:00.000Z' },
}

const at = Date.parse('2026-01-15T10:20:30.004Z')

function draft(members: RecordMembers, timeMs = at): MaskedDraft {
  return MaskedDraft.make(members, catalogue.login_failure, 'spool', timeMs)
}

function body(members: RecordMembers, seq = 7): string {
  return createSerialiser(envelope).serialise(draft(members), seq)
}

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(`{${text}}`)
}

describe('a serialised record', () => {
  test('begins with schema, timestamp, id and seq at their fixed places', () => {
    expect(body(least)).toMatch(
      /^"schema":"audit\/1","timestamp":"2026-01-15T10:20:30\.004Z","id":"0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b","seq":7,"/,
    )
  })

  test('has every member in the documented order', () => {
    expect(Object.keys(parsed(body(most)))).toEqual([...memberOrder])
  })

  test('parses back to what was masked', () => {
    const { id: _id, ...members } = most
    expect(parsed(body(most))).toEqual({
      schema: 'audit/1',
      timestamp: '2026-01-15T10:20:30.004Z',
      id,
      seq: 7,
      ...members,
      service: envelope.service,
      policy: envelope.policy,
    })
  })

  test('leaves out what is absent or empty', () => {
    const empty = { ...least, targets: [], subjects: [], source: {}, volume: {}, metadata: {}, sealed: [], changes: [] }
    expect(body(empty)).toBe(body(least))
    expect(Object.values(parsed(body(empty)))).not.toContain(null)
  })

  test('writes −0 as 0, large numbers as they are, and leaves out what JSON cannot hold', () => {
    const metadata = {
      zero: -0,
      large: 1e21,
      small: 5e-324,
      most: Number.MAX_VALUE,
      nan: Number.NaN,
      end: Number.POSITIVE_INFINITY,
    }
    expect(parsed(body({ ...least, metadata })).metadata).toEqual({
      zero: 0,
      large: 1e21,
      small: 5e-324,
      most: Number.MAX_VALUE,
    })
  })

  test('writes nothing that a draft carries beside its declared members', () => {
    const smuggled = { ...least, actor: { type: 'anonymous' as const, password: 'hunter2' }, note: 'hunter2' }
    expect(body(smuggled)).not.toContain('hunter2')
  })

  test('keeps a key that means something to JavaScript as an ordinary key', () => {
    const metadata = Object.fromEntries([['__proto__', 'x']])
    expect(body({ ...least, metadata })).toContain('"metadata":{"__proto__":"x"}')
  })

  test('renders every code unit so that it parses back and stays on one visible line', () => {
    for (let from = 0; from < 0x10000; from += 0x100) {
      const units = Array.from({ length: 0x100 }, (_, unit) => String.fromCharCode(from + unit))
      for (const unit of units) expect(JSON.parse(quote(`a${unit}b`))).toBe(`a${unit}b`)
      expect(JSON.parse(quote(units.join('')))).toBe(units.join(''))
      // Nothing left that a terminal or a line reader obeys: C0, C1, line separators, direction marks.
      expect(quote(units.join(''))).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
      )
    }
    for (const point of [0x10000, 0x1f600, 0x10ffff]) {
      expect(JSON.parse(quote(String.fromCodePoint(point)))).toBe(String.fromCodePoint(point))
    }
    // A surrogate without its partner has no UTF-8: it must be escaped, or the bytes would differ from the string.
    expect(quote('\ud800')).toBe('"\\ud800"')
    expect(Buffer.from(quote('x\udfffy')).toString()).toBe(quote('x\udfffy'))
  })

  test('parses back equal for any text and number anywhere, from its bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const any = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
    fc.assert(
      fc.property(text, fc.dictionary(text, any, { maxKeys: 8 }), fc.nat(), (words, metadata, seq) => {
        const members = { ...least, purpose: words, resource_id: words, subjects: [words], metadata }
        const line = body(members, seq)
        const fromBytes: unknown = JSON.parse(`{${Buffer.from(line).toString()}}`)
        expect(line).not.toMatch(/[\n\r]/)
        expect(fromBytes).toEqual(
          JSON.parse(
            JSON.stringify({
              ...parsed(body(least, seq)),
              purpose: words,
              resource_id: words,
              subjects: [words],
              ...(Object.keys(metadata).length > 0 && { metadata }),
            }),
          ),
        )
      }),
    )
  })
})

describe('a record that is too large', () => {
  const huge = 'x'.repeat(200_000)
  const wide = '\u0001'.repeat(100_000)
  const cases: [string, RecordMembers][] = [
    ['metadata', { ...most, metadata: { note: huge } }],
    ['metadata keys', { ...most, metadata: { [huge]: 1 } }],
    [
      'many metadata keys',
      { ...most, metadata: Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`k${n}`, n])) },
    ],
    [
      'sealed envelopes',
      { ...most, sealed: Array.from({ length: 20 }, () => ({ p: 'p', k: 'k', e: 'A'.repeat(11_000) })) },
    ],
    ['subjects', { ...most, subjects: Array.from({ length: 5_000 }, (_, n) => `p1_abcdefgh_${n}_0123456789012345`) }],
    ['roles', { ...most, actor: { type: 'user', roles: Array.from({ length: 9_000 }, (_, n) => `role-${n}`) } }],
    [
      'changes',
      { ...most, changes: Array.from({ length: 3_000 }, (_, n) => ({ field: `f${n}`, op: 'add' as const })) },
    ],
    ['escaped text', { ...most, purpose: wide }],
    [
      'redactions',
      {
        ...most,
        privacy: {
          scrubber: 's',
          redactions: Array.from({ length: 5_000 }, () => ({ path: 'a.b.c', rule: 'r', n: 1 })),
        },
      },
    ],
    [
      'everything',
      {
        ...most,
        tenant: wide,
        purpose: wide,
        user_id: wide,
        request_id: wide,
        metadata: { a: wide },
        http: { method: wide, route: wide },
        subjects: [wide],
        targets: [{ type: wide }],
      },
    ],
  ]

  test.each(cases)('is cut to the bound, and says so: %s', (_what, members) => {
    const line = body(members)
    expect(Buffer.byteLength(line) + 2).toBeLessThanOrEqual(recordBytesMax)
    const record = parsed(line)
    expect(record).toMatchObject({
      id,
      seq: 7,
      event_type: 'login_failure',
      outcome: 'failure',
      service: envelope.service,
      policy: envelope.policy,
    })
    expect(record.privacy).toMatchObject({ truncated: true, untruncated_size: expect.any(Number) })
  })

  test('gives up metadata before it gives up who and what', () => {
    const record = parsed(
      body({ ...most, metadata: Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`k${n}`, n])) }),
    )
    expect(record).toMatchObject({ actor: most.actor, targets: most.targets, decision: most.decision, http: most.http })
  })

  test('tells its original size', () => {
    const members = { ...most, metadata: { note: huge } }
    const whole = createSerialiser(envelope).serialise(draft({ ...members, metadata: { note: 'x' } }), 7)
    expect(parsed(body(members)).privacy).toMatchObject({
      untruncated_size: Buffer.byteLength(whole) + huge.length - 1,
    })
  })

  test('is kept whole up to the last byte', () => {
    const room = recordBytesMax - 2 - Buffer.byteLength(body({ ...least, purpose: '' }))
    const fits = body({ ...least, purpose: 'x'.repeat(room) })
    expect(Buffer.byteLength(fits) + 2).toBe(recordBytesMax)
    expect(parsed(fits)).not.toHaveProperty('privacy')
    expect(parsed(body({ ...least, purpose: 'x'.repeat(room + 1) }))).toHaveProperty('privacy.truncated', true)
  })

  test('counts bytes and not characters', () => {
    const line = body({ ...least, purpose: '€'.repeat(30_000) })
    expect(Buffer.byteLength(line) + 2).toBeLessThanOrEqual(recordBytesMax)
  })
})

describe('rewriteSeq', () => {
  test('changes the seq and nothing else', () => {
    expect(rewriteSeq(body(most, 7), 123_456)).toBe(body(most, 123_456))
    expect(rewriteSeq(body(most, 123_456), 0)).toBe(body(most, 0))
    expect(readSeq(body(most, 42))).toBe(42)
  })

  test('is not led astray by a seq inside a value', () => {
    const members = { ...most, tenant: '","seq":99,' }
    expect(rewriteSeq(body(members, 1), 2)).toBe(body(members, 2))
  })

  test('refuses text that is not a record', () => {
    for (const text of ['', '"schema":"audit/1"', 'x'.repeat(200), body(least).replace('"seq":7', '"seq":"7"')]) {
      expect(() => rewriteSeq(text, 1)).toThrow(TypeError)
    }
  })
})
