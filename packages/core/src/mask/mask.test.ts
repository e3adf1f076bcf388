import { memoryKeys } from '@trailmark/keys'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Draft, type ExchangeFacts, MaskedDraft, type RecordMembers } from '../draft.ts'
import type { ActorInput, EventDefinition, EventInput } from '../event.ts'
import { OwnActor, OwnEvent, OwnTarget } from '../own-event.ts'
import type { Pseudonyms } from '../pseudonyms.ts'
import { scrubber } from '../scrub/scrub.ts'
import { createMasker } from './mask.ts'
import { tokenPseudonyms } from './pseudonyms.ts'
import { createTokens, isToken } from './tokens.ts'

const tokens = createTokens(memoryKeys().tokens)
const pseudonyms = tokenPseudonyms(tokens)
const masker = createMasker({ tokens, pseudonyms, scrubber })

const definition: EventDefinition = {
  code: 'TST001',
  category: 'data',
  level: 'INFO',
  severity: 2,
  action: 'read',
  outcome: 'success',
  failureClass: 'spool',
  retentionClass: 'standard',
  reasons: ['emergency', 'routine'],
  metadata: {
    format: { kind: 'enum', values: ['csv', 'pdf'] },
    urgent: { kind: 'boolean' },
    rows: { kind: 'integer', min: 0, max: 1000 },
    due: { kind: 'time' },
    job: { kind: 'id', pattern: /^job_[a-z0-9]{1,20}$/ },
    device: { kind: 'token', purpose: 'device' },
    contact: { kind: 'mask', mask: 'email' },
  },
}
const exchange: ExchangeFacts = {
  requestId: '0193b0a0-0000-7000-8000-000000000000',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 3,
  clientAddress: '203.0.113.77',
  peerAddress: '::ffff:10.1.2.3',
  trustedHops: 1,
  userAgent: 'curl/8.4.0',
  http: { method: 'GET', route: '/patients/:id', status: 200, durationMs: 12.5, reqBytes: 0, resBytes: 99 },
}

/** Tests hand over what callers without the compiler might. */
function draftOf(event: unknown, rest: Omit<Partial<Draft>, 'actor'> & { actor?: unknown } = {}): Draft {
  return {
    type: 'test_event',
    definition,
    event: event as EventInput,
    id: '0193b0a0-0000-7000-8000-000000000001',
    timeMs: 1_768_471_200_000,
    detail: 'fields',
    failureClass: 'spool',
    ...rest,
    actor: rest.actor as ActorInput,
  }
}
const membersOf = (...args: Parameters<typeof draftOf>): RecordMembers => masker.mask(draftOf(...args)).members
const jsonOf = (...args: Parameters<typeof draftOf>) => JSON.stringify(membersOf(...args))
const person = (id: string, tenant?: string) =>
  pseudonyms.name({ id, proved: true, ...(tenant ? { tenant } : {}) }).text

