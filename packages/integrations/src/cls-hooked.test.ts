/** With the real cls-hooked: what the namespace knows, and what survives its bindings. */
import { EventEmitter } from 'node:events'
import { currentContext, runInContext, runWithCarrier } from '@trailmark/core'
import cls from 'cls-hooked'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorToNamespace } from './cls-hooked.ts'

const carried = (id: string): string =>
  JSON.stringify({ request_id: id, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03' })
const inRequest = <T>(id: string, work: () => T): T => runWithCarrier(carried(id), work)
const nowhere = <T>(work: () => T): T => runInContext(undefined, work)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let ns: cls.Namespace
let stop = (): void => undefined

beforeEach(() => {
  ns = cls.createNamespace('clinic')
  stop = mirrorToNamespace('clinic')
})

afterEach(() => {
  stop()
  cls.destroyNamespace('clinic')
})

describe('a mirrored namespace', () => {
  it('knows the ids of the request in progress, and none outside', async () => {
    expect(ns.get('request_id')).toBeUndefined()
    await inRequest('a', async () => {
      await turn()
      expect(ns.get('request_id')).toBe('a')
      expect(ns.get('trace_id')).toBe(currentContext()?.traceId)
      expect(ns.get('span_id')).toBe(currentContext()?.spanId)
      expect(ns.get('trace_flags')).toBe('03')
    })
    expect(ns.get('request_id')).toBeUndefined()
  })

  it('keeps its own values beside them', async () => {
    await inRequest('a', () =>
      ns.runPromise(async () => {
        ns.set('plan', 'gold')
        await turn()
        expect([ns.get('plan'), ns.get('request_id')]).toEqual(['gold', 'a'])
        expect(ns.get('constructor')).toBe(Object)
      }),
    )
  })

  it('goes on answering in its own context where the request got lost', async () => {
    await inRequest('a', () =>
      ns.runPromise(() =>
        nowhere(async () => {
          await turn()
          expect(currentContext()).toBeUndefined()
          expect(ns.get('request_id')).toBe('a')
        }),
      ),
    )
  })

  it('never answers with another request’s ids', async () => {
    const seen = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        inRequest(`r${at}`, () =>
          ns.runPromise(async () => {
            for (let i = 0; i < 5; i++) await turn()
            return ns.get('request_id')
          }),
        ),
      ),
    )
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => `r${at}`))
  })
})

describe('a callback bound to the namespace', () => {
  it('keeps the request and the namespace’s values, called from another request', () => {
    const bound = inRequest('a', () =>
      ns.runAndReturn(() => {
        ns.set('plan', 'gold')
        return ns.bind(() => [currentContext()?.requestId, ns.get('request_id'), ns.get('plan')])
      }),
    )
    expect(inRequest('b', () => ns.runAndReturn(() => bound()))).toEqual(['a', 'a', 'gold'])
    expect(bound()).toEqual(['a', 'a', 'gold'])
  })

  it('with a context of its own gets that one', () => {
    const context = inRequest('a', () => {
      const made = ns.createContext()
      made.plan = 'gold'
      return made
    })
    const bound = inRequest('a', () => ns.runAndReturn(() => ns.bind(() => ns.get('plan'), context)))
    expect(bound()).toBe('gold')
  })

  it('bound at the start, outside any request, sees the request it is called in', () => {
    const handler = ns.bind(() => currentContext()?.requestId)
    expect(inRequest('a', () => handler())).toBe('a')
  })

  it('passes this, arguments, results and errors through', () => {
    const self = { factor: 2 }
    const bound = inRequest('a', () =>
      ns.bind(function (this: typeof self, value: number) {
        if (value < 0) throw new RangeError('negative')
        return this.factor * value
      }),
    )
    expect(bound.call(self, 21)).toBe(42)
    expect(() => bound.call(self, -1)).toThrow(RangeError)
  })
})

describe('an emitter bound to the namespace', () => {
  it('gives each listener the request it was added in, once() included', () => {
    const emitter = new EventEmitter()
    ns.bindEmitter(emitter)
    const seen: unknown[] = []
    const look = (): void => void seen.push([currentContext()?.requestId, ns.get('request_id'), ns.get('plan')])
    for (const id of ['a', 'b']) {
      inRequest(id, () =>
        ns.run(() => {
          ns.set('plan', `plan of ${id}`)
          emitter.on('data', () => look())
          emitter.once('data', () => look())
        }),
      )
    }
    inRequest('c', () => emitter.emit('data'))
    expect(seen).toEqual([
      ['a', 'a', 'plan of a'],
      ['a', 'a', 'plan of a'],
      ['b', 'b', 'plan of b'],
      ['b', 'b', 'plan of b'],
    ])
    seen.length = 0
    nowhere(() => emitter.emit('data'))
    expect(seen).toHaveLength(2)
  })

  it('lets listeners go, and does not grow with use', () => {
    const emitter = new EventEmitter()
    ns.bindEmitter(emitter)
    ns.bindEmitter(emitter)
    let calls = 0
    const listener = (): void => void calls++
    inRequest('a', () =>
      ns.run(() => {
        for (let i = 0; i < 1_000; i++) {
          emitter.on('data', listener)
          emitter.emit('data')
          emitter.removeListener('data', listener)
          emitter.once('data', listener)
          emitter.emit('data')
        }
      }),
    )
    expect(calls).toBe(2_000)
    expect(emitter.listenerCount('data')).toBe(0)
  })
})

describe('mirrorToNamespace', () => {
  it('is undone by what it returns, and mirroring twice is mirroring once', () => {
    expect(mirrorToNamespace('clinic')).toBe(stop)
    stop()
    inRequest('a', () => expect(ns.get('request_id')).toBeUndefined())
    expect(Object.keys(ns)).not.toContain('get')
    stop = mirrorToNamespace('clinic')
    inRequest('a', () => expect(ns.get('request_id')).toBe('a'))
  })

  it('makes a namespace that is not there yet', () => {
    const undo = mirrorToNamespace('ward')
    inRequest('a', () => expect(cls.getNamespace('ward')?.get('request_id')).toBe('a'))
    undo()
    cls.destroyNamespace('ward')
  })

  it('says once what it costs', () => {
    const said: string[] = []
    for (const name of ['one', 'two']) {
      mirrorToNamespace(name, { print: (line) => said.push(line) })()
      cls.destroyNamespace(name)
    }
    expect(said).toEqual([expect.stringMatching(/20 to 45 times slower.*\[CLS_HOOKED_COST\]$/)])
  })
})
