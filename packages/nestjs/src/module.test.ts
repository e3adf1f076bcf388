import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Inject,
  type NestInterceptor,
  Post,
  type Type,
  VersioningType,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type Audit, currentContext } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { of } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { controllerOf, injectable, listening, moduleOf, platforms, serve, settled } from './application.fixture.ts'
import { Audited } from './audited.ts'
import { AuditModule, type AuditModuleOptions } from './module.ts'
import { AUDIT } from './tokens.ts'

const read = Audited.read('patient', { subject: (request) => request.params.id })

describe.each(platforms)('on %s', (platform) => {
  it('a controller that is decorated speaks for its methods, and a method for itself', async () => {
    const audit = testAudit()
    const whole = controllerOf('patients', () => 'fine', { class: [read] })
    const own = controllerOf('wards', () => 'fine', { class: [read], method: [Audited.exempt('no personal data')] })
    const { url } = await serve({ platform, audit, controllers: [whole, own] })
    await fetch(`${url}/patients/7`)
    await fetch(`${url}/wards/7`)
    await settled(audit, 2)
    expect(audit.records.map((record) => record.event_type)).toEqual(['data_access'])
    expect(audit.coverage().routes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' }),
        expect.objectContaining({ method: 'GET', route: '/wards/:id', status: 'exempt', reason: 'no personal data' }),
      ]),
    )
  })

  it('routes have the prefix and the version they are mounted with', async () => {
    const audit = testAudit()
    const controllers = [controllerOf('patients', () => 'fine', { method: [read] })]
    const { url } = await serve({
      platform,
      audit,
      controllers,
      prepare: (app) => {
        app.setGlobalPrefix('api')
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })
      },
    })
    expect((await fetch(`${url}/api/v1/patients/7`)).status).toBe(200)
    await settled(audit)
    expect(audit.recordsOf('data_access')).toMatchObject([{ http: { route: '/api/v1/patients/:id' } }])
    expect(audit.coverage().routes).toContainEqual(
      expect.objectContaining({ route: '/api/v1/patients/:id', status: 'audited' }),
    )
  })

  it('an interceptor of the application that answers by itself leaves no access unrecorded', async () => {
    const audit = testAudit()
    const cache: NestInterceptor = {
      intercept: (_context: ExecutionContext, _next: CallHandler) => of('from the cache'),
    }
    const controllers = [controllerOf('patients', () => 'fine', { method: [read] })]
    const { url } = await serve({ platform, audit, controllers, prepare: (app) => app.useGlobalInterceptors(cache) })
    expect(await (await fetch(`${url}/patients/7`)).text()).toBe('from the cache')
    await settled(audit)
    expect(audit.recordsOf('data_access')).toHaveLength(1)
  })

  it('an access that a pipe refuses has outcome failure', async () => {
    const audit = testAudit()
    const controllers = [controllerOf('patients', () => 'fine', { method: [read] })]
    const { url } = await serve({
      platform,
      audit,
      controllers,
      prepare: (app) =>
        app.useGlobalPipes({
          transform() {
            throw Object.assign(new Error('deliberate'), { status: 400 })
          },
        }),
    })
    expect((await fetch(`${url}/patients/7`)).status).toBe(400)
    await settled(audit)
    expect(audit.recordsOf('data_access')).toMatchObject([{ outcome: 'failure', reason: 'invalid' }])
  })

  it('a handler runs inside its request, and so does what it calls later', async () => {
    const audit = testAudit()
    const controllers = [
      controllerOf('patients', async () => {
        await new Promise((resolve) => setTimeout(resolve, 2))
        return currentContext()?.requestId
      }),
    ]
    const { url } = await serve({ platform, audit, controllers })
    const response = await fetch(`${url}/patients/7`)
    expect(await response.text()).toBe(response.headers.get('x-request-id'))
  })

  it('any provider is given the audit', async () => {
    const audit = testAudit()
    class Letters {
      readonly audit: Audit
      constructor(given: Audit) {
        this.audit = given
      }
    }
    Inject(AUDIT)(Letters, undefined, 0)
    const { app } = await serve({ platform, audit, controllers: [], providers: [injectable(Letters)] })
    expect(app.get(Letters).audit).toBe(audit)
    expect(app.get(AUDIT)).toBe(audit)
  })

  it('options may come from other providers', async () => {
    const audit = testAudit()
    const module = AuditModule.forRootAsync({ imports: [], inject: [], useFactory: async () => ({ audit }) })
    const root = moduleOf({ imports: [module], controllers: [controllerOf('patients', () => 'fine')] })
    const { url } = await listening(platform, root)
    await fetch(`${url}/patients/7`)
    await settled(audit)
    expect(audit.lines).toMatchObject([{ http: { route: '/patients/:id' } }])
  })

  it('an audit that the module made is closed with the application, and one it was given is not', async () => {
    const home = mkdtempSync(join(tmpdir(), 'trailmark-nest-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const own = { service: 'own', dir: `${home}/trail`, keysDir: `${home}/keys`, signals: false, operational: 'none' }
    for (const [options, state] of [
      [{ audit: testAudit() }, false],
      [Object.assign(own, { metrics: false }), true],
    ] as [AuditModuleOptions, boolean][]) {
      const { app } = await listening(platform, moduleOf({ imports: [AuditModule.forRoot(options)] }))
      const audit: Audit = app.get(AUDIT)
      await app.close()
      const receipt = audit.record('data_access', { targets: [{ type: 'letter' }] })
      const closed = await receipt.durable.then(
        () => false,
        (error: unknown) => Reflect.get(Object(error), 'code') === 'AUDIT_CLOSED',
      )
      expect(closed).toBe(state)
    }
  })

  it.each([
    ['actor', { actor: 'me' }],
    ['dir', { audit: testAudit(), dir: '/nowhere' }],
  ])('an application does not start with an option that cannot be: %s', async (name, options) => {
    const module = AuditModule.forRoot(Object(options))
    await expect(listening(platform, moduleOf({ imports: [module] }))).rejects.toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: expect.stringContaining(name),
    })
  })

  it('an attempt of class block is durable before the handler runs', async () => {
    let ran = false
    const audit = testAudit()
    class Exports {
      all(): string {
        ran = audit.recordsOf('data_export').length === 1
        return 'fine'
      }
    }
    const controller = methodOf(Exports, 'all', [Post(), Audited.export('patient')])
    const { url } = await serve({ platform, audit, controllers: [controller] })
    expect((await fetch(`${url}/exports`, { method: 'POST' })).status).toBe(201)
    expect(ran).toBe(true)
    await settled(audit)
    expect(audit.recordsOf('data_export')).toMatchObject([
      { phase: 'attempt' },
      { phase: 'result', outcome: 'success' },
    ])
  })
})

it('an application without a server has the audit, too', async () => {
  const audit = testAudit()
  const context = await NestFactory.createApplicationContext(moduleOf({ imports: [AuditModule.forRoot({ audit })] }), {
    logger: false,
    abortOnError: false,
  })
  expect(context.get(AUDIT)).toBe(audit)
  await context.close()
})

it.each([
  ['a resource without a name', () => Audited.read('')],
  ['an option that does not exist', () => Audited.read('patient', Object({ subjekt: () => 1 }))],
  ['an exemption without a reason', () => Audited.exempt(' ')],
])('%s is refused when the class is defined', (_what, decorate) => {
  expect(decorate).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
})

function methodOf(type: Type, name: string, decorators: readonly MethodDecorator[]): Type {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name)
  if (descriptor === undefined) throw new Error('no method')
  for (const one of decorators) one(type.prototype, name, descriptor)
  Controller(name === 'all' ? 'exports' : '')(type)
  return type
}
