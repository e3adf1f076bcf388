/** The corpus against what writes: the logger, in every way a value is handed to one, and the audit trail. */
import { defineEvents, idLike, integer, masked, oneOf, token } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { auditedPino } from '@trailmark/integrations/pino'
import { afterAll, describe, expect, test } from 'vitest'
import { findLeaks } from './find-leaks.ts'
import type { Payload } from './payload.ts'
import { corpus } from './payloads/corpus.ts'
import { type Planted, planted } from './planted.ts'

const lines: string[] = []
const logger = auditedPino({ service: 'shop', destination: { write: (line: string) => lines.push(line) } })

/** Logs what the compiler would not take either. */
const say = (...values: readonly unknown[]): void => Reflect.apply(logger.info, logger, values)

const cases = corpus.filter((payload) => payload.planted.length > 0)

/** What the cases leave in the lines that `log` writes for them. */
function leaksOf(log: (value: unknown, payload: Payload) => void): string[] {
  return cases.flatMap((payload) => {
    lines.length = 0
    log(payload.make(), payload)
    return tell(payload.id, lines.join(''), payload.planted)
  })
}

const tell = (id: string, text: string, values: readonly Planted[]): string[] =>
  findLeaks(text, values).map(
    (leak) => `${id}: ${leak.planted.class} ${leak.planted.value} ${leak.form} (${leak.spelling}): ${leak.excerpt}`,
  )

/** The four groups held to zero, and the others to 1 %. */
function expectFew(leaks: readonly string[]): void {
  const total = cases.reduce((sum, one) => sum + one.planted.length, 0)
  const strict = new Set(
    cases.filter(({ group }) => group !== 'texts' && group !== 'personal names').map(({ id }) => id),
  )
  expect(leaks.filter((leak) => strict.has(leak.slice(0, leak.indexOf(': '))))).toEqual([])
  expect(leaks.length / total, leaks.join('\n')).toBeLessThanOrEqual(0.01)
}

describe('the logger writes down no planted value', () => {
  test('of a merging object', () => {
    expectFew(leaksOf((value) => logger.info(value, 'handled')))
  })

  test('of a member of a merging object', () => {
    expectFew(leaksOf((value) => logger.warn({ handled: value, attempt: 2 })))
  })

  test('of the bindings of a child', () => {
    expectFew(
      leaksOf((value) => {
        logger.child({ handled: value }).info('handled')
        if (typeof value === 'object' && value !== null) logger.child(value).info('handled')
      }),
    )
  })

  test('of bindings set later', () => {
    expectFew(
      leaksOf((value) => {
        const child = logger.child({})
        child.setBindings({ handled: value })
        child.info('handled')
      }),
    )
  })

  test('of interpolated values', () => {
    expectFew(leaksOf((value) => say('handled %s, %o and %j', value, value, value)))
  })

  test('of values that no place waits for', () => {
    expectFew(leaksOf((value) => say('handled', value, value)))
  })

  test('of a message', () => {
    expectFew(leaksOf((value) => (typeof value === 'string' ? logger.info(value) : undefined)))
  })

  test('of a message beside an object', () => {
    expectFew(leaksOf((value) => (typeof value === 'string' ? logger.info({ attempt: 2 }, value) : undefined)))
  })

  test('of an error that carries it', () => {
    expectFew(
      leaksOf((value) => {
        const text = typeof value === 'string' ? value : 'failed'
        logger.error(new Error(text, { cause: value }))
        logger.error({ err: Object.assign(new TypeError(text), { response: value }) }, 'failed')
      }),
    )
  })

  test('and no line break within a line', () => {
    lines.length = 0
    for (const { make } of corpus) logger.info({ handled: make() }, 'handled')
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true)
    expect(lines).toHaveLength(corpus.length)
  })
})

describe('the trail keeps no planted value', () => {
  const events = defineEvents({
    order_paid: {
      code: 'SHP001',
      category: 'data',
      action: 'update',
      reasons: ['card', 'transfer'],
      metadata: {
        method: oneOf('card', 'transfer'),
        items: integer(0, 1000),
        order: idLike(/^ORD-\d{4}-\d{6}$/),
        device: token('device'),
        email: masked('email'),
        phone: masked('phone'),
        address: masked('address'),
        card: masked('card'),
        secret: masked('secret'),
      },
    },
  })
  const audit = testAudit({ events })
  afterAll(() => audit.close())

  /** Records what the compiler would refuse. */
  const record = (event: object): void => void Reflect.apply(audit.record, audit, ['order_paid', event])

  function written(): string {
    const text = JSON.stringify([audit.records, audit.lines, audit.notices])
    audit.clear()
    return text
  }

  test('that stands as the id of anything, as a reason, or in metadata', () => {
    const leaks = Object.values(planted).flatMap((one) => {
      const { value } = one
      record({
        actor: { id: value, sessionRef: value, onBehalfOf: value },
        targets: [{ type: 'order', id: value, owner: value }],
        subjects: [value],
        reason: value,
        outcome: value,
        changes: [{ field: 'email', op: 'replace', before: value, after: value }],
        metadata: {
          method: value,
          items: value,
          order: value,
          device: value,
          email: value,
          phone: value,
          address: value,
          card: value,
          secret: value,
          ...(/^[A-Za-z-]+$/.test(value) ? {} : { [value]: value }), // a single word may be the name of a field
          undeclared: value,
        },
        [value]: value,
      })
      return tell('record', written(), [one])
    })
    expect(leaks).toEqual([])
  })

  test('that has the shape of one and stands where the application puts its own words', () => {
    const shaped = Object.values(planted).filter(
      ({ class: kind, open }) => (kind === 'token' && open > 0) || kind === 'email' || kind === 'card',
    )
    const leaks = shaped.flatMap((one) => {
      const { value } = one
      record({
        actor: { id: 'usr_1', authMethod: value, roles: [value] },
        targets: [{ type: value, class: value }],
        purpose: value,
        legalBasis: value,
        ticketRef: value,
        caseRef: value,
        tenant: value,
        operationId: value,
        correlationId: value,
        causationId: value,
        decision: {
          effect: 'allow',
          policyId: value,
          policyVersion: value,
          permission: value,
          rolesEvaluated: [value],
        },
        changes: [{ field: value, op: 'replace' }],
      })
      return tell('record', written(), [one])
    })
    expect(leaks).toEqual([])
  })

  test('of a value that is handed over whole', () => {
    const leaks = cases.flatMap((payload) => {
      const value = payload.make()
      record({
        metadata: value,
        actor: value,
        targets: value,
        subjects: value,
        changes: value,
        volume: value,
        request: value,
      })
      record({
        metadata: { undeclared: value, device: value, method: value },
        reason: value,
        purpose: value,
        tenant: value,
      })
      return tell(payload.id, written(), payload.planted)
    })
    expect(leaks).toEqual([])
  })
})
