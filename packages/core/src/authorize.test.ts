import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestContext, runInContext } from './context.ts'
import { createDecisionRegister, recordDecision } from './decision-register.ts'
import { rememberView } from './runtime.ts'
import { fixedClock, type RecordedEvent, type TestAudit, testAudit } from './testing.ts'

const permission = 'patients:read'

function newContext(): RequestContext {
  return new RequestContext({
    requestId: 'r',
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: 0,
    startMs: 0,
  })
}

function decisions(audit: TestAudit): RecordedEvent[] {
  return audit.records.filter(({ category }) => category === 'authz')
}

/** The same members in one order. */
function sorted(value: object): unknown {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}

describe('authorize', () => {
  it('answers what the check answers, and records it', () => {
    const audit = testAudit()
    expect(audit.authorize({ permission, policyId: 'ward', policyVersion: '3' }, () => true)).toBe(true)
    expect(audit.authorize({ permission, roles: ['nurse'] }, () => false)).toBe(false)
    expect(decisions(audit)).toMatchObject([
      {
        event_type: 'authz_allow',
        outcome: 'success',
        reason: 'policy',
        decision: { effect: 'allow', permission, policy_id: 'ward', policy_version: '3' },
      },
      {
        event_type: 'authz_deny',
        outcome: 'denied',
        reason: 'missing_permission',
        decision: { effect: 'deny', permission, roles_evaluated: ['nurse'] },
      },
    ])
  })

  it('waits for a promise, and for whatever has a then, once', async () => {
    const audit = testAudit()
    let asked = 0
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: this is what queries of several libraries are.
      then(resolve: (answer: boolean) => void) {
        asked++
        resolve(false)
      },
    }
    await expect(audit.authorize({ permission }, async () => true)).resolves.toBe(true)
    const answer = Reflect.apply(audit.authorize, audit, [{ permission }, () => query])
    await expect(answer).resolves.toBe(false)
    expect(asked).toBe(1)
    expect(decisions(audit).map(({ event_type }) => event_type)).toEqual(['authz_allow', 'authz_deny'])
  })

  it('takes a verdict with its grounds, and answers yes or no all the same', async () => {
    const audit = testAudit()
    const denied = audit.authorize({ permission, policyId: 'asked' }, () => ({
      allowed: false,
      reason: 'not_owner',
      policyId: 'answered',
      policyVersion: '7',
      roles: ['guest'],
      rule: 'owner-only',
    }))
    expect(denied).toBe(false)
    expect(decisions(audit)).toMatchObject([
      {
        reason: 'not_owner',
        decision: {
          effect: 'deny',
          permission,
          policy_id: 'answered',
          policy_version: '7',
          roles_evaluated: ['guest'],
        },
        metadata: { rule: 'owner-only' },
      },
    ])
  })

  it('records targets as tokens and subjects as pseudonyms', () => {
    const audit = testAudit()
    audit.authorize(
      { permission, targets: [{ type: 'patient', id: 'planted-7' }], subjects: ['planted-7'] },
      () => true,
    )
    expect(decisions(audit)).toMatchObject([{ resource_type: 'patient', subjects: [expect.any(String)] }])
    expect(JSON.stringify(audit.records)).not.toContain('planted-7')
  })

  it('records a check that throws or rejects as undecided, and throws on the same error', async () => {
    const audit = testAudit()
    const error = Object.assign(new Error('planted words'), { code: 'ECONNREFUSED' })
    const thrown = (): boolean => {
      throw error
    }
    expect(() => audit.authorize({ permission }, thrown)).toThrow(error)
    await expect(audit.authorize({ permission: 'other' }, () => Promise.reject(error))).rejects.toBe(error)
    expect(decisions(audit)).toMatchObject(
      [permission, 'other'].map((one) => ({
        event_type: 'authz_deny',
        outcome: 'failure',
        reason: 'undecided',
        decision: { effect: 'deny', permission: one },
        metadata: { error_type: 'Error', error_code: 'ECONNREFUSED' },
      })),
    )
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('records nothing of a promise that never settles', async () => {
    const audit = testAudit()
    void audit.authorize({ permission }, () => new Promise<boolean>(() => undefined))
    await new Promise(setImmediate)
    expect(decisions(audit)).toEqual([])
  })

  it('takes what is neither yes nor no for a refusal, in the record and for the caller, and says so', async () => {
    for (const answer of [undefined, null, 1, 'true', {}, [], { allowed: 'yes' }, Symbol('x'), 0n]) {
      const audit = testAudit()
      expect(Reflect.apply(audit.authorize, audit, [{ permission }, () => answer])).toBe(false)
      await expect(Reflect.apply(audit.authorize, audit, [{ permission }, async () => answer])).resolves.toBe(false)
      expect(decisions(audit)).not.toEqual([])
      for (const one of decisions(audit)) expect(one).toMatchObject({ event_type: 'authz_deny', reason: 'undecided' })
      expect(audit.notices.join('\n')).toContain('audit.authorize')
    }
  })

  it('obeys the check whatever the question is made of', () => {
    const audit = testAudit()
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), fc.boolean(), (what, answer) => {
        expect(Reflect.apply(audit.authorize, audit, [what, () => answer])).toBe(answer)
      }),
    )
    const hostile = new Proxy({}, { get: () => expect.unreachable(), ownKeys: () => [] })
    expect(Reflect.apply(audit.authorize, audit, [{ permission, targets: [{ id: 1n }, hostile] }, () => true])).toBe(
      true,
    )
    expect(decisions(audit).at(-1)).toMatchObject({ decision: { effect: 'allow', permission } })
  })
})

