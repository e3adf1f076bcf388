/** Routes that say nothing themselves, and are audited by the option `routes` all the same. */
import { expect } from 'vitest'
import type { Call, Route } from './application.ts'
import type { Behaviour } from './suite.ts'

const ok = (call: Call): void => call.answer(200, 'ok')
const show: Route = { path: '/patients/:id', handle: ok }

export function routePolicy(behaviour: Behaviour): void {
  behaviour('a configured read is a data_access with the identifiers of its path', async ({ open }) => {
    const rule = { route: '/patients/:pid', read: 'patient', id: 'params.pid', subject: 'params.pid', purpose: 'care' }
    const stage = await open({ routes: [show], options: { routes: [rule] }, user: () => ({ id: 'usr_8f3k2p' }) })
    await stage.ask('/patients/pat_4711_zq')
    const line = await stage.onlyLine()
    const [record, ...more] = stage.records()
    expect(record).toMatchObject({
      event_type: 'data_access',
      outcome: 'success',
      purpose: 'care',
      request_id: line.request_id,
      actor: { type: 'user' },
      http: { route: '/patients/:id', status: 200 },
      targets: [{ type: 'patient' }],
    })
    expect(record?.targets?.[0]?.id).toBeTypeOf('string')
    expect(record?.subjects).toHaveLength(1)
    expect(stage.written()).not.toContain('pat_4711_zq')
    expect(more).toEqual([])
  })

  behaviour('a configured route is matched under the prefix it is mounted at', async ({ open }) => {
    const stage = await open({
      routes: [{ ...show, under: '/wards/:ward' }],
      options: {
        routes: [{ route: '/wards/:ward/patients/:id', read: 'patient', id: 'params.id', owner: 'params.ward' }],
      },
    })
    await stage.ask('/wards/3/patients/pat_4711_zq')
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([{ event_type: 'data_access', http: { route: '/wards/:ward/patients/:id' } }])
  })

  behaviour('an identifier may stand in the query, and in the body that is parsed later', async ({ open }) => {
    const stage = await open({
      routes: [
        { path: '/patients', handle: ok },
        { path: '/patients', method: 'POST', handle: ok },
      ],
      options: {
        routes: [
          { route: '/patients', method: 'GET', search: 'patient', id: 'query.id' },
          {
            route: '/patients',
            method: 'POST',
            create: 'patient',
            subject: 'body.patient.id',
            ticket: 'headers.x-ticket',
          },
        ],
      },
    })
    await stage.ask('/patients?page=1&id=pat_1_zq&id=pat_2_zq')
    await stage.askJson('/patients', { patient: { id: 'pat_3_zq' } }, { 'x-ticket': 'INC-4711' })
    await stage.until(() => stage.lines().length === 2)
    expect(stage.records('bulk_query')[0]?.targets).toHaveLength(2)
    expect(stage.records('data_create')[0]?.subjects).toHaveLength(1)
    expect(stage.records('data_create')[0]?.ticket_ref).toBeTypeOf('string')
    expect(stage.written()).not.toMatch(/pat_._zq/)
  })

  behaviour('the attempt of a configured export is durable before the handler runs', async ({ open }) => {
    let ran = false
    const stage = await open({
      routes: [
        {
          path: '/export',
          handle: (call) => {
            ran = true
            ok(call)
          },
        },
      ],
      options: { routes: [{ route: '/export', export: 'patient' }] },
    })
    stage.set('waits')
    const answer = stage.ask('/export')
    await stage.until(() => stage.records('data_export').length === 1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(ran).toBe(false)
    stage.set('works')
    stage.release()
    expect((await answer).status).toBe(200)
    expect(ran).toBe(true)
    await stage.onlyLine()
    const [attempt, result, ...more] = stage.records('data_export')
    expect(attempt).toMatchObject({ phase: 'attempt', outcome: 'unknown' })
    expect(result).toMatchObject({ phase: 'result', outcome: 'success', operation_id: attempt?.operation_id })
    expect(more).toEqual([])
  })

  behaviour(
    'a configured export that cannot be recorded is answered 503, and its handler never runs',
    async ({ open }) => {
      let ran = false
      const stage = await open({
        routes: [
          {
            path: '/export',
            handle: (call) => {
              ran = true
              ok(call)
            },
          },
        ],
        options: { routes: [{ route: '/export', export: 'patient' }] },
      })
      stage.set('fails')
      const answer = await stage.ask('/export')
      stage.set('works')
      expect(answer.status).toBe(503)
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
      await stage.onlyLine()
      expect(ran).toBe(false)
    },
  )

  behaviour('what the code declares takes the place of what is configured', async ({ open }) => {
    const stage = await open({
      routes: [{ ...show, access: { verb: 'update', resource: 'chart', purpose: 'care' } }],
      options: { routes: [{ route: '/patients/:id', read: 'patient', purpose: 'unknown' }] },
    })
    await stage.ask('/patients/7')
    await stage.onlyLine()
    expect(stage.records()).toMatchObject([
      { event_type: 'data_update', targets: [{ type: 'chart' }], purpose: 'care' },
    ])
  })

  behaviour('an export that code and configuration declare has one attempt and one result', async ({ open }) => {
    const stage = await open({
      routes: [{ path: '/export', access: { verb: 'export', resource: 'patient', volume: () => 3 }, handle: ok }],
      options: { routes: [{ route: '/export', export: 'patient' }] },
    })
    expect((await stage.ask('/export')).status).toBe(200)
    await stage.onlyLine()
    const [attempt, result, ...more] = stage.records()
    expect(attempt).toMatchObject({ event_type: 'data_export', phase: 'attempt' })
    expect(result).toMatchObject({ phase: 'result', operation_id: attempt?.operation_id, volume: { records: 3 } })
    expect(more).toEqual([])
  })

  behaviour('a configured login is a login_failure where it is refused, or led back to its form', async ({ open }) => {
    const rule = {
      route: '/login',
      method: 'POST',
      login: true,
      user: 'body.name',
      authMethod: 'password',
      failedRedirect: '/login',
    } as const
    for (const [answer, type] of [
      [(call: Call) => call.answer(401, 'no'), 'login_failure'],
      [(call: Call) => call.answer(302, undefined, { location: '/login?failed' }), 'login_failure'],
      [(call: Call) => call.answer(302, undefined, { location: '/home' }), 'login_success'],
    ] as const) {
      const stage = await open({
        routes: [{ method: 'POST', path: '/login', handle: answer }],
        options: { routes: [rule] },
      })
      await stage.askJson('/login', { name: 'usr_ann_4711' })
      await stage.onlyLine()
      expect(stage.records()).toMatchObject([{ event_type: type, metadata: { method: 'password' } }])
      expect(stage.records()[0]?.user_id).toBeTypeOf('string')
      expect(stage.written()).not.toContain('usr_ann_4711')
    }
  })

  behaviour('a rule for one method says nothing of another, and none speaks of OPTIONS', async ({ open }) => {
    const stage = await open({
      routes: [
        { path: '/patients', handle: ok },
        { path: '/patients', method: 'DELETE', handle: ok },
      ],
      options: {
        routes: [
          { route: '/patients', method: 'delete', delete: 'patient' },
          { route: '/other', read: 'patient' },
        ],
      },
    })
    await stage.ask('/patients')
    await stage.ask('/patients', { method: 'DELETE' })
    await stage.ask('/other', { method: 'OPTIONS' })
    await stage.until(() => stage.lines().length === 3)
    expect(stage.records().map((record) => record.event_type)).toEqual(['data_delete'])
  })

  behaviour('the coverage shows configured routes as audited or exempt', async ({ open }) => {
    const stage = await open({
      routes: [show, { path: '/health', handle: ok }, { path: '/plain', handle: ok }],
      options: {
        routes: [
          { route: '/patients/:pid', method: 'GET', read: 'patient' },
          { route: '/health', exempt: 'no personal data' },
        ],
      },
    })
    await stage.ask('/health')
    await stage.until(() => stage.lines().length === 1)
    const { routes } = stage.audit.coverage()
    for (const route of [
      { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' },
      { method: 'GET', route: '/health', status: 'exempt', reason: 'no personal data' },
      { method: 'GET', route: '/plain', status: 'unaudited' },
    ]) {
      expect(routes).toContainEqual(expect.objectContaining(route))
    }
    expect(stage.records()).toEqual([])
  })
}
