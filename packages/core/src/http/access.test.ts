import { describe, expect, it } from 'vitest'
import { type AccessSaid, DeclaredAccess, outcomeOf } from './access.ts'
import { Asker } from './ask.ts'
import type { AccessVerb } from './exchange.ts'

const done = { status: 200, completion: 'completed' } as const

interface Stated extends AccessSaid {
  readonly verb: AccessVerb
  readonly resource: string
}

function declared({ verb, resource, ...said }: Stated, notice: (code: string, message: string) => void = () => {}) {
  const asker = new Asker('it', { notice }, undefined, [])
  return new DeclaredAccess(verb, resource, said, asker, asker)
}

describe('a declared access', () => {
  it('names the verb’s event, or the one it was given', () => {
    expect(declared({ verb: 'read', resource: 'patient' }).type).toBe('data_access')
    expect(declared({ verb: 'export', resource: 'patient' }).type).toBe('data_export')
    expect(declared({ verb: 'read', resource: 'patient', event: 'bulk_query' }).type).toBe('bulk_query')
  })

  it('keeps the identifiers it was asked with when the route was entered', () => {
    let params: Record<string, string> | undefined = { id: '7' }
    const access = declared({
      verb: 'read',
      resource: 'patient',
      id: () => params?.id,
      subject: () => params?.id,
    })
    params = undefined
    expect(access.result(done)).toMatchObject({ targets: [{ type: 'patient', id: '7' }], subjects: ['7'] })
  })

  it('asks once more at the end for an identifier that did not exist before', () => {
    let created: string | undefined
    const access = declared({ verb: 'create', resource: 'patient', id: () => created })
    expect(access.attempt().targets).toEqual([{ type: 'patient' }])
    created = '8'
    expect(access.result(done).targets).toEqual([{ type: 'patient', id: '8' }])
  })

  it('says which question was answered with a promise', () => {
    const told: string[] = []
    const later = async (): Promise<string> => '7'
    const questions = { id: () => '7', subject: later, volume: later, metadata: later }
    const access = declared({ verb: 'read', resource: 'patient', ...questions }, (_, message) => told.push(message))
    access.result(done)
    expect(new Set(told.map((message) => /`(.*)`/.exec(message)?.[1]))).toEqual(
      new Set(['subject', 'volume', 'metadata']),
    )
  })

  it('lists at most twenty targets and counts the rest', () => {
    const ids = Array.from({ length: 30 }, (_, i) => i)
    const event = declared({ verb: 'read', resource: 'patient', id: () => ids }).result(done)
    expect(event.targets).toHaveLength(20)
    expect(event.volume).toEqual({ records: 30 })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['answers an object', () => ({ password: 'x' })],
    ['answers a promise', () => Promise.resolve('7')],
    [
      'answers a proxy that throws',
      () =>
        new Proxy([], {
          get: () => {
            throw new Error('no')
          },
        }),
    ],
    ['answers too long a text', () => 'x'.repeat(2_000)],
  ])('goes without a field whose getter %s', (_, getter) => {
    const access = declared({
      verb: 'read',
      resource: 'patient',
      id: getter,
      subject: getter,
      owner: getter,
      volume: getter,
    })
    const event = access.result(done)
    expect(event.targets).toEqual([{ type: 'patient' }])
    expect(event.subjects).toBeUndefined()
    expect(event.volume).toBeUndefined()
    expect(event.outcome).toBe('success')
  })

  it.each([
    [12, { records: 12 }],
    [
      { records: 3, bytes: 400 },
      { records: 3, bytes: 400 },
    ],
    [{ bytes: 400 }, { bytes: 400 }],
    [-1, undefined],
    [1.5, undefined],
    ['12', undefined],
  ])('takes %j as a volume of %j', (answer, volume) => {
    expect(declared({ verb: 'read', resource: 'p', volume: () => answer }).result(done).volume).toEqual(volume)
  })

  it('gives no reason to an event of the application’s own', () => {
    const access = declared({ verb: 'read', resource: 'p', event: 'chart_opened' })
    expect(access.result({ status: 404, completion: 'completed' })).toMatchObject({
      outcome: 'failure',
      reason: undefined,
    })
  })
})

describe('the outcome of an access', () => {
  it.each([
    [200, 'completed', 'success', undefined],
    [304, 'completed', 'success', undefined],
    [401, 'completed', 'denied', 'unauthenticated'],
    [403, 'completed', 'denied', 'forbidden'],
    [403, 'aborted', 'denied', 'forbidden'],
    [404, 'completed', 'failure', 'not_found'],
    [409, 'completed', 'failure', 'conflict'],
    [413, 'completed', 'failure', 'too_large'],
    [422, 'completed', 'failure', 'invalid'],
    [429, 'completed', 'failure', 'rate_limited'],
    [451, 'completed', 'failure', 'legal_hold'],
    [500, 'completed', 'failure', 'error'],
    [503, 'completed', 'failure', 'unavailable'],
    [200, 'aborted', 'unknown', 'aborted'],
    [undefined, 'aborted', 'unknown', 'aborted'],
    [undefined, 'timeout', 'unknown', 'timeout'],
    [200, 'error', 'failure', 'error'],
    [101, 'upgraded', 'success', undefined],
  ] as const)('of status %s, %s, is %s', (status, completion, outcome, reason) => {
    expect(outcomeOf({ status, completion })).toEqual(reason === undefined ? { outcome } : { outcome, reason })
  })
})