describe('in a request', () => {
  it('the same answer to the same question is one record', () => {
    const audit = testAudit()
    runInContext(newContext(), () => {
      for (let i = 0; i < 10; i++) audit.authorize({ permission, targets: [{ type: 'patient', id: '7' }] }, () => false)
    })
    expect(decisions(audit)).toHaveLength(1)
  })

  it('another target, permission or answer is another record, and so is another request', () => {
    const audit = testAudit()
    runInContext(newContext(), () => {
      audit.authorize({ permission, targets: [{ type: 'patient', id: '7' }] }, () => false)
      audit.authorize({ permission, targets: [{ type: 'patient', id: '8' }] }, () => false)
      audit.authorize({ permission, targets: [{ type: 'patient', id: '8' }] }, () => true)
      audit.authorize({ permission: 'patients:list' }, () => false)
    })
    runInContext(newContext(), () => audit.authorize({ permission: 'patients:list' }, () => false))
    expect(decisions(audit)).toHaveLength(5)
  })

  it('two decisions that differ anywhere are two, whatever their identifiers are made of', () => {
    const counts = { made: 0 }
    const { record } = createDecisionRegister({ clock: fixedClock(), record: () => void counts.made++ })
    const text = fc.oneof(fc.constantFrom('a', 'b', '\n', '\t', '"', '","', 'null', ''), fc.string({ maxLength: 300 }))
    const target = fc.record({ type: text, id: text }, { requiredKeys: ['type'] })
    const decision = fc.record(
      {
        effect: fc.constantFrom('allow' as const, 'deny' as const),
        permission: text,
        policyId: text,
        rule: text,
        targets: fc.array(target, { maxLength: 2 }),
        subjects: fc.array(text, { maxLength: 2 }),
      },
      { requiredKeys: ['effect'] },
    )
    fc.assert(
      fc.property(decision, decision, (one, other) => {
        counts.made = 0
        runInContext(newContext(), () => [one, other, one, other].forEach(record))
        expect(counts.made).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)) ? 1 : 2)
      }),
    )
  })

  it('more than 256 different answers are told by permission, then by effect, and marked so', () => {
    const audit = testAudit()
    runInContext(newContext(), () => {
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 2_000; i++) {
          const targets = [{ type: 'patient', id: String(i) }]
          recordDecision(audit, { effect: 'deny', permission: `p${i % 100}`, targets })
        }
      }
    })
    const made = decisions(audit)
    expect(made).toHaveLength(256 + 64 + 1)
    expect(made.slice(0, 256).every(({ metadata }) => metadata === undefined)).toBe(true)
    const folded = made.slice(256)
    expect(folded.every(({ targets }) => targets === undefined)).toBe(true)
    expect(folded.every(({ metadata }) => JSON.stringify(metadata) === '{"folded":true}')).toBe(true)
    expect(made.at(-1)?.decision).toEqual({ effect: 'deny' })
  })

  it('that lives longer, the same refusal is told again after a minute', () => {
    const clock = fixedClock()
    const audit = testAudit({ clock })
    const context = newContext()
    const ask = (): boolean => runInContext(context, () => audit.authorize({ permission }, () => false))
    ask()
    clock.advance(59_999)
    ask()
    expect(decisions(audit)).toHaveLength(1)
    clock.advance(1)
    ask()
    expect(decisions(audit)).toHaveLength(2)
  })

  it('named by the question, the roles of who acts there are those evaluated', () => {
    const audit = testAudit()
    const request = new IncomingMessage(new Socket())
    const context = newContext()
    const actor = { id: 'u', roles: ['nurse'] }
    const facts = () => ({
      requestId: context.requestId,
      traceId: context.traceId,
      spanId: context.spanId,
      traceFlags: 0,
    })
    rememberView({ context, facts, actor: () => actor, recorded: () => undefined }, request)
    audit.authorize({ permission, request }, () => false)
    audit.authorize({ permission, request }, () => false)
    expect(decisions(audit)).toMatchObject([
      { request_id: context.requestId, actor: { type: 'user' }, decision: { roles_evaluated: ['nurse'] } },
    ])
    expect(decisions(audit)).toHaveLength(1)
  })
})

describe('outside of requests', () => {
  it('only repetitions in one turn of the event loop are one record', async () => {
    const audit = testAudit()
    for (let turn = 0; turn < 3; turn++) {
      for (let i = 0; i < 10; i++) audit.authorize({ permission }, () => false)
      await new Promise(setImmediate)
    }
    expect(decisions(audit)).toHaveLength(3)
  })
})
