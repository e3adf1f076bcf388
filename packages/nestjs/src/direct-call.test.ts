import { HttpException, type NestInterceptor, Sse, StreamableFile, UseInterceptors } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { testAudit } from '@trailmark/core/testing'
import { from, of, throwError } from 'rxjs'
import { expect, it } from 'vitest'
import { controllerOf, platforms, serve, settled } from './application.fixture.ts'
import { Audited } from './audited.ts'
import { callDirectly } from './direct-call.ts'

const read = Audited.read('patient', { subject: (request) => request.params.id })
const kindOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, 'type') : error
const passing: NestInterceptor = { intercept: (_context, next) => next.handle() }

const handlers: Readonly<Record<string, () => unknown>> = {
  'a text': () => 'fine',
  'an object': () => ({ fine: true }),
  'a promise': async () => 'fine',
  nothing: () => undefined,
  'an observable': () => of('first', 'last'),
  'an observable of a promise': () => from(Promise.resolve('fine')),
  'a promise of an observable': async () => of('fine'),
  'an observable that fails': () => throwError(() => new TypeError('inside')),
  'an error': () => {
    throw new TypeError('inside')
  },
  'a rejection': () => Promise.reject(new TypeError('inside')),
  'an exception': () => {
    throw new HttpException('gone', 410)
  },
  'a file': () => new StreamableFile(Buffer.from('fine')),
}

for (const platform of platforms) {
  it.each(Object.entries(handlers))(
    `a handler that gives %s is followed alike with and without interceptors: ${platform}`,
    async (_name, handle) => {
      const seen = []
      for (const interceptors of [[], [UseInterceptors(passing)]]) {
        const audit = testAudit()
        const controllers = [controllerOf('patients', handle, { method: [read, ...interceptors] })]
        const { url } = await serve({ platform, audit, controllers })
        const answer = await fetch(`${url}/patients/7`)
        const body = (await answer.text()).replace(/"request_id":"[^"]*"/, '')
        await settled(audit)
        seen.push({
          status: answer.status,
          type: answer.headers.get('content-type'),
          body,
          records: audit.records.map(({ event_type, outcome, error }) => ({
            event_type,
            outcome,
            error: kindOf(error),
          })),
          lines: audit.lines.map(({ outcome, error }) => ({ outcome, error: kindOf(error) })),
        })
      }
      expect(seen[0]).toEqual(seen[1])
      expect(seen[0]?.records[0]?.event_type).toBe('data_access')
    },
  )

  it(`Nest calls the handler plainly where no interceptor is left: ${platform}`, async () => {
    const stackOf = () => new Error('here').stack
    const audit = testAudit()
    const direct = controllerOf('direct', stackOf, { method: [read] })
    const usual = controllerOf('usual', stackOf, { method: [read, UseInterceptors(passing)] })
    const { url } = await serve({ platform, audit, controllers: [direct, usual] })
    expect(await (await fetch(`${url}/direct/7`)).text()).not.toContain('transformDeferred')
    expect(await (await fetch(`${url}/usual/7`)).text()).toContain('transformDeferred')
  })

  it(`what an interceptor of the application throws is told, and the route is declared before it: ${platform}`, async () => {
    const audit = testAudit()
    const failing: NestInterceptor = {
      intercept() {
        throw new TypeError('inside')
      },
    }
    const controllers = [controllerOf('patients', () => 'fine', { method: [read, UseInterceptors(failing)] })]
    const { url } = await serve({ platform, audit, controllers })
    expect((await fetch(`${url}/patients/7`)).status).toBe(500)
    await settled(audit)
    expect(audit.recordsOf('data_access')).toMatchObject([{ outcome: 'failure' }])
    expect(audit.recordsOf('application_error')).toHaveLength(1)
  })

  it(`server-sent events are declared and arrive: ${platform}`, async () => {
    const audit = testAudit()
    const events = controllerOf('events', () => of({ data: 'one' }, { data: 'two' }), { method: [read] })
    const descriptor = Object.getOwnPropertyDescriptor(events.prototype, 'show')
    if (descriptor === undefined) throw new Error('no method')
    Sse(':id')(events.prototype, 'show', descriptor)
    const { url } = await serve({ platform, audit, controllers: [events] })
    const text = await (await fetch(`${url}/events/7`)).text()
    expect(text).toContain('data: one')
    expect(text).toContain('data: two')
    await settled(audit)
    expect(audit.recordsOf('data_access')).toHaveLength(1)
  })
}

it('a Nest that has it elsewhere is left as it is', () => {
  expect(callDirectly(new ModulesContainer())).toBe(false)
})
