import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Scope,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { testAudit } from '@trailmark/core/testing'
import { of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { controllerOf, injectable, type Platform, platforms, serve, settled } from './application.fixture.ts'
import { Audited } from './audited.ts'

/** A guard of this class that does this. */
function guardOf(canActivate: (context: ExecutionContext) => ReturnType<CanActivate['canActivate']>) {
  class RolesGuard implements CanActivate {
    canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
      return canActivate(context)
    }
  }
  return RolesGuard
}

const throwing = (error: unknown) => (): never => {
  throw error
}

async function asked(
  platform: Platform,
  guard: Parameters<typeof UseGuards>[0],
  headers: Record<string, string> = {},
  audit = testAudit(),
) {
  const controller = controllerOf('patients', () => 'fine', {
    method: [UseGuards(guard), Audited.read('patient', { permission: 'patients:read' })],
  })
  const { url } = await serve({ platform, audit, controllers: [controller] })
  const response = await fetch(`${url}/patients/7`, { headers })
  await settled(audit)
  return { audit, response }
}

describe.each(platforms)('on %s a guard', (platform) => {
  it.each([
    ['that says no', guardOf(() => false)],
    ['that says no later', guardOf(() => Promise.resolve(false))],
    ['that says no as an observable', guardOf(() => of(true, false))],
    ['that throws a 403', guardOf(throwing(new ForbiddenException('not you')))],
    ['that is handed over as an instance', new (guardOf(() => false))()],
    [
      'that is made for each request',
      injectable(
        guardOf(() => false),
        { scope: Scope.REQUEST },
      ),
    ],
  ])('%s is one denial with its name, and with the permission of the route', async (_how, guard) => {
    const { audit, response } = await asked(platform, guard)
    expect(response.status).toBe(403)
    expect(audit.records.map((record) => record.event_type)).toEqual(['authz_deny'])
    expect(audit.records[0]).toMatchObject({
      outcome: 'denied',
      reason: 'forbidden',
      decision: { effect: 'deny', permission: 'patients:read' },
      metadata: { guard: 'RolesGuard' },
      http: { route: '/patients/:id' },
    })
  })

  it('that finds nobody is a denial with its name', async () => {
    const { audit, response } = await asked(platform, guardOf(throwing(new UnauthorizedException())))
    expect(response.status).toBe(401)
    expect(audit.records).toMatchObject([
      { event_type: 'authz_deny', reason: 'unauthenticated', metadata: { guard: 'RolesGuard' } },
    ])
  })

  it('that refuses a credential is an invalid token, and nothing else', async () => {
    const guard = guardOf(throwing(new UnauthorizedException()))
    const { audit } = await asked(platform, guard, { authorization: 'Bearer planted' })
    expect(audit.records.map((record) => record.event_type)).toEqual(['invalid_token_presented'])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('that breaks has decided nothing, and says so', async () => {
    const { audit, response } = await asked(platform, guardOf(throwing(new Error('planted-secret'))))
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('planted-secret')
    expect(audit.records).toMatchObject([
      { event_type: 'authz_deny', outcome: 'failure', metadata: { guard: 'RolesGuard' } },
      { event_type: 'application_error' },
    ])
    expect(JSON.stringify(audit.records)).not.toContain('planted-secret')
  })

  it('that throws another exception has answered, and refused nobody', async () => {
    const error = Object.assign(new ForbiddenException(), { getStatus: () => 429 })
    const { audit, response } = await asked(platform, guardOf(throwing(error)))
    expect(response.status).toBe(429)
    expect(audit.records).toEqual([])
  })

  it('of the whole application is watched, and one that lets in is silent', async () => {
    const audit = testAudit()
    const lets = guardOf(() => true)
    class TenantGuard implements CanActivate {
      canActivate(): boolean {
        return false
      }
    }
    await serve({
      platform,
      audit,
      controllers: [controllerOf('patients', () => 'fine')],
      providers: [{ provide: APP_GUARD, useClass: lets }],
      prepare: (app) => app.useGlobalGuards(new TenantGuard()),
    }).then(({ url }) => fetch(`${url}/patients/7`))
    await settled(audit)
    expect(audit.records).toMatchObject([{ event_type: 'authz_deny', metadata: { guard: 'TenantGuard' } }])
  })

  it('that lets in is recorded where a rule of the policy names authz_allow', async () => {
    const audit = testAudit({ policy: [{ match: { event: 'authz_allow' }, level: 'fields' }] })
    await asked(
      platform,
      guardOf(() => true),
      {},
      audit,
    )
    expect(audit.recordsOf('authz_allow')).toContainEqual(
      expect.objectContaining({ metadata: expect.objectContaining({ guard: 'RolesGuard' }) }),
    )
    const plain = await asked(
      platform,
      guardOf(() => true),
    )
    expect(plain.audit.recordsOf('authz_allow')).toEqual([])
  })

  it('is given the user it authenticated to the record as actor', async () => {
    const guard = guardOf((context) => {
      Object.assign(context.switchToHttp().getRequest(), { user: { id: 'usr_8f3k2p', roles: ['nurse'] } })
      return false
    })
    const { audit } = await asked(platform, guard)
    expect(audit.records).toMatchObject([
      { event_type: 'authz_deny', actor: { type: 'user' }, decision: { roles_evaluated: ['nurse'] } },
    ])
    expect(JSON.stringify(audit.records)).not.toContain('usr_8f3k2p')
  })
})
