import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { currentContext, RequestContext, runInContext } from '../context.ts'
import { bind, bindEmitter, bindExchangeEmitters, wrapCallbacks } from './bind.ts'

function context(requestId: string): RequestContext {
  return new RequestContext({ requestId, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 3, startMs: 1 })
}
const inRequest = <T>(requestId: string, work: () => T) => runInContext(context(requestId), work)
const where = () => currentContext()?.requestId

/** A pool with one connection, opened by the first caller: its callbacks come in the context of that caller. */
class Pool {
  #waiting: ((text: string) => void)[] = []
  #open = false
  get(key: string, done: (text: string) => void): void {
    this.#waiting.push(() => done(key))
    if (this.#open) return
    this.#open = true
    setImmediate(() => this.#drain())
  }
  #drain(): void {
    for (const job of this.#waiting.splice(0)) job('')
    this.#open = false
  }
}

describe('bind', () => {
  it('brings a pooled callback back to the request that asked', async () => {
    const pool = new Pool()
    const ask = (id: string, repaired: boolean) =>
      inRequest(
        id,
        () => new Promise((resolve) => pool.get('k', repaired ? bind(() => resolve(where())) : () => resolve(where()))),
      )
    expect(await Promise.all([ask('a', false), ask('b', false)])).toEqual(['a', 'a']) // what happens without it
    expect(await Promise.all([ask('a', true), ask('b', true), ask('c', true)])).toEqual(['a', 'b', 'c'])
  })

  it('passes this, arguments, results and errors through', () => {
    const bound = inRequest('a', () =>
      bind(function (this: { base: number }, more: number) {
        if (more < 0) throw new RangeError(where())
        return `${where()} ${this.base + more}`
      }),
    )
    expect(bound.call({ base: 1 }, 2)).toBe('a 3')
    expect(() => bound.call({ base: 1 }, -1)).toThrowError(new RangeError('a'))
  })

  it('binds to no request outside any', () => {
    const bound = bind(where)
    expect(inRequest('a', bound)).toBeUndefined()
  })

  it('restores the stores of others as well', () => {
    const other = new AsyncLocalStorage<string>()
    const bound = other.run('theirs', () => inRequest('a', () => bind(() => [where(), other.getStore()])))
    expect(bound()).toEqual(['a', 'theirs'])
  })
})

describe('bindEmitter', () => {
  it('runs each listener in the request that added it, whoever emits', () => {
    const emitter = bindEmitter(new EventEmitter())
    const seen: unknown[] = []
    for (const id of ['a', 'b']) {
      inRequest(id, () => {
        emitter.on('x', () => seen.push(where()))
        emitter.addListener('x', () => seen.push(where()))
        emitter.once('x', () => seen.push(`${where()} once`))
        emitter.prependListener('x', () => seen.unshift(`${where()} first`))
        emitter.prependOnceListener('y', () => seen.push(`${where()} y`))
      })
    }
    emitter.emit('x')
    expect(seen).toEqual(['a first', 'b first', 'a', 'a', 'a once', 'b', 'b', 'b once'])
    seen.length = 0
    inRequest('c', () => emitter.emit('x'))
    inRequest('c', () => emitter.emit('y'))
    expect(seen).toEqual(['a first', 'b first', 'a', 'a', 'b', 'b', 'b y', 'a y'])
  })

  it('leaves listeners added outside any request in the context of who emits', () => {
    const emitter = bindEmitter(new EventEmitter())
    const seen: unknown[] = []
    emitter.on('x', () => seen.push(where()))
    emitter.once('x', () => seen.push(where()))
    inRequest('a', () => emitter.emit('x'))
    expect(seen).toEqual(['a', 'a'])
    expect(emitter.listenerCount('x')).toBe(1)
  })

  it('lets listeners be removed and listed by the function that was added', () => {
    const emitter = bindEmitter(new EventEmitter())
    const add = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const
    for (const method of add) {
      const listener = () => expect.unreachable()
      inRequest('a', () => emitter[method]('x', listener))
      expect(emitter.listeners('x')).toEqual([listener])
      emitter.off('x', listener)
      expect(emitter.listenerCount('x')).toBe(0)
    }
  })

  it('leaves nothing behind after once, and passes arguments and this', async () => {
    const emitter = bindEmitter(new EventEmitter())
    const seen: unknown[] = []
    inRequest('a', () =>
      emitter.once('x', function (this: unknown, ...args: unknown[]) {
        seen.push(this === emitter, ...args)
      }),
    )
    emitter.emit('x', 1, 2)
    emitter.emit('x', 3)
    expect(seen).toEqual([true, 1, 2])
    const promised = inRequest('a', () => once(emitter, 'y'))
    emitter.emit('y', 4)
    expect(await promised).toEqual([4])
    expect(emitter.eventNames()).toEqual([])
  })

  it('does nothing more the second time, and refuses what Node refuses', () => {
    const emitter = new EventEmitter()
    const { on } = bindEmitter(emitter)
    expect(bindEmitter(emitter).on).toBe(on)
    expect(() => inRequest('a', () => Reflect.apply(emitter.on, emitter, ['x', 'no function']))).toThrow(TypeError)
    expect(() => inRequest('a', () => Reflect.apply(emitter.once, emitter, ['x', 'no function']))).toThrow(TypeError)
  })
})

describe('wrapCallbacks', () => {
  it('binds the last argument of the named methods, and undoes it', async () => {
    const pool = new Pool()
    const undo = wrapCallbacks(pool, ['get'])
    const ask = (id: string) =>
      inRequest(id, () => new Promise((resolve) => pool.get('k', (key) => resolve([key, where()]))))
    expect(await Promise.all([ask('a'), ask('b')])).toEqual([
      ['k', 'a'],
      ['k', 'b'],
    ])
    undo()
    expect(Object.hasOwn(pool, 'get')).toBe(false)
    expect(await Promise.all([ask('a'), ask('b')])).toEqual([
      ['k', 'a'],
      ['k', 'a'],
    ])
  })

  it('keeps methods without a callback as they are', () => {
    const api = { double: (n: number) => n * 2 }
    const { double } = api
    const undo = wrapCallbacks(api, ['double'])
    expect(api.double(4)).toBe(8)
    undo()
    expect(api.double).toBe(double)
  })

  it('refuses a name that is no method', () => {
    expect(() => wrapCallbacks({ a: 1 }, ['a'])).toThrowError(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
  })
})

describe('bindExchangeEmitters', () => {
  it('runs every listener in the exchange, also those that were there before', () => {
    const [req, res] = [new EventEmitter(), new EventEmitter()]
    const seen: unknown[] = []
    req.on('aborted', () => seen.push(where()))
    res.on('close', (code: number) => seen.push(where(), code))
    bindExchangeEmitters(context('a'), req, res)
    expect(req.emit('aborted')).toBe(true)
    inRequest('b', () => res.emit('close', 7))
    inRequest('b', () => expect(res.emit('nothing')).toBe(false))
    expect(seen).toEqual(['a', 'a', 7])
    expect(() => res.emit('error', new RangeError('x'))).toThrow(RangeError)
  })
})
