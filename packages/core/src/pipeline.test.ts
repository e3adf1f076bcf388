import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestContext, runInContext } from './context.ts'
import type { ExchangeFacts } from './draft.ts'
import type { ActorInput, Category } from './event.ts'
import { type ExchangeView, rememberView, runtimeOf } from './runtime.ts'
import { fixedClock, testAudit } from './testing.ts'

function context(requestId: string): RequestContext {
  return new RequestContext({ requestId, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, startMs: 0 })
}

/** A request in progress, as `core/http` would make it known. */
function followed(requestId: string, actor?: ActorInput) {
  const told: string[] = []
  const own = context(requestId)
  const facts: ExchangeFacts = {
    requestId,
    traceId: own.traceId,
    spanId: own.spanId,
    traceFlags: 1,
    clientAddress: '203.0.113.77',
    http: { method: 'GET', route: '/patients/:id' },
  }
  const view: ExchangeView = {
    context: own,
    facts: () => facts,
    actor: () => actor,
    recorded: (category: Category, type: string) => void told.push(`${category} ${type}`),
  }
  const request = {}
  rememberView(view, request)
  return { context: own, request, told, facts }
}

describe('record()', () => {
  it('takes ids, address and actor from the request in progress', () => {
    const audit = testAudit()
    const here = followed('req-1', { id: 'usr_1' })
    runInContext(here.context, () => audit.record('login_failure', { reason: 'invalid_password' }))
    expect(audit.records[0]).toMatchObject({
      event_type: 'login_failure',
      request_id: 'req-1',
      ip_address: '203.0.113.0',
      http: { method: 'GET', route: '/patients/:id' },
    })
    expect(audit.records[0]?.['user_id']).toMatch(/^p1_/)
    expect(here.told).toEqual(['authn login_failure'])
  })

  it('takes the ids alone from a context that nobody follows', () => {
    const audit = testAudit()
    runInContext(context('job-1'), () => audit.record('login_success', { actor: { id: 'usr_1' } }))
    expect(audit.records[0]).toMatchObject({ request_id: 'job-1', trace_id: 'a'.repeat(32) })
  })

  it.each(['stream_open', 'stream_close', 'audit_gap', 'ledger_full', 'ledger_recovered'] as const)(
    'does not let an application say %s, which verifiers believe',
    (type) => {
      const audit = testAudit()
      audit.record(type)
      expect(audit.records).toMatchObject([{ event_type: 'unknown_event', metadata: { name: type } }])
    },
  )

  it('without a request and an actor is of the system', () => {
    const audit = testAudit()
    audit.record('backup_completed')
    expect(audit.records[0]).toMatchObject({ actor: { type: 'system' } })
    expect(audit.records[0]?.['request_id']).toBeUndefined()
  })

  it('believes the explicit request, and records that the ambient one was another', () => {
    const audit = testAudit()
    const a = followed('req-a', { id: 'usr_a' })
    const b = followed('req-b', { id: 'usr_b' })
    runInContext(a.context, () => audit.record('login_success', { request: b.request }))
    expect(audit.recordsOf('login_success')[0]).toMatchObject({ request_id: 'req-b' })
    expect(audit.recordsOf('context_mismatch')[0]).toMatchObject({
      request_id: 'req-b',
      reason: 'other_request',
      metadata: { ambient_request_id: 'req-a', explicit_request_id: 'req-b', event_type: 'login_success' },
    })
    expect(audit.health().counts.contextMismatch).toBe(1)
    expect(a.told).toEqual([])
    expect(b.told).toEqual(['authn login_success'])
  })

  it('sees no mismatch where explicit and ambient request are the same, or there is no ambient one', () => {
    const audit = testAudit()
    const a = followed('req-a')
    runInContext(a.context, () => audit.record('login_success', { request: a.request }))
    audit.record('login_success', { request: a.request })
    audit.record('login_success', { request: { raw: a.request } })
    expect(audit.records.map((one) => one['request_id'])).toEqual(['req-a', 'req-a', 'req-a'])
    expect(audit.health().counts.contextMismatch).toBe(0)
  })

  it('keeps an event nobody knows as unknown_event, with its name if that is a name', () => {
    const audit = testAudit()
    const { recordIn } = runtimeOf(audit)
    recordIn(undefined, 'pateint_viewed', {})
    recordIn(undefined, 'mail to ann@example.org', {})
    expect(audit.records.map((one) => one['metadata'])).toEqual([{ name: 'pateint_viewed' }, undefined])
    expect(audit.health().counts.unknownEvent).toBe(2)
    expect(JSON.stringify(audit.records)).not.toContain('ann@')
    expect(audit.notices.filter((line) => line.includes('UNKNOWN_EVENT'))).toHaveLength(1)
  })

  it('refuses an event that lacks what it requires, and says what', async () => {
    const audit = testAudit()
    const receipt = audit.record('break_glass_access', { actor: { id: 'usr_1' } })
    await expect(receipt.durable).rejects.toMatchObject({
      code: 'AUDIT_EVENT_INCOMPLETE',
      message: expect.stringContaining('purpose'),
    })
    expect(audit.records).toEqual([])
    expect(audit.health().counts.incomplete).toBe(1)
    expect(audit.notices[0]).toContain('needs purpose')
    audit.record('break_glass_access', { actor: { id: 'usr_1' }, purpose: 'patient_care' })
    expect(audit.records).toHaveLength(1)
  })

  it('does not record what the policy silences, and says so to whoever asks', async () => {
    const audit = testAudit({ policy: [{ match: { event: 'login_success' }, level: 'none' }] })
    await expect(audit.record('login_success').acknowledged).rejects.toMatchObject({ code: 'AUDIT_NOT_RECORDED' })
    audit.record('login_failure')
    expect(audit.records.map((one) => one.event_type)).toEqual(['login_failure'])
    expect(audit.health().counts.notRecorded).toBe(1)
    const { failureClass } = runtimeOf(audit)
    expect(failureClass(undefined, 'login_success', {})).toBe('none')
    expect(failureClass(undefined, 'data_export', {})).toBe('block')
  })

  it('knows which events block in no request', () => {
    const mayBlock = (rule: object) => runtimeOf(testAudit({ policy: [rule] })).mayBlock
    const none = runtimeOf(testAudit()).mayBlock
    expect([none('data_access'), none('VIEW_RECORD'), none('data_export')]).toEqual([false, false, true])
    expect([none('no_such_event'), none('stream_open'), none('constructor')]).toEqual([true, true, true])
    const blocking = mayBlock({ match: { event: 'data_*', role: 'admin' }, failureClass: 'block' })
    expect([blocking('data_access'), blocking('VIEW_RECORD'), blocking('logout')]).toEqual([true, true, false])
    const spooling = mayBlock({ match: { event: 'data_*' }, failureClass: 'spool' })
    expect([spooling('data_export'), spooling('break_glass_access')]).toEqual([false, true])
    const sometimes = mayBlock({ match: { event: 'data_*', route: '/x' }, failureClass: 'spool' })
    expect(sometimes('data_export')).toBe(true)
    expect(mayBlock({ match: { event: 'data_export' }, level: 'none' })('data_export')).toBe(false)
  })

  it('asks the policy with the route, the method and the roles of the request', () => {
    const audit = testAudit({
      policy: [{ match: { route: '/patients/*', method: 'get', role: 'nurse' }, level: 'none' }],
    })
    const nurse = followed('req-1', { id: 'usr_1', roles: ['nurse'] })
    const doctor = followed('req-2', { id: 'usr_2', roles: ['doctor'] })
    for (const one of [nurse, doctor])
      runInContext(one.context, () => audit.record('data_access', { targets: [{ type: 'patient' }] }))
    expect(audit.records.map((one) => one['request_id'])).toEqual(['req-2'])
  })

  it('says when it happened, and makes the id when it is told', () => {
    const clock = fixedClock()
    const audit = testAudit({ clock })
    audit.record('login_success', { occurredAt: new Date('2025-12-31T23:59:59.000Z') })
    expect(audit.records[0]?.timestamp).toBe('2025-12-31T23:59:59.000Z')
    audit.record('login_success')
    expect(audit.records[1]?.timestamp).toBe('2026-01-15T12:00:00.000Z')
  })

  it('accepts the aliases of other systems', () => {
    const audit = testAudit()
    audit.record('LOGIN')
    expect(audit.records[0]?.event_type).toBe('login_success')
  })

  it('can be taken off the audit', () => {
    const audit = testAudit()
    const { record } = audit
    record('logout')
    expect(audit.records).toHaveLength(1)
  })

  it('treats what cannot be judged as what matters most', () => {
    const audit = testAudit()
    const broken = new Proxy({}, { getOwnPropertyDescriptor: () => fail() })
    const fail = (): never => {
      throw new Error('no')
    }
    expect(runtimeOf(audit).failureClass(undefined, 'login_success', broken)).toBe('block')
  })

  it('pairs attempt and result of an exchange', () => {
    const audit = testAudit()
    const { recordIn } = runtimeOf(audit)
    const operationId = '0194f3b0-0000-7000-8000-000000000001'
    const { facts } = followed('req-1')
    recordIn(
      facts,
      'data_export',
      { targets: [{ type: 'patient' }] },
      { operationId, phase: 'attempt', actor: { id: 'usr_1' } },
    )
    recordIn(
      facts,
      'data_export',
      { targets: [{ type: 'patient' }] },
      { operationId, phase: 'result', actor: { id: 'usr_1' } },
    )
    expect(audit.records.map((one) => [one['phase'], one['operation_id'], one.outcome])).toEqual([
      ['attempt', operationId, 'unknown'],
      ['result', operationId, 'success'],
    ])
  })
})