describe('an event that core made itself', () => {
  const targets = [
    new OwnTarget('patient', 'pat_1', 'usr_2', 'phi'),
    new OwnTarget('ward', undefined, undefined, undefined),
  ]
  const said = {
    outcome: 'denied',
    reason: 'routine',
    subjects: ['usr_3'],
    purpose: 'treatment',
    volume: { records: 3 },
  } as const
  const who = { id: 'usr_1', roles: ['doctor'], mfa: true } as const
  const own = Object.assign(new OwnEvent(), said, { targets })

  test('gives the same record as the same words of an application', () => {
    expect(jsonOf(own, { actor: new OwnActor(who), exchange })).toBe(
      jsonOf({ ...said, targets: targets.map((one) => ({ ...one })) }, { actor: who, exchange }),
    )
    expect(membersOf(own).targets?.[0]).toMatchObject({ type: 'patient', class: 'phi' })
  })

  test('is judged like every other: nothing personal passes', () => {
    const loose = Object.assign(new OwnEvent(), {
      purpose: 'alice@x.example',
      targets: [
        new OwnTarget('alice@x.example', 'x', undefined, undefined),
        new OwnTarget('ward', 'alice@x.example', undefined, '4111111111111111'),
      ],
      subjects: ['alice@x.example'],
    })
    const actor = new OwnActor({ id: 'alice@x.example', roles: ['alice@x.example', 'nurse'], sessionRef: 'secret' })
    expect(jsonOf(loose, { actor })).not.toMatch(/alice|4111|secret/)
    expect(membersOf(loose, { actor }).actor.roles).toEqual(['nurse'])
  })

  test('may carry an object of the application as metadata, whose code never runs', () => {
    const own = new OwnEvent()
    const metadata = Object.defineProperty({ urgent: true }, 'rows', { enumerable: true, get: () => expect.fail() })
    expect(membersOf(Object.assign(own, { metadata })).metadata).toEqual({ urgent: true })
    expect(
      membersOf(Object.assign(own, { metadata: new Proxy({}, { ownKeys: () => expect.fail() }) })).metadata,
    ).toBeUndefined()
  })

  test('cannot be imitated', () => {
    const getter = { enumerable: true, get: () => expect.fail() }
    const forged = Object.defineProperties(Object.create(OwnEvent.prototype), { purpose: getter, targets: getter })
    expect(membersOf(forged).privacy?.redactions).toHaveLength(2)
    expect(membersOf(new Proxy(own, { get: () => expect.fail() })).targets).toBeUndefined()
    const actor = Object.defineProperty(Object.create(OwnActor.prototype), 'id', getter)
    expect(membersOf({}, { actor }).user_id).toBeUndefined()
  })
})

