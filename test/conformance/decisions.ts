/** What an answer owes by its status alone, and when somebody else has told it already. */
import type { PolicyRule } from '@trailmark/core'
import { expect } from 'vitest'
import type { Route } from './application.ts'
import type { Behaviour, Bench } from './suite.ts'
import type { StoredRecord } from './trail.ts'

function answering(status: number): Route {
  return { path: '/guarded', handle: (call) => call.answer(status, { status }) }
}

/** Declares what it needs, and answers with the status the test wants. */
function needing(permission: string, status: number): Route {
  return {
    path: '/patients',
    access: { verb: 'read', resource: 'patient', permission },
    handle: (call) => call.answer(status, { status }),
  }
}

const askedFor: readonly PolicyRule[] = [{ match: { event: 'authz_allow' }, level: 'fields' }]

async function recordsAfter(
  { open }: Bench,
  status: number,
  headers: Record<string, string> = {},
  options: { readonly credentials?: readonly string[] } = {},
): Promise<StoredRecord[]> {
  const stage = await open({ routes: [answering(status)], options })
  expect((await stage.ask('/guarded', { headers })).status).toBe(status)
  const line = await stage.onlyLine()
  expect(stage.records().every((record) => record.request_id === line.request_id)).toBe(true)
  return stage.records()
}

export function decisions(behaviour: Behaviour): void {
  behaviour('401 with an Authorization header is an invalid token presented', async (bench) => {
    const records = await recordsAfter(bench, 401, { authorization: 'Bearer planted-token' })
    expect(records.map((record) => record.event_type)).toEqual(['invalid_token_presented'])
    expect(JSON.stringify(records)).not.toContain('planted-token')
  })

  behaviour('401 with a declared credential header is an invalid token presented', async (bench) => {
    const records = await recordsAfter(bench, 401, { 'x-api-key': 'planted-key' }, { credentials: ['x-api-key'] })
    expect(records.map((record) => record.event_type)).toEqual(['invalid_token_presented'])
  })

  behaviour('401 with a declared credential cookie is an invalid token presented', async (bench) => {
    const records = await recordsAfter(bench, 401, { cookie: 'theme=dark; sid=planted' }, { credentials: ['sid'] })
    expect(records.map((record) => record.event_type)).toEqual(['invalid_token_presented'])
  })

  behaviour('401 with a cookie nobody declared is a denial', async (bench) => {
    const records = await recordsAfter(bench, 401, { cookie: 'xsid=1; theme=sid=1' }, { credentials: ['sid'] })
    expect(records.map((record) => record.event_type)).toEqual(['authz_deny'])
  })

  behaviour('401 without a credential is a denial, because nobody was authenticated', async (bench) => {
    const [record, ...more] = await recordsAfter(bench, 401)
    expect(record).toMatchObject({ event_type: 'authz_deny', outcome: 'denied', reason: 'unauthenticated' })
    expect(more).toEqual([])
  })

  behaviour('403 is a denial that names actor and roles', async ({ open }) => {
    const stage = await open({ routes: [answering(403)], user: () => ({ id: 'usr_8f3k2p', roles: ['nurse'] }) })
    await stage.ask('/guarded')
    await stage.onlyLine()
    const [record, ...more] = stage.records()
    expect(record).toMatchObject({
      event_type: 'authz_deny',
      outcome: 'denied',
      reason: 'forbidden',
      actor: { type: 'user' },
    })
    expect(record?.decision).toMatchObject({ effect: 'deny', roles_evaluated: ['nurse'] })
    expect(record?.user_id).toBeTypeOf('string')
    expect(JSON.stringify(record)).not.toContain('usr_8f3k2p')
    expect(more).toEqual([])
  })

  for (const status of [401, 403]) {
    behaviour(`${status} of a route with a declared permission is a denial that names it`, async ({ open }) => {
      const stage = await open({
        routes: [needing('patients:read', status)],
        user: () => ({ id: 'u', roles: ['nurse'] }),
      })
      await stage.ask('/patients')
      await stage.onlyLine()
      const denials = stage.records('authz_deny')
      expect(denials.map(({ decision }) => decision)).toEqual([
        { effect: 'deny', permission: 'patients:read', roles_evaluated: ['nurse'] },
      ])
    })
  }

  behaviour('a declared permission alone is no record of who was let in', async ({ open }) => {
    const stage = await open({ routes: [needing('patients:read', 200)] })
    await stage.ask('/patients')
    await stage.onlyLine()
    expect(stage.records().map((record) => record.event_type)).toEqual(['data_access'])
  })

  behaviour('a policy that names authz_allow gets one for every declared permission', async ({ open }) => {
    const stage = await open({
      routes: [needing('patients:read', 200)],
      user: () => ({ id: 'u', roles: ['nurse'] }),
      options: { policy: askedFor },
    })
    await stage.ask('/patients')
    await stage.onlyLine()
    const [allowed, ...more] = stage.records('authz_allow')
    expect(allowed).toMatchObject({
      outcome: 'success',
      reason: 'permission',
      decision: { effect: 'allow', permission: 'patients:read', roles_evaluated: ['nurse'] },
    })
    expect(more).toEqual([])
  })

  behaviour('a policy that asks for authz_allow gets none where the answer does not show it', async ({ open }) => {
    for (const status of [302, 403, 404, 500]) {
      const stage = await open({ routes: [needing('patients:read', status)], options: { policy: askedFor } })
      await stage.ask('/patients')
      await stage.onlyLine()
      expect(stage.records('authz_allow')).toEqual([])
    }
  })

  behaviour('a thrown 403 is a denial as well', async ({ open }) => {
    const handle = (): never => {
      throw Object.assign(new Error('deliberate'), { status: 403 })
    }
    const stage = await open({ routes: [{ path: '/guarded', handle }] })
    expect((await stage.ask('/guarded')).status).toBe(403)
    await stage.onlyLine()
    expect(stage.records().map((record) => record.event_type)).toEqual(['authz_deny'])
  })

  behaviour('5xx is an application error', async (bench) => {
    expect((await recordsAfter(bench, 503)).map((record) => record.event_type)).toEqual(['application_error'])
  })

  for (const status of [200, 302, 400, 404, 409, 429]) {
    behaviour(`${status} owes no record`, async (bench) => {
      expect(await recordsAfter(bench, status)).toEqual([])
    })
  }

  behaviour('a decision the application recorded itself is not recorded twice', async ({ open }) => {
    const stage = await open({
      routes: [
        {
          path: '/guarded',
          handle: (call) => {
            audit.record('authz_deny', { decision: { effect: 'deny', permission: 'patient:read' } })
            call.answer(403, 'no')
          },
        },
      ],
    })
    const { audit } = stage
    await stage.ask('/guarded')
    const line = await stage.onlyLine()
    const [record, ...more] = stage.records()
    expect(record).toMatchObject({ event_type: 'authz_deny', request_id: line.request_id })
    expect(more).toEqual([])
  })
}
