/** `@nestjs/testing` compiles a module before there is an application: the audit is mounted when there is one. */
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { testAudit } from '@trailmark/core/testing'
import { AUDIT, AuditModule } from '@trailmark/nestjs'
import { expect, it, onTestFinished } from 'vitest'
import { controllerOf } from '../conformance/nest-controller.ts'

it.each(['express', 'fastify'])('a testing module on %s is followed like an application', async (platform) => {
  const audit = testAudit()
  const access = { verb: 'update', resource: 'patient', id: () => '7' } as const
  const controller = controllerOf({
    method: 'POST',
    path: '/patients',
    access,
    handle: (call) => call.answer(200, 'ok'),
  })
  class AppModule {}
  Module({ imports: [AuditModule.forRoot({ audit })], controllers: [controller] })(AppModule)
  const compiled = await Test.createTestingModule({ imports: [AppModule] }).compile()
  expect(compiled.get(AUDIT)).toBe(audit)
  const options = { logger: false } as const
  const app =
    platform === 'express'
      ? compiled.createNestApplication(options)
      : compiled.createNestApplication(new FastifyAdapter(), options)
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  const url = `${await app.getUrl()}/patients`
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(200)
  const refused = await fetch(url, { method: 'POST', headers, body: '{planted' })
  expect(refused.status).toBe(400)
  expect(await refused.text()).not.toContain('planted')
  for (let i = 0; i < 500 && audit.lines.length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(audit.recordsOf('data_update')).toHaveLength(1)
  expect(audit.lines).toHaveLength(2)
  expect(audit.notices.join()).not.toContain('MOUNTED')
  expect(audit.coverage().routes).toMatchObject([{ route: '/patients', status: 'audited' }])
})