describe('a masked draft', () => {
  const event = {
    targets: [{ type: 'patient', id: 'pat_1', owner: 'usr_2', class: 'phi' }, { type: 'ward' }],
    subjects: ['usr_2', 'usr_3', 'usr_2'],
    reason: 'routine',
    severity: 4,
    tenant: 'acme',
    decision: {
      effect: 'allow',
      policyId: 'p-7',
      policyVersion: '3',
      permission: 'patient:read',
      rolesEvaluated: ['doctor'],
    },
    changes: [{ field: 'email', op: 'replace', before: 'alice@old.example', after: 'alice@new.example' }],
    volume: { records: 3, bytes: 1024 },
    purpose: 'treatment',
    legalBasis: 'GDPR-9-2-h',
    ticketRef: 'INC-42',
    caseRef: 'case/7',
    correlationId: 'order-77',
    causationId: 'msg:9',
    phase: 'result',
    operationId: '0193b0a0-0000-7000-8000-000000000002',
    metadata: {
      format: 'csv',
      urgent: true,
      rows: 12,
      due: new Date(0),
      job: 'job_7',
      device: 'ABC',
      contact: 'alice@x.example',
    },
  }
  const actor = {
    id: 'usr_1',
    sessionRef: 'sess-secret',
    authMethod: 'oidc',
    mfa: true,
    roles: ['doctor'],
    onBehalfOf: 'usr_9',
  }
  const members = membersOf(event, { actor, exchange })

  test('says who, as pseudonyms and tokens', () => {
    expect(members.actor).toEqual({
      type: 'user',
      session_ref: tokens.token('session', 'sess-secret', { tenant: 'acme' }),
      auth_method: 'oidc',
      mfa: true,
      roles: ['doctor'],
      on_behalf_of: person('usr_9', 'acme'),
    })
    expect(members.user_id).toBe(person('usr_1', 'acme'))
    expect(members.subjects).toEqual([person('usr_2', 'acme'), person('usr_3', 'acme')])
  })

  test('says what, mirrors the first target, and shows when owner and subject are one person', () => {
    expect(members.targets).toEqual([
      {
        type: 'patient',
        id: tokens.token('target:patient', 'pat_1', { tenant: 'acme' }),
        owner: members.subjects?.[0],
        class: 'phi',
      },
      { type: 'ward', id: undefined, owner: undefined, class: undefined },
    ])
    expect([members.resource_type, members.resource_id]).toEqual(['patient', members.targets?.[0]?.id])
  })

  test('keeps what the application named and counted', () => {
    expect(members).toMatchObject({
      tenant: 'acme',
      event_code: 'TST001S',
      outcome: 'success',
      severity: 4,
      reason: 'routine',
      decision: {
        effect: 'allow',
        policy_id: 'p-7',
        policy_version: '3',
        permission: 'patient:read',
        roles_evaluated: ['doctor'],
      },
      volume: { records: 3, bytes: 1024 },
      purpose: 'treatment',
      legal_basis: 'GDPR-9-2-h',
      ticket_ref: 'INC-42',
      case_ref: 'case/7',
      correlation_id: 'order-77',
      causation_id: 'msg:9',
      phase: 'result',
      operation_id: event.operationId,
    })
    expect(members.changes?.[0]).toMatchObject({ field: 'email', op: 'replace' })
    expect(isToken(members.changes?.[0]?.before_token ?? '')).toBe(true)
    expect(members.changes?.[0]?.after_token).not.toBe(members.changes?.[0]?.before_token)
  })

  test('keeps declared metadata of its kind', () => {
    expect(members.metadata).toEqual({
      format: 'csv',
      urgent: true,
      rows: 12,
      due: '1970-01-01T00:00:00.000Z',
      job: 'job_7',
      device: tokens.token('device', 'ABC', { tenant: 'acme', timeMs: 1_768_471_200_000 }),
      contact: 'a*****@x.example',
    })
  })

  test('says where from, by network and family', () => {
    expect(members).toMatchObject({
      ip_address: '203.0.113.0',
      ip_token: tokens.token('address', '203.0.113.77', { tenant: 'acme', timeMs: 1_768_471_200_000 }),
      source: { peer_ip_masked: '10.1.2.0', trusted_hops: 1, ua_family: 'curl', os_family: 'other' },
      http: { method: 'GET', route: '/patients/:id', status: 200, duration_ms: 12.5, req_bytes: 0, res_bytes: 99 },
      request_id: exchange.requestId,
      trace_id: exchange.traceId,
      span_id: exchange.spanId,
      trace_flags: '03',
    })
  })

  test('accounts for nothing, because nothing was removed', () => {
    expect(members.privacy).toBeUndefined()
  })

  test('holds no identifier, address, session or changed value in clear', () => {
    const text = JSON.stringify(members)
    for (const secret of ['usr_', 'pat_1', 'sess-secret', '203.0.113.77', '10.1.2.3', 'alice@', '"ABC"', 'curl/8'])
      expect(text).not.toContain(secret)
  })

  test('is told from any object of its shape', () => {
    const masked = masker.mask(draftOf(event))
    expect(MaskedDraft.is(masked)).toBe(true)
    expect(MaskedDraft.is({ ...masked })).toBe(false)
    expect(masked).toMatchObject({ definition, failureClass: 'spool', stream: 'audit', timeMs: 1_768_471_200_000 })
  })
})