/** Values of the kind that end programs: getters and traps that throw, circles, symbols, revoked proxies. */
function hostileValues(): readonly unknown[] {
  const fail = (): never => {
    throw new Error('ran')
  }
  const trapped = new Proxy(
    {},
    { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail },
  )
  const revoked = Proxy.revocable([], {})
  revoked.revoke()
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const getter = Object.defineProperty({}, 'id', { enumerable: true, get: fail })
  const text = { toString: fail, valueOf: fail, toJSON: fail, [Symbol.toPrimitive]: fail }
  return [
    trapped,
    revoked.proxy,
    circle,
    getter,
    text,
    [trapped],
    Symbol('s'),
    fail,
    10n,
    new Date(Number.NaN),
    Object.create(null),
  ]
}

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
]
const members = [...names, 'tenant', 'metadata', 'occurredAt', 'request', 'phase', 'operationId', 'correlationId']

describe('whatever it is given', () => {
  const values = hostileValues()
  // The runner itself looks into generated values, so hostile ones are generated by their index.
  const given = fc.oneof(
    fc.anything({ maxDepth: 3 }).map((value) => ({ value })),
    fc.nat(values.length - 1),
  )
  const known = fc.constantFrom('login_failure', 'data_export', 'http_request', 'config_change', '__proto__')
  const unfold = (one: { value: unknown } | number): unknown => (typeof one === 'number' ? values[one] : one.value)

  it('record() returns a receipt with an id, writes one line of JSON or refuses, and never throws', async () => {
    const audit = testAudit()
    const record: (type: never, event: never) => { id: string; durable: Promise<unknown> } = audit.record
    const run = async (type: unknown, event: unknown) => {
      audit.clear()
      const receipt = record(type as never, event as never)
      expect(receipt.id).toMatch(/^[0-9a-f-]{36}$/)
      const settled = await receipt.durable.then(
        () => 'recorded',
        (error: unknown) => (error instanceof Error ? 'refused' : 'odd'),
      )
      expect(settled).not.toBe('odd')
      if (settled === 'recorded') expect(audit.records.at(-1)?.id).toBe(receipt.id)
    }
    const types = fc.oneof(
      known.map((value) => ({ value })),
      fc.string().map((value) => ({ value })),
      given,
    )
    await fc.assert(
      fc.asyncProperty(types, given, (type, event) => run(unfold(type), unfold(event))),
      { numRuns: 500 },
    )
    await fc.assert(
      fc.asyncProperty(
        known,
        fc.array(fc.tuple(fc.constantFrom(...members), given), { maxLength: 6 }),
        (type, entries) => run(type, Object.fromEntries(entries.map(([name, value]) => [name, unfold(value)]))),
      ),
      { numRuns: 1_000 },
    )
    expect(audit.health().counts.failed).toBe(0)
  })
})
