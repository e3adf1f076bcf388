import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HoldOptions, hold } from './hold.ts'
import { overHttp1, overHttp2, type Prepare, type Step } from './hold-script.fixture.ts'

function sealing(delayMs: number): HoldOptions {
  return {
    seal: () => new Promise((resolve) => (delayMs === 0 ? resolve(true) : setTimeout(resolve, delayMs, true))),
    refuse: () => expect.unreachable('nothing is refused here'),
    broke: (error) => expect.unreachable(`broke: ${String(error)}`),
  }
}

const free: Prepare = () => undefined
const held =
  (delayMs: number): Prepare =>
  (req, res) =>
    void hold(req, res, sealing(delayMs))

const chunk = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(40_000), Buffer.alloc(70_000, 'y')) },
  { weight: 1, arbitrary: fc.constantFrom(7, undefined) },
)
const name = fc.constantFrom('x-a', 'Content-Type', 'x-b')
const value = fc.constantFrom('one', 'two', 'three words here')
const status = fc.constantFrom(200, 200, 200, 201, 204, 304, 404, 500)
const headers = fc.dictionary(name, value, { maxKeys: 2 })
const head = fc.oneof(
  fc.tuple(status),
  fc.tuple(status, headers),
  fc.tuple(
    status,
    headers.map((all) => Object.entries(all).flat()),
  ),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), name, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('head' as const), given: head }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('status' as const), status }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('write' as const), chunk, wait: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'write', chunk: 'a1b2', encoding: 'hex' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('flush' as const, 'turn' as const, 'trailers' as const) }) },
)
const ending = fc.oneof(
  fc.constant<readonly unknown[]>([]),
  fc.tuple(fc.string({ maxLength: 30 })),
  fc.tuple(fc.constant('61'), fc.constant('hex')),
  fc.constant<readonly unknown[]>([null, null, null]),
)
const late = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), name, value }),
    fc.record({ do: fc.constant('status' as const), status }),
    fc.record({ do: fc.constant('head' as const), given: head }),
    fc.record({ do: fc.constant('end' as const), given: fc.constant([]) }),
  ),
  { maxLength: 3 },
)

/** Any answer that ends, with or without a stated length, and what is still tried behind its end. */
const script = fc
  .record({ steps: fc.array(step, { maxLength: 8 }), length: fc.option(fc.nat(60), { freq: 4 }), ending, late })
  .map(({ steps, length, ending, late }): Step[] => [
    ...(length === null ? [] : [{ do: 'set', name: 'Content-Length', value: String(length) } as const]),
    ...steps,
    { do: 'end', given: ending },
    ...late,
  ])

const request = fc
  .record({ method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'), version: fc.constantFrom('1.1', '1.1', '1.0') })
  .map(({ method, version }) => `${method} / HTTP/${version}\r\nhost: test\r\nconnection: close\r\n\r\n`)
const delayMs = fc.constantFrom(0, 0, 3)

/** Over HTTP/2 Node breaks the stream off for what HTTP/1 forgives, so here everything is as it should be. */
const goodChunk = fc.oneof(
  { weight: 8, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(40_000), Buffer.alloc(70_000, 'y')) },
)
const withBody = fc.constantFrom(200, 201, 404, 500)
const goodScript = fc
  .record({
    chunks: fc.array(fc.record({ do: fc.constant('write' as const), chunk: goodChunk, wait: fc.boolean() }), {
      maxLength: 5,
    }),
    before: fc.array(
      fc.oneof(
        fc.record({ do: fc.constant('set' as const), name, value }),
        fc.record({ do: fc.constant('status' as const), status: withBody }),
        fc.record({ do: fc.constant('head' as const), given: fc.tuple(withBody, headers) }),
        fc.constant({ do: 'flush' as const }),
        fc.constant({ do: 'trailers' as const }),
        fc.constant({ do: 'turn' as const }),
      ),
      { maxLength: 4 },
    ),
    last: fc.option(goodChunk, { nil: undefined }),
    stated: fc.boolean(),
    late,
  })
  .map(({ chunks, before, last, stated, late }): Step[] => {
    const all = last === undefined ? chunks : [...chunks, { chunk: last }]
    const length = all.reduce((sum, { chunk }) => sum + Buffer.byteLength(chunk), 0)
    return [
      ...(stated ? [{ do: 'set', name: 'Content-Length', value: String(length) } as const] : []),
      ...before,
      ...chunks,
      { do: 'end', given: last === undefined ? [] : [last] },
      ...late,
    ]
  })

describe('an answer that is held', () => {
  it('is over HTTP/2 what it is without, and its application notices nothing', async () => {
    await fc.assert(
      fc.asyncProperty(goodScript, delayMs, async (steps, delay) => {
        expect(await overHttp2(steps, 'GET', held(delay))).toEqual(await overHttp2(steps, 'GET', free))
      }),
      { numRuns: 80 },
    )
  })

  it('is on the wire what it is without, byte for byte but for where chunks are cut, and its application notices nothing', async () => {
    await fc.assert(
      fc.asyncProperty(script, request, delayMs, async (steps, text, delay) => {
        expect(await overHttp1(steps, text, held(delay))).toEqual(await overHttp1(steps, text, free))
      }),
      { numRuns: 150 },
    )
  })
})
