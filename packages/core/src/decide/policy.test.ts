import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { AuditError } from '../errors.ts'
import { compilePolicy } from './policy.ts'

const ask = (rules: unknown, event: keyof typeof catalogue, rest: object = {}) =>
  compilePolicy(rules, catalogue).of(event, catalogue[event]).decide(rest)

describe('a policy', () => {
  test('without rules records everything, in the class of the catalogue', () => {
    for (const rules of [undefined, []]) {
      expect(ask(rules, 'data_access')).toEqual({
        level: 'fields',
        failureClass: 'spool',
        activity: false,
        rule: -1,
        named: false,
      })
      expect(ask(rules, 'data_export')).toEqual({
        level: 'fields',
        failureClass: 'block',
        activity: true,
        rule: -1,
        named: false,
      })
    }
  })

  test('lets the first match win', () => {
    const rules = [
      { match: { event: 'data_access', route: '/health*' }, level: 'none' },
      { match: { event: 'data_*' }, level: 'metadata', failureClass: 'block' },
      { level: 'none' },
    ]
    expect(ask(rules, 'data_access', { route: '/health/live' })).toMatchObject({ level: 'none', rule: 0 })
    expect(ask(rules, 'data_access', { route: '/patients' })).toMatchObject({
      level: 'metadata',
      failureClass: 'block',
      rule: 1,
    })
    expect(ask(rules, 'login_success')).toMatchObject({ level: 'none', rule: 2 })
  })

  test('needs every member of a rule to match, and one pattern of each', () => {
    const rules = [
      {
        match: {
          method: ['get', 'head'],
          route: '/patients/*',
          role: 'dev*',
          tenant: ['acme', 'test-*'],
          event: 'data_access',
        },
        level: 'none',
      },
    ]
    const all = { method: 'GET', route: '/patients/:id', roles: ['ops', 'developer'], tenant: 'test-7' }
    expect(ask(rules, 'data_access', all).level).toBe('none')
    for (const other of [{ method: 'POST' }, { route: '/x' }, { roles: ['ops'] }, { roles: [] }, { tenant: 'beta' }])
      expect(ask(rules, 'data_access', { ...all, ...other }).level).toBe('fields')
    for (const name of ['method', 'route', 'roles', 'tenant'])
      expect(ask(rules, 'data_access', { ...all, [name]: undefined }).level).toBe('fields')
    expect(ask(rules, 'data_create', all).level).toBe('fields')
  })

  test('never silences the events by which the trail accounts for itself', () => {
    const silence = [{ level: 'none' }]
    for (const event of [
      'audit_gap',
      'stream_open',
      'application_startup',
      'legal_hold_released',
      'evidence_accessed',
    ] as const)
      expect(ask(silence, event).level).toBe('fields')
    for (const event of ['login_success', 'http_request', 'data_access'] as const)
      expect(ask(silence, event).level).toBe('none')
  })

  test('hashes to the same data for the same rules, and to other data for others', () => {
    const hash = (rules: unknown) => JSON.stringify(compilePolicy(rules, catalogue).hashInput)
    expect(hash([{ match: { route: '/a' } }])).toBe(hash([{ match: { route: ['/a'] }, level: 'fields' }]))
    expect(hash([{ match: { route: '/a' } }])).not.toBe(hash([{ match: { route: '/b' } }]))
  })
})