describe('masking', () => {
  test('leaves out content where the policy says metadata only', () => {
    const event = { metadata: { rows: 3 }, changes: [{ field: 'email', op: 'add' }], volume: { records: 1 } }
    const members = membersOf(event, { detail: 'metadata' })
    expect([members.metadata, members.changes, members.volume?.records]).toEqual([undefined, undefined, 1])
    expect(members.privacy).toBeUndefined()
  })

  test('writes an attempt with an unknown outcome, whatever the caller hopes', () => {
    expect(membersOf({ phase: 'attempt', outcome: 'success' })).toMatchObject({
      outcome: 'unknown',
      event_code: 'TST001U',
    })
  })

  test('raises the severity and never lowers it', () => {
    expect([0, 1, 2, 3, 6, 7, -1, 2.5, '5'].map((severity) => membersOf({ severity }).severity)).toEqual([
      2, 2, 2, 3, 6, 2, 2, 2, 2,
    ])
  })

  test('asks for no key where an identifier was only claimed', () => {
    const asked: unknown[] = []
    const port: Pseudonyms = {
      ...pseudonyms,
      name: (one) => {
        asked.push(one)
        return { text: 'x' }
      },
    }
    const own = createMasker({ tokens, pseudonyms: port, scrubber })
    const claimed = { ...definition, unprovedActor: true as const }
    own.mask({ ...draftOf({}, { actor: { id: 'a' } }), definition: claimed })
    own.mask(draftOf({}, { actor: { id: 'b' } }))
    own.mask(draftOf({}, { actor: { id: 'c', proved: false } }))
    own.mask(draftOf({}, { actor: { id: 'd', type: 'service' } }))
    own.mask(draftOf({ subjects: [7], targets: [{ type: 't', owner: 'o' }] }))
    expect(asked).toEqual([
      { id: 'a', proved: false },
      { id: 'b', proved: true },
      { id: 'c', proved: false },
      { id: 'd', proved: false },
      { id: '7', proved: true },
      { id: 'o', proved: false, known: true },
    ])
  })

  test('seals the full address where the event calls for it and the person has a key', () => {
    const sealed: unknown[] = []
    const seal = (...args: unknown[]) => {
      sealed.push(args)
      return { p: 'p', k: 'k', e: 'e' }
    }
    const own = createMasker({
      tokens,
      pseudonyms: { ...pseudonyms, name: () => ({ text: 'p', seal }) },
      origin: (stream, retentionClass) => `clinic/${stream}.${retentionClass}`,
      scrubber,
    })
    const sealing = { ...definition, sealsAddress: true as const }
    const draft = draftOf({}, { actor: { id: 'usr_1' }, exchange })
    expect(own.mask({ ...draft, definition: sealing }).members.sealed).toEqual([{ p: 'p', k: 'k', e: 'e' }])
    expect(own.mask(draft).members.sealed).toBeUndefined()
    expect(sealed).toEqual([['clinic/audit.standard', draft.id, '{"ip_address":"203.0.113.77"}']])
  })

  test('survives a key store that fails, with a record that says so', () => {
    const broken: Pseudonyms = {
      ...pseudonyms,
      name: () => {
        throw new Error('store of usr_1 is gone')
      },
    }
    const own = createMasker({ tokens, pseudonyms: broken, scrubber })
    const { members } = own.mask(draftOf({ metadata: { rows: 1 } }, { actor: { id: 'usr_1' }, exchange }))
    expect(members).toMatchObject({
      event_type: 'test_event',
      event_code: 'TST001U',
      request_id: exchange.requestId,
      privacy: { scrubber: 'scrub/1', redactions: [{ path: '*', rule: 'mask_failed', n: 1 }] },
    })
    expect(JSON.stringify(members)).not.toContain('usr_1')
  })

  test('keeps the name of an event nobody knows, if it is a name', () => {
    expect(membersOf({}, { unknownName: 'order_shipped' }).metadata).toEqual({ name: 'order_shipped' })
    const members = membersOf({}, { unknownName: 'login of alice@clinic.example' })
    expect(members.metadata).toBeUndefined()
    expect(members.privacy?.redactions).toEqual([{ path: 'event_type', rule: 'not_an_identifier', n: 1 }])
  })

  test('keeps the skeleton of an error where the definition has a place for it', () => {
    const withError: EventDefinition = {
      ...definition,
      metadata: { error_type: { kind: 'id', pattern: /^.*$/ }, error_code: { kind: 'id', pattern: /^.*$/ } },
    }
    const error = Object.assign(new TypeError('cannot find alice@clinic.example'), {
      code: 'ENOENT',
      path: '/home/alice',
    })
    const { metadata } = masker.mask({ ...draftOf({}, { error }), definition: withError }).members
    expect(metadata).toEqual({ error_type: 'TypeError', error_code: 'ENOENT' })
    expect(membersOf({}, { error }).metadata).toBeUndefined()
  })

  test('turns what a client may choose into closed lists', () => {
    const facts: ExchangeFacts = {
      ...exchange,
      clientAddress: 'unknown; DROP TABLE',
      userAgent: 'alice/1.0',
      remote: { reason: 'malformed', requestIdToken: 'raw id of alice', traceId: 'not hex' },
      http: { method: 'ALICE', route: '/patients?ssn=078-05-1120', status: 999, durationMs: Number.NaN, reqBytes: -1 },
    }
    const members = membersOf({}, { exchange: facts })
    expect(members.http).toEqual({ method: 'OTHER' })
    expect(members.source).toMatchObject({ ua_family: 'other' })
    expect([members.ip_address, members.ip_token, members.remote?.trace_id]).toEqual([undefined, undefined, undefined])
    expect(isToken(members.remote?.request_id_token ?? '')).toBe(true)
    expect(JSON.stringify(members)).not.toMatch(/alice|078-05|DROP/i)
  })

  test.each(['/users/alice@clinic.example', '/a b', '/x?y=1', `/${'x'.repeat(300)}`, '/a\nb'])(
    'writes no route %j',
    (route) => {
      expect(membersOf({}, { exchange: { ...exchange, http: { method: 'GET', route } } }).http?.route).toBeUndefined()
    },
  )

  test.each(['/', '/@:handle', '/users/:id(\\d+)?', '/files/*path', '/über/:id', '/^\\/x\\/(\\d+)$/'])(
    'writes the route %s',
    (route) => {
      expect(membersOf({}, { exchange: { ...exchange, http: { method: 'GET', route } } }).http?.route).toBe(route)
    },
  )

  test('bounds every list, and says how much is missing', () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => `r${i}`)
    const members = membersOf(
      {
        targets: many.slice(0, 1_000).map((id) => ({ type: 'row', id })),
        subjects: many,
        changes: many.slice(0, 1_000).map((field) => ({ field, op: 'add' })),
        decision: { effect: 'allow', rolesEvaluated: many },
        metadata: Object.fromEntries(many.slice(0, 5_000).map((key) => [key, 1])),
      },
      { actor: { id: 'u', roles: many } },
    )
    expect([members.targets, members.subjects, members.changes].map((list) => list?.length)).toEqual([20, 20, 50])
    expect(members.actor.roles).toHaveLength(20)
    expect(members.privacy?.redactions).toEqual(
      expect.arrayContaining([
        { path: 'targets', rule: 'too_many', n: 980 },
        { path: 'subjects', rule: 'too_many', n: 999_980 },
        { path: 'changes', rule: 'too_many', n: 950 },
        { path: 'metadata', rule: 'too_many', n: 4_500 },
        { path: 'metadata.*', rule: 'undeclared', n: 500 },
      ]),
    )
    expect(JSON.stringify(members).length).toBeLessThan(20_000)
  })

  test('makes no token of a value that is easily guessed', () => {
    const guessable = ['yes', 'true', '1234', '1980-05-01', '1980-05-01T00:00:00Z', '+49 151 1234567', 'short']
    const members = membersOf({ changes: guessable.map((before) => ({ field: 'f', op: 'remove', before })) })
    expect(members.changes?.some((change) => change.before_token)).toBe(false)
    expect(members.privacy?.redactions).toEqual([{ path: 'changes.before', rule: 'low_entropy', n: guessable.length }])
  })
})

