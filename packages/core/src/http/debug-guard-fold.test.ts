import { describe, expect, test } from 'vitest'
import type { ExchangeFacts } from '../draft.ts'
import { DebugFold, type Folded } from './debug-guard-fold.ts'
import type { DebugBlock } from './debug-guard-patterns.ts'

const env: DebugBlock = { rule: 'env', reason: 'debug_route', what: '/env' }
const trace: DebugBlock = { rule: 'trace', reason: 'debug_route', what: '/trace' }
const limits = { windowMs: 60_000, eachMax: 2, allMax: 5, pairsMax: 3 }

function factsFrom(clientAddress: string, requestId = 'r'): ExchangeFacts {
  return { requestId, traceId: '', spanId: '', traceFlags: 0, clientAddress, peerAddress: clientAddress }
}

function open() {
  let ms = 1_000
  const written: { rule: string; client: string | undefined; requestId: string; folded: Folded | undefined }[] = []
  const fold = new DebugFold(
    { now: () => ms, monotonic: () => ms },
    ({ rule }, { clientAddress, requestId }, folded) =>
      written.push({ rule, client: clientAddress, requestId, folded }),
    limits,
  )
  return {
    fold,
    written,
    wait: (more: number) => (ms += more),
    count: () => written.reduce((sum, one) => sum + (one.folded?.count ?? 1), 0),
  }
}

describe('blocked requests', () => {
  test('are recorded one by one below the rate, and counted beyond it', () => {
    const { fold, written, wait } = open()
    for (let i = 0; i < 5; i++) {
      fold.add(env, factsFrom('192.0.2.1', `r${i}`))
      wait(10)
    }
    expect(written.map(({ requestId }) => requestId)).toEqual(['r0', 'r1'])
    fold.flush()
    expect(written[2]).toEqual({
      rule: 'env',
      client: '192.0.2.1',
      requestId: 'r2',
      folded: { count: 3, startMs: 1_020, endMs: 1_040 },
    })
    fold.flush()
    expect(written).toHaveLength(3)
  })

  test('of other clients and rules are counted for themselves', () => {
    const { fold, written } = open()
    for (let i = 0; i < 3; i++) fold.add(env, factsFrom('192.0.2.1'))
    fold.add(trace, factsFrom('192.0.2.1'))
    fold.add(env, factsFrom('192.0.2.2'))
    expect(written.map(({ rule, client }) => `${rule} ${client}`)).toEqual([
      'env 192.0.2.1',
      'env 192.0.2.1',
      'trace 192.0.2.1',
      'env 192.0.2.2',
    ])
  })

  test('of a new minute are recorded one by one again, after what the last one counted', () => {
    const { fold, written, wait } = open()
    for (let i = 0; i < 3; i++) fold.add(env, factsFrom('192.0.2.1'))
    wait(60_000)
    fold.add(env, factsFrom('192.0.2.1'))
    expect(written.map(({ folded }) => folded?.count)).toEqual([undefined, undefined, 1, undefined])
  })

  test('from everywhere keep memory and records bounded, and none is lost', () => {
    const { fold, written, count } = open()
    for (let i = 0; i < 500; i++) fold.add(env, factsFrom(`192.0.2.${i % 250}`))
    expect(written.length).toBeLessThanOrEqual(limits.allMax)
    fold.flush()
    expect(written.length).toBeLessThanOrEqual(limits.allMax + limits.pairsMax + 1)
    expect(count()).toBe(500)
    expect(written.at(-1)).toMatchObject({ client: undefined })
  })
})