describe('what a policy says of one event', () => {
  const of = (rules: unknown, event: keyof typeof catalogue) =>
    compilePolicy(rules, catalogue).of(event, catalogue[event])

  test('is settled where no rule that can match it looks at the request', () => {
    const rules = [
      { match: { event: 'logout', route: '/x' }, level: 'none' },
      { match: { event: 'data_*' }, level: 'metadata' },
      { match: { tenant: 'acme' }, level: 'none' },
    ]
    expect(of(rules, 'data_access').settled).toMatchObject({ level: 'metadata', rule: 1, named: true })
    expect(of([], 'logout').settled).toMatchObject({ level: 'fields', rule: -1, named: false })
    expect(of(rules, 'logout').settled).toBeUndefined()
    expect(of(rules, 'logout').decide({ tenant: 'acme' })).toMatchObject({ level: 'none', rule: 2, named: false })
  })

  test('asks for roles and tenant only where a rule does', () => {
    const rules = [
      { match: { event: 'logout', role: 'nurse' }, level: 'none' },
      { match: { event: 'data_access', tenant: 'acme' }, level: 'none' },
    ]
    expect(of(rules, 'logout')).toMatchObject({ asksRoles: true, asksTenant: false })
    expect(of(rules, 'data_access')).toMatchObject({ asksRoles: false, asksTenant: true })
    expect(of(rules, 'data_export')).toMatchObject({ asksRoles: false, asksTenant: false })
  })

  test('may block wherever some request makes it block', () => {
    const values = [undefined, 'a', 'b'] as const
    const pattern = fc.constantFrom('a', 'b', '*')
    const rule = fc.record(
      {
        level: fc.constantFrom('none' as const, 'fields' as const),
        failureClass: fc.constantFrom('block' as const, 'spool' as const),
        match: fc.record(
          { event: fc.constantFrom('data_*', 'data_export', '*'), route: pattern },
          { requiredKeys: ['event'] },
        ),
      },
      { requiredKeys: ['match'] },
    )
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), fc.constantFrom('data_export', 'data_access'), (rules, event) => {
        const policy = of(rules, event)
        const some = values
          .map((route) => policy.decide({ route }))
          .some(({ level, failureClass }) => level !== 'none' && failureClass === 'block')
        // A rule behind one that matches more than it may never decide: then asking once more is all it costs.
        if (some) expect(policy.mayBlock).toBe(true)
        if (policy.settled !== undefined) expect(policy.mayBlock).toBe(some)
      }),
    )
  })
})

describe('a wrong policy names its place:', () => {
  const ok = { match: { route: '/x' } }
  test.each<[string, unknown]>([
    ['policy must', {}],
    ['policy must', 'none'],
    ['policy has 1001 rules', Array(1001).fill(ok)],
    ['policy[0] must', [null]],
    ['policy[1] must', [ok, []]],
    ['policy[0] has no member lvel', [{ lvel: 'none' }]],
    ['policy[0].level', [{ level: 'off' }]],
    ['policy[0].failureClass', [{ failureClass: 'strict' }]],
    ['policy[0].match must', [{ match: 'x' }]],
    ['policy[0].match needs', [{ match: {} }]],
    ['policy[0].match has no member path', [{ match: { path: '/x' } }]],
    ['policy[3].match.route must', [ok, ok, ok, { match: { route: 7 } }]],
    ['policy[0].match.route must', [{ match: { route: '' } }]],
    ['policy[0].match.route must', [{ match: { route: [] } }]],
    ['policy[0].match.route[1] must', [{ match: { route: ['/x', null] } }]],
    ['policy[0].match.tenant must', [{ match: { tenant: 'x'.repeat(257) } }]],
    ['policy[0].match.event data_acess matches no event', [{ match: { event: 'data_acess' } }]],
    ['policy[0].match.event audit_gap: ', [{ match: { event: 'audit_gap' }, level: 'none' }]],
    ['policy[0].match.event audit_*: ', [{ match: { event: 'audit_*' }, level: 'metadata' }]],
    [
      'policy[0].match.event application_startup: ',
      [{ match: { event: ['login_*', 'application_startup'] }, level: 'none' }],
    ],
  ])('%s', (place, rules) => {
    expect(() => compilePolicy(rules, catalogue)).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(`option ${place}`) }),
    )
  })

  test('anything gives a policy or a coded error, and a policy answers any question', () => {
    const text = fc.oneof(fc.constantFrom('*', 'data_*', '/x', 'none'), fc.string({ maxLength: 10 }))
    const rule = fc.record(
      {
        level: fc.oneof(fc.constantFrom('none', 'metadata', 'fields'), fc.anything()),
        match: fc.dictionary(
          fc.constantFrom('method', 'route', 'role', 'tenant', 'event'),
          fc.oneof(text, fc.array(text), fc.anything()),
        ),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.array(rule, { maxLength: 4 }), fc.anything()), text, (rules, said) => {
        try {
          const decided = ask(rules, 'data_access', { route: said, method: said, roles: [said], tenant: said })
          expect(['none', 'metadata', 'fields']).toContain(decided.level)
        } catch (error) {
          expect(error).toBeInstanceOf(AuditError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