describe('no event, whatever it is made of,', () => {
  let ran = 0
  const run = (): never => {
    ran += 1
    throw new Error('user code ran')
  }
  const trap = new Proxy({}, { get: () => run })
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const cycle: Record<string, unknown> = {}
  cycle.metadata = cycle
  cycle.targets = [cycle]
  const hostiles: unknown[] = [
    new Proxy({}, trap as ProxyHandler<object>),
    new Proxy([], trap as ProxyHandler<unknown[]>),
    revoked(),
    cycle,
    Object.create(new Proxy({}, trap as ProxyHandler<object>)),
    Object.create(null),
    Object.defineProperty({}, 'id', { get: run, enumerable: true }),
    Object.defineProperty([1], 0, { get: run }),
    { toJSON: run, toString: run, valueOf: run, [Symbol.toPrimitive]: run, [Symbol.iterator]: run },
    Object.assign(new Date(0), { getTime: run, toISOString: run, valueOf: run }),
    new Date(Number.NaN),
    new String('planted'),
    new Uint8Array(8),
    Symbol('planted'),
    12n,
    Number.NaN,
    new Map([['planted', 'planted']]),
    run,
    new Error('planted'),
    Array(100),
  ]
  /** The generator looks into what it generates, so hostile values stand in only afterwards. */
  class Hostile {
    readonly index: number
    constructor(index: number) {
      this.index = index
    }
  }
  const hostile = fc.nat(hostiles.length - 1).map((index) => new Hostile(index))
  function withHostiles(generated: unknown): unknown {
    if (generated instanceof Hostile) return hostiles[generated.index]
    if (Array.isArray(generated)) return generated.map(withHostiles)
    if (typeof generated !== 'object' || generated === null) return generated
    if (Object.getPrototypeOf(generated) !== Object.prototype && Object.getPrototypeOf(generated) !== null)
      return generated
    return Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(generated).map(([key, one]) => [
          key,
          { value: withHostiles(one), enumerable: true, writable: true, configurable: true },
        ]),
      ),
    )
  }
  /** Text that no field takes in clear, and shapes of names that fields do take but that nobody declared. */
  const planted = fc.constantFrom(
    'plant ed',
    'plänted',
    'planted\n',
    'x@planted.example',
    `planted${'x'.repeat(2_000)}`,
  )
  const value = fc.oneof(
    planted,
    hostile,
    fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }).filter(hidesNothing),
  )
  const names = [
    'actor',
    'targets',
    'subjects',
    'outcome',
    'reason',
    'severity',
    'decision',
    'changes',
    'volume',
    'purpose',
    'legalBasis',
    'ticketRef',
    'caseRef',
    'tenant',
    'metadata',
    'phase',
    'operationId',
    'correlationId',
    'causationId',
    'occurredAt',
    'request',
    'id',
    'type',
    'sessionRef',
    'authMethod',
    'mfa',
    'roles',
    'onBehalfOf',
    'proved',
    'owner',
    'class',
    'effect',
    'policyId',
    'permission',
    'field',
    'op',
    'before',
    'after',
    'records',
    'bytes',
    'format',
    'urgent',
    'rows',
    'due',
    'job',
    'device',
    'undeclared',
    '__proto__',
    'constructor',
    'toJSON',
    'planted key',
  ]
  const members = (inner: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom(...names), inner, { maxKeys: 8 })
  const object = members(fc.oneof(value, fc.array(fc.oneof(value, members(value)), { maxLength: 4 }), members(value)))
  const input = fc.oneof({ weight: 5, arbitrary: object }, { weight: 1, arbitrary: value })

  /** Arbitrary text of the generator cannot be told from a name, so it is left out of what is looked for. */
  function hidesNothing(one: unknown): boolean {
    return !String(typeof one === 'string' ? one : '').includes('planted')
  }

  test('makes masking throw, runs its code, or is written where no field takes it', () => {
    fc.assert(
      fc.property(input, input, fc.oneof(planted, hostile, fc.constant(undefined)), (event, actor, error) => {
        const rest = { actor: withHostiles(actor), exchange, error: withHostiles(error) }
        const text = jsonOf(withHostiles(event), rest)
        expect(text).not.toMatch(/pl[aä]nt ?ed/)
        expect(text).not.toContain('mask_failed')
        expect(ran).toBe(0)
        const record = JSON.parse(text)
        expect(record.event_type).toBe('test_event')
        expect(Object.values(record)).not.toContain(null)
      }),
      { numRuns: 1_000 },
    )
  })

  test('writes metadata that is not declared, however harmless it looks', () => {
    const harmless = fc.stringMatching(/^planted[a-z0-9_]{1,20}$/)
    const undeclared = fc.dictionary(
      fc.constantFrom('note', 'user', 'format', 'urgent', 'rows', 'due', 'job'),
      harmless,
    )
    fc.assert(
      fc.property(undeclared, harmless, (metadata, key) => {
        const members = membersOf({ metadata: { ...metadata, [`${key}7`]: 1 }, [key]: key })
        expect(members.metadata).toBeUndefined()
        expect(JSON.stringify(members)).not.toContain('planted')
        const counted = members.privacy?.redactions?.reduce((sum, { n }) => sum + n, 0)
        expect(counted).toBe(Object.keys(metadata).length + 1)
      }),
    )
  })
})
