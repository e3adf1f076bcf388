/** Login routes, logouts and other events that a route declares: the answer decides what is on record, and once. */
import { claim, recordOnce } from '@trailmark/core/integration'
import { expect } from 'vitest'
import type { Call, Login, Route } from './application.ts'
import type { Behaviour, Bench } from './suite.ts'
import type { StoredRecord } from './trail.ts'

const ann: Login = { method: 'password', user: ({ body }) => Reflect.get(Object(body), 'name') }

function login(handle: (call: Call) => unknown, declared: Login = ann): Route {
  return { method: 'POST', path: '/login', login: declared, handle }
}

/** What one login leaves behind. */
async function recordsOf({ open }: Bench, route: Route, headers?: Record<string, string>): Promise<StoredRecord[]> {
  const stage = await open({ routes: [route] })
  await stage.askJson('/login', { name: 'usr_ann_4711', password: 'planted-password' }, headers)
  const line = await stage.onlyLine()
  expect(stage.written()).not.toMatch(/usr_ann_4711|planted-password/)
  const records = stage.records()
  for (const record of records) expect(record.request_id).toBe(line.request_id)
  return records
}

const letIn = (call: Call): void => {
  call.signIn?.({ id: 'usr_8f3k2p', roles: ['nurse'] })
  call.answer(200, { ok: true })
}

