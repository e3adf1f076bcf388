import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFilter, type Filter, filterTextMax } from './filter.ts'
import type { Identities } from './identities.ts'
import { parseRecord } from './parse-record.ts'
import type { StoredRecord } from './record.ts'
import { line, type RecordPlan, startMs } from './trail.fixture.ts'

const position = { dir: 'clinic/audit.standard/w-000000000001', writer: 'w-000000000001', n: 0 }

function recordOf(plan: Partial<RecordPlan> = {}): StoredRecord {
  const record = parseRecord(line({ atMs: 0, ...plan }, 0), position)
  if (typeof record === 'string') throw new Error(record)
  return record
}

function found(filter: Filter, plan: Partial<RecordPlan> = {}, identities?: Identities): boolean {
  const record = recordOf(plan)
  const matcher = compileFilter(filter, identities)
  const matches = matcher.matches(record)
  // The quick question may only ever say more than the exact one.
  if (matches) expect(matcher.mayMatch(record.line)).toBe(true)
  return matches
}

const tokenOf = (purpose: string, value: string, tenant = '') =>
  `p1_kkkkkkkk_${hash('sha256', `${purpose}|${tenant}|${value}`, 'base64url').slice(0, 22)}`
const identities: Identities = {
  person: (id, tenant) => [tokenOf('person', id, tenant)],
  address: (address, tenant) => [tokenOf('address', address, tenant)],
  target: (type, id, tenant) => [tokenOf(`target:${type}`, id, tenant)],
  session: (ref, tenant) => [tokenOf('session', ref, tenant)],
}

