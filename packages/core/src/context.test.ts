import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSlot, currentContext, RequestContext, runInContext } from './context.ts'

function context(requestId: string): RequestContext {
  return new RequestContext({ requestId, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 3, startMs: 1 })
}

describe('the context', () => {
  it('is seen by everything that starts inside it and by nothing outside', async () => {
    const seen = runInContext(context('a'), async () => {
      await sleep(1)
      return currentContext()?.requestId
    })
    expect(currentContext()).toBeUndefined()
    expect(await seen).toBe('a')
  })

  it('is kept apart across 1,000 interleaved pieces of work', async () => {
    const wrong: string[] = []
    const work = Array.from({ length: 1_000 }, (_, i) =>
      runInContext(context(`r${i}`), async () => {
        for (let step = 0; step < 5; step++) {
          await new Promise((resolve) => (i % 2 === 0 ? setImmediate(resolve) : process.nextTick(resolve)))
          if (currentContext()?.requestId !== `r${i}`) wrong.push(`r${i}`)
        }
      }),
    )
    await Promise.all(work)
    expect(wrong).toEqual([])
  })

  it('can be left for work that belongs to no request', () => {
    runInContext(context('a'), () => runInContext(undefined, () => expect(currentContext()).toBeUndefined()))
  })

  it('is frozen', () => {
    const one = context('a')
    expect(Object.isFrozen(one)).toBe(true)
    expect(Reflect.set(one, 'requestId', 'b')).toBe(false)
    expect(Reflect.set(one, 'req', {})).toBe(false)
  })

  it('is shared by copies of the package, which the slot lists', () => {
    const script = `
      const own = await import('./context.ts')
      const other = await import('./context.ts?copy')
      const made = new other.RequestContext({ requestId: 'a', traceId: 't', spanId: 's', traceFlags: 3, startMs: 1 })
      const slot = own.createSlot('n')
      const seen = other.runInContext(made, () => [own.currentContext()?.requestId, slot.set(7), slot.get()])
      console.log(JSON.stringify([own.RequestContext === other.RequestContext, seen, own.contextSlot.copies.size]))`
    const args = ['--input-type=module', '--no-warnings', '--eval', script]
    const answer: unknown = JSON.parse(
      execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
    )
    expect(answer).toEqual([false, ['a', true, 7], 2])
  })
})

describe('a slot', () => {
  it('keeps a value for one request, through awaits, and not for another', async () => {
    const plan = createSlot<string>('plan')
    const first = runInContext(context('a'), async () => {
      plan.set('paid')
      await sleep(1)
      return plan.get()
    })
    expect(runInContext(context('b'), () => plan.get())).toBeUndefined()
    expect(await first).toBe('paid')
  })

  it('says that it stored nothing outside a request', () => {
    const plan = createSlot<string>('plan')
    expect(plan.set('paid')).toBe(false)
    expect(plan.get()).toBeUndefined()
  })

  it('is another slot than one of the same name', () => {
    const [one, two] = [createSlot<string>('plan'), createSlot<number>('plan')]
    runInContext(context('a'), () => {
      one.set('paid')
      expect(two.get()).toBeUndefined()
    })
  })
})