export function declaredLogin(behaviour: Behaviour): void {
  behaviour('a declared login that is let in is a login_success of whom the application knows then', async (bench) => {
    const [record, ...more] = await recordsOf(bench, login(letIn))
    expect(record).toMatchObject({ event_type: 'login_success', outcome: 'success', metadata: { method: 'password' } })
    expect(record?.actor).toMatchObject({ type: 'user', roles: ['nurse'] })
    expect(record?.user_id).toBeTypeOf('string')
    expect(more).toEqual([])
  })

  behaviour('a login that leaves nobody behind is of whom the request claimed to be', async (bench) => {
    const [record] = await recordsOf(
      bench,
      login((call) => call.answer(204)),
    )
    expect(record).toMatchObject({ event_type: 'login_success', actor: { type: 'user' } })
    expect(record?.user_id).toBeTypeOf('string')
  })

  for (const [status, reason] of [
    [400, 'invalid_credentials'],
    [401, 'invalid_credentials'],
    [403, 'not_allowed'],
    [404, 'unknown_account'],
    [422, 'invalid_credentials'],
    [423, 'account_locked'],
    [429, 'rate_limited'],
  ] as const) {
    behaviour(`a declared login answered with ${status} is one login_failure, reason ${reason}`, async (bench) => {
      const records = await recordsOf(
        bench,
        login((call) => call.answer(status, 'no')),
      )
      expect(records).toMatchObject([{ event_type: 'login_failure', outcome: 'failure', reason }])
    })
  }

  behaviour('of a refused login it is a token and no subject who the request claimed to be', async (bench) => {
    const [record] = await recordsOf(
      bench,
      login((call) => call.answer(401, 'no')),
    )
    const [success] = await recordsOf(bench, login(letIn))
    expect(record?.user_id).toBeTypeOf('string')
    expect(record?.user_id?.split('_')[0]).not.toBe(success?.user_id?.split('_')[0])
    expect(record?.actor.roles).toBeUndefined()
  })

  behaviour('a refused login with a token beside it is no presented token', async (bench) => {
    const route = login((call) => call.answer(401, 'no'))
    const records = await recordsOf(bench, route, { authorization: 'Bearer planted-token' })
    expect(records.map((record) => record.event_type)).toEqual(['login_failure'])
  })

  behaviour('a login whose handler throws is a login_failure beside the error', async (bench) => {
    const records = await recordsOf(
      bench,
      login(() => {
        throw new Error('deliberate')
      }),
    )
    expect(records.map((record) => record.event_type).sort()).toEqual(['application_error', 'login_failure'])
    expect(records.find((record) => record.event_type === 'login_failure')?.reason).toBe('error')
  })

  behaviour('a redirect back to the form is a login_failure where the route says so', async (bench) => {
    const declared: Login = { ...ann, failed: ({ res }) => res.getHeader('location') === '/login' }
    const to = (location: string) => login((call) => call.answer(302, undefined, { location }), declared)
    expect(await recordsOf(bench, to('/login'))).toMatchObject([
      { event_type: 'login_failure', outcome: 'failure', reason: 'invalid_credentials' },
    ])
    expect(await recordsOf(bench, to('/home'))).toMatchObject([{ event_type: 'login_success' }])
  })

  behaviour('the application may name the reason of a failed login', async (bench) => {
    const declared: Login = { ...ann, reason: () => 'mfa_required' }
    const records = await recordsOf(
      bench,
      login((call) => call.answer(401, 'no'), declared),
    )
    expect(records).toMatchObject([{ event_type: 'login_failure', reason: 'mfa_required' }])
  })

  behaviour('a login that a library has recorded is not recorded again', async ({ open }) => {
    const stage = await open({
      routes: [
        login((call) => {
          recordOnce(audit, 'login', 'login_failure', { request: call.req, reason: 'account_disabled' })
          call.answer(401, 'no')
        }),
      ],
    })
    const { audit } = stage
    await stage.askJson('/login', { name: 'usr_ann_4711' })
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'login_failure', reason: 'account_disabled' }])
  })

  behaviour('a login that the handler has recorded itself is not recorded again', async ({ open }) => {
    const stage = await open({
      routes: [
        login((call) => {
          audit.record('login_success', { actor: { id: 'usr_8f3k2p' }, metadata: { method: 'passkey' } })
          call.answer(200, 'in')
        }),
      ],
    })
    const { audit } = stage
    await stage.askJson('/login', { name: 'usr_ann_4711' })
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'login_success', metadata: { method: 'passkey' } }])
  })

  behaviour('a login the client did not wait for is one record whose outcome is unknown', async ({ open }) => {
    const stage = await open({ routes: [{ ...login((call) => void call.raw()), method: 'GET' }] })
    const connection = await stage.wire()
    const arrived = new Promise((resolve) => stage.server.once('request', resolve))
    connection.send('GET /login HTTP/1.1\r\nhost: x\r\n\r\n')
    await arrived
    await new Promise((resolve) => setTimeout(resolve, 20))
    connection.socket.destroy()
    await stage.until(() => stage.lines().length > 0)
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'login_failure', outcome: 'unknown' }])
  })

  behaviour(
    'where policy puts logins into class block, the attempt comes first and no library tells it again',
    async ({ open }) => {
      let told: boolean | undefined
      const stage = await open({
        routes: [
          login((call) => {
            told = claim('login', call.req)
            letIn(call)
          }),
        ],
        options: { policy: [{ match: { event: 'login_*' }, failureClass: 'block' }] },
      })
      await stage.askJson('/login', { name: 'usr_ann_4711' })
      await stage.onlyLine()
      const [attempt, result, ...more] = stage.records()
      expect(attempt).toMatchObject({ event_type: 'login_success', phase: 'attempt', outcome: 'unknown' })
      expect(result).toMatchObject({ event_type: 'login_success', phase: 'result', outcome: 'success' })
      expect(result?.operation_id).toBe(attempt?.operation_id)
      expect(more).toEqual([])
      expect(told).toBe(false)
    },
  )

  behaviour('a declared logout is of who was there before it', async ({ open }) => {
    const stage = await open({
      routes: [
        {
          method: 'POST',
          path: '/logout',
          logout: true,
          handle: (call) => {
            call.signIn?.(undefined)
            call.answer(204)
          },
        },
      ],
      user: () => ({ id: 'usr_8f3k2p' }),
    })
    await stage.ask('/logout', { method: 'POST' })
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'logout', outcome: 'success', actor: { type: 'user' } }])
    expect(stage.records()[0]?.user_id).toBeTypeOf('string')
  })

  for (const [status, outcome] of [
    [200, 'success'],
    [302, 'success'],
    [403, 'denied'],
    [422, 'failure'],
    [500, 'failure'],
  ] as const) {
    behaviour(`a declared event answered with ${status} has outcome ${outcome}`, async ({ open }) => {
      const stage = await open({
        routes: [
          {
            method: 'PUT',
            path: '/people/:id/password',
            event: {
              type: 'password_change',
              subject: (call) => call.params.id,
              targets: () => ({ type: 'account', id: 'acc_4711' }),
              metadata: () => ({ sessions_revoked: 2 }),
              changes: () => ({ field: 'password', op: 'replace' }),
              reason: () => 'by_user',
            },
            handle: (call) => call.answer(status, 'answered'),
          },
        ],
      })
      await stage.ask('/people/pat_4711_zq/password', { method: 'PUT' })
      await stage.onlyLine()
      const [record, ...more] = stage.records('password_change')
      expect(record).toMatchObject({ outcome, reason: 'by_user', metadata: { sessions_revoked: 2 } })
      expect(record?.targets).toMatchObject([{ type: 'account' }])
      expect(record?.subjects).toHaveLength(1)
      expect(stage.written()).not.toMatch(/pat_4711_zq|acc_4711/)
      expect(more).toEqual([])
    })
  }

  behaviour('an event that the handler has recorded itself is not recorded again', async ({ open }) => {
    const stage = await open({
      routes: [
        {
          path: '/password',
          event: { type: 'password_change' },
          handle: (call) => {
            audit.record('password_change', { metadata: { forced: true } })
            call.answer(200, 'changed')
          },
        },
        {
          path: '/logout',
          logout: true,
          handle: (call) => {
            audit.record('logout', { reason: 'everywhere' })
            call.answer(200, 'out')
          },
        },
      ],
    })
    const { audit } = stage
    await stage.ask('/password')
    await stage.ask('/logout')
    await stage.until(() => stage.lines().length === 2)
    expect(stage.records()).toMatchObject([
      { event_type: 'password_change', metadata: { forced: true } },
      { event_type: 'logout', reason: 'everywhere' },
    ])
  })

  behaviour('a declared event that failed behind a 200 is a failure where the route says so', async ({ open }) => {
    const stage = await open({
      routes: [
        {
          path: '/reset',
          event: { type: 'password_reset_completed', failed: ({ res }) => res.getHeader('x-done') !== 'yes' },
          handle: (call) => call.answer(200, 'the link was used before'),
        },
      ],
    })
    await stage.ask('/reset')
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'password_reset_completed', outcome: 'failure' }])
  })

  behaviour('a success keeps the outcome that the catalogue gives an event', async ({ open }) => {
    const stage = await open({
      routes: [
        {
          path: '/forgot',
          event: { type: 'password_reset_requested' },
          handle: (call) => call.answer(202, 'if there is an account, a mail is on its way'),
        },
      ],
    })
    await stage.ask('/forgot')
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'password_reset_requested', outcome: 'unknown' }])
  })

  behaviour('the coverage names logins, logouts and events', async ({ open }) => {
    const stage = await open({
      routes: [
        login(letIn),
        { method: 'POST', path: '/logout', logout: true, handle: letIn },
        { method: 'PUT', path: '/password', event: { type: 'password_change' }, handle: letIn },
      ],
    })
    await stage.askJson('/login', {})
    const { routes } = stage.audit.coverage()
    for (const [route, verb] of [
      ['/login', 'login'],
      ['/logout', 'logout'],
      ['/password', 'password_change'],
    ]) {
      expect(routes).toContainEqual(expect.objectContaining({ route, status: 'audited', verb }))
    }
  })
}