describe('a filter', () => {
  it('without members matches everything', () => {
    expect(found({})).toBe(true)
  })

  it('takes the time range as from included and to excluded', () => {
    expect(found({ from: startMs })).toBe(true)
    expect(found({ from: startMs + 1 })).toBe(false)
    expect(found({ to: startMs })).toBe(false)
    expect(found({ to: startMs + 1 })).toBe(true)
  })

  it.each<[Filter, RecordPlan['members'], boolean]>([
    [{ request: 'req-1' }, { request_id: 'req-1' }, true],
    [{ request: 'req-1' }, { request_id: 'req-10' }, false],
    [{ request: 'req-1' }, {}, false],
    [{ request: 'a"b\\c' }, { request_id: 'a"b\\c' }, true],
    [{ trace: 'abc' }, { trace_id: 'abc' }, true],
    [{ trace: 'abc' }, { request_id: 'abc' }, false],
    [{ tenant: 'north' }, { tenant: 'north' }, true],
    [{ tenant: 'north' }, { tenant: 'south' }, false],
    [{ service: 'clinic' }, {}, true],
    [{ service: 'billing' }, {}, false],
    [{ userId: 'p1_x' }, { user_id: 'p1_x' }, true],
    [{ outcome: ['denied', 'failure'] }, { outcome: 'failure' }, true],
    [{ outcome: ['denied'] }, { outcome: 'failure' }, false],
    [{ resource: 'patient' }, { targets: [{ type: 'ward' }, { type: 'patient', id: 'x' }] }, true],
    [{ resource: 'patient' }, { targets: [{ type: 'ward' }] }, false],
    [{ resource: 'patient' }, { resource_type: 'patient' }, true],
  ])('%o on %o gives %s', (filter, members, expected) => {
    expect(found(filter, members && { members })).toBe(expected)
  })

  it.each<[string, string, boolean]>([
    ['login_failure', 'login_failure', true],
    ['login_failure', 'login_failure_2', false],
    ['login_*', 'login_failure', true],
    ['login_*', 'mfa_login_failure', false],
    ['*_failure', 'login_failure', true],
    ['*log*fail*', 'login_failure', true],
    ['log*log*', 'login_failure', false],
    ['a*a', 'a', false],
    ['*', 'login_failure', true],
  ])('type %s on %s gives %s', (pattern, type, expected) => {
    expect(found({ types: [pattern] }, { type })).toBe(expected)
  })

  it('compares globs as the slow reference does', () => {
    const word = fc.stringMatching(/^[ab_]{0,8}$/)
    const pattern = fc.stringMatching(/^[ab_*]{1,8}$/)
    fc.assert(
      fc.property(pattern, word, (glob, type) => {
        const slow = (p: string, t: string): boolean => {
          if (p === '') return t === ''
          if (p[0] === '*') return slow(p.slice(1), t) || (t !== '' && slow(p, t.slice(1)))
          return t !== '' && p[0] === t[0] && slow(p.slice(1), t.slice(1))
        }
        expect(found({ types: [glob] }, { type })).toBe(slow(glob, type))
      }),
    )
  })

  it('finds a person by any of the names that person has', () => {
    expect(found({ actor: 'usr_1' }, { members: { user_id: tokenOf('person', 'usr_1') } }, identities)).toBe(true)
    expect(found({ actor: 'usr_1' }, { members: { user_id: tokenOf('person', 'usr_2') } }, identities)).toBe(false)
    expect(found({ subject: 'pat_1' }, { members: { subjects: ['x', tokenOf('person', 'pat_1')] } }, identities)).toBe(
      true,
    )
  })

  it('finds a person under the tenant of each record', () => {
    const members = { tenant: 'north', user_id: tokenOf('person', 'usr_1', 'north') }
    expect(found({ actor: 'usr_1' }, { members }, identities)).toBe(true)
    expect(found({ actor: 'usr_1' }, { members: { ...members, tenant: 'south' } }, identities)).toBe(false)
  })

  it('finds a thing by its own identifier and by its token', () => {
    const targets = [{ type: 'patient', id: tokenOf('target:patient', '42') }]
    expect(found({ resource: 'patient/42' }, { members: { targets } }, identities)).toBe(true)
    expect(found({ resource: 'patient/43' }, { members: { targets } }, identities)).toBe(false)
    expect(found({ resource: `patient/${tokenOf('target:patient', '42')}` }, { members: { targets } })).toBe(true)
    expect(found({ resource: 'ward/42' }, { members: { targets } }, identities)).toBe(false)
  })

  it('finds a session by its reference and by its token', () => {
    const session_ref = tokenOf('session', 's-1')
    const members = { actor: { type: 'user', session_ref } }
    expect(found({ session: 's-1' }, { members }, identities)).toBe(true)
    expect(found({ session: 's-2' }, { members }, identities)).toBe(false)
    expect(found({ session: session_ref }, { members })).toBe(true)
  })

  it('tells addresses of one network apart where the keys are there', () => {
    const members = { ip_address: '203.0.113.0', ip_token: tokenOf('address', '203.0.113.7') }
    expect(found({ address: '203.0.113.7' }, { members }, identities)).toBe(true)
    expect(found({ address: '203.0.113.8' }, { members }, identities)).toBe(false)
    expect(found({ address: '203.0.113.8' }, { members })).toBe(true)
    expect(found({ address: '203.0.113.0' }, { members }, identities)).toBe(true)
    expect(found({ address: '198.51.100.7' }, { members })).toBe(false)
  })

  it('falls back on the network where the token was made with a key that is gone', () => {
    const members = { ip_address: '203.0.113.0', ip_token: 'p1_gonegone_AAAAAAAAAAAAAAAAAAAAAA' }
    expect(found({ address: '203.0.113.8' }, { members }, identities)).toBe(true)
    expect(found({ address: '203.0.114.8' }, { members }, identities)).toBe(false)
  })

  it.each<[Filter, string]>([
    [{ actor: 'usr_1' }, 'QUERY_KEYS_NEEDED'],
    [{ subject: 'usr_1' }, 'QUERY_KEYS_NEEDED'],
    [{ resource: 'patient/42' }, 'QUERY_KEYS_NEEDED'],
    [{ address: 'not an address' }, 'QUERY_FILTER_INVALID'],
    [{ resource: '/42' }, 'QUERY_FILTER_INVALID'],
    [{ from: 2, to: 1 }, 'QUERY_FILTER_INVALID'],
    [{ from: Number.NaN }, 'QUERY_FILTER_INVALID'],
    [{ types: [] }, 'QUERY_FILTER_INVALID'],
    [{ request: '' }, 'QUERY_FILTER_INVALID'],
    [{ request: 'x'.repeat(filterTextMax + 1) }, 'QUERY_FILTER_INVALID'],
  ])('refuses %o with %s', (filter, code) => {
    expect(() => compileFilter(filter)).toThrow(expect.objectContaining({ code }))
  })

  it('never lets the quick question miss what the exact one finds', () => {
    const text = fc.string({ minLength: 1, maxLength: 6, unit: 'binary' })
    fc.assert(
      fc.property(text, fc.boolean(), (value, same) => {
        const members = { request_id: same ? value : `${value}x`, tenant: value, outcome: 'denied' }
        expect(found({ request: value, tenant: value, outcome: ['denied'] }, { members })).toBe(same)
      }),
    )
  })
})
