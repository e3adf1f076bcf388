/** Routes that say what they touch get a record with the outcome their answer shows. */
import { defineEvents } from '@trailmark/core'
import { expect } from 'vitest'
import type { Access, Call, Route } from './application.ts'
import { requestText } from './client.ts'
import type { Behaviour, Bench } from './suite.ts'
import type { StoredRecord } from './trail.ts'

const patient: Access = {
  verb: 'read',
  resource: 'patient',
  id: (call) => call.params.id,
  subject: (call) => call.params.id,
}

function route(access: Access, handle: (call: Call) => unknown = (call) => call.answer(200, 'ok')): Route {
  return { path: '/patients/:id', access, handle }
}

async function recordOf(
  { open }: Bench,
  access: Access,
  handle?: (call: Call) => unknown,
  type = 'data_access',
): Promise<StoredRecord> {
  const stage = await open({ routes: [route(access, handle)] })
  await stage.ask('/patients/pat_4711_zq')
  const line = await stage.onlyLine()
  const [record, ...more] = stage.records(type)
  if (record === undefined || more.length > 0) throw new Error(`not one ${type}:\n${stage.written()}`)
  expect(record.request_id).toBe(line.request_id)
  return record
}

export function declaredAccess(behaviour: Behaviour): void {
  behaviour('a declared read is a data_access with target and subject, neither in clear', async (bench) => {
    const record = await recordOf(bench, patient)
    expect(record).toMatchObject({ outcome: 'success', http: { route: '/patients/:id', status: 200 } })
    expect(record.targets).toMatchObject([{ type: 'patient' }])
    expect(record.targets?.[0]?.id).toBeTypeOf('string')
    expect(record.subjects).toHaveLength(1)
    expect(JSON.stringify(record)).not.toContain('pat_4711_zq')
  })

  for (const [verb, type] of [
    ['create', 'data_create'],
    ['update', 'data_update'],
    ['delete', 'data_delete'],
    ['search', 'bulk_query'],
    ['share', 'data_share'],
  ] as const) {
    behaviour(`a declared ${verb} is a ${type}`, async (bench) => {
      expect((await recordOf(bench, { ...patient, verb }, undefined, type)).outcome).toBe('success')
    })
  }

  for (const [status, outcome, reason] of [
    [201, 'success', undefined],
    [304, 'success', undefined],
    [401, 'denied', 'unauthenticated'],
    [403, 'denied', 'forbidden'],
    [404, 'failure', 'not_found'],
    [422, 'failure', 'invalid'],
    [500, 'failure', 'error'],
  ] as const) {
    behaviour(`a declared access answered with ${status} has outcome ${outcome}`, async (bench) => {
      const record = await recordOf(bench, patient, (call) =>
        call.answer(status, status === 304 ? undefined : 'answered'),
      )
      expect(record.outcome).toBe(outcome)
      expect(record.reason).toBe(reason)
    })
  }

  behaviour('a declared access whose handler throws has outcome failure', async (bench) => {
    const record = await recordOf(bench, patient, () => {
      throw new Error('deliberate')
    })
    expect(record).toMatchObject({ outcome: 'failure', reason: 'error' })
  })

  behaviour('a declared access the client did not wait for has outcome unknown', async ({ open }) => {
    const stage = await open({ routes: [route(patient, (call) => void call.raw())] })
    const connection = await stage.wire()
    const arrived = new Promise((resolve) => stage.server.once('request', resolve))
    connection.send(requestText('/patients/pat_4711_zq'))
    await arrived
    await new Promise((resolve) => setTimeout(resolve, 20))
    connection.socket.destroy()
    await stage.until(() => stage.lines().length > 0)
    await stage.onlyLine()
    expect(stage.records('data_access')).toMatchObject([{ outcome: 'unknown', reason: 'aborted' }])
  })

  behaviour('the actor is whom the application authenticated', async ({ open }) => {
    const stage = await open({ routes: [route(patient)], user: () => ({ id: 'usr_8f3k2p', roles: ['nurse'] }) })
    await stage.ask('/patients/pat_4711_zq')
    await stage.onlyLine()
    const [record] = stage.records('data_access')
    expect(record?.actor).toMatchObject({ type: 'user', roles: ['nurse'] })
    expect(record?.user_id).toBeTypeOf('string')
    expect(stage.written()).not.toContain('usr_8f3k2p')
  })

  behaviour('without authentication the actor is anonymous', async (bench) => {
    const record = await recordOf(bench, patient)
    expect(record.actor.type).toBe('anonymous')
    expect(record.user_id).toBeUndefined()
  })

  behaviour('the volume is asked at the end of the request', async (bench) => {
    let rows = 0
    const record = await recordOf(bench, { ...patient, volume: () => rows }, (call) => {
      rows = 42
      call.answer(200, 'ok')
    })
    expect(record.volume?.records).toBe(42)
  })

  behaviour('purpose, ticket and legal basis are on the record', async (bench) => {
    const record = await recordOf(bench, { ...patient, purpose: 'care', ticket: 'INC-4711', legalBasis: 'art9.2.h' })
    expect(record).toMatchObject({ purpose: 'care', legal_basis: 'art9.2.h' })
    expect(record.ticket_ref).toBeTypeOf('string')
  })

  behaviour('the purpose may be asked of the request', async (bench) => {
    const record = await recordOf(bench, { ...patient, purposeFrom: (call) => call.req.headers.host && 'care' })
    expect(record.purpose).toBe('care')
  })

  behaviour('another event may stand in the place of the verb’s own', async (bench) => {
    const access: Access = { ...patient, event: 'break_glass_access', purpose: 'emergency' }
    const stage = await bench.open({ routes: [route(access)] })
    await stage.ask('/patients/pat_4711_zq')
    await stage.onlyLine()
    expect(stage.records('break_glass_access')).toMatchObject([
      { phase: 'attempt', purpose: 'emergency' },
      { phase: 'result', purpose: 'emergency', outcome: 'success' },
    ])
  })

  behaviour('of the application’s own event the operator is told what its declaration lacks', async ({ open }) => {
    const spec = { code: 'CLN001', category: 'data', action: 'update', requires: ['purpose', 'changes'] } as const
    const stage = await open({
      routes: [route({ ...patient, event: 'ward_moved', purpose: 'care' })],
      options: { events: defineEvents({ ward_moved: spec }) },
    })
    expect((await stage.ask('/patients/pat_4711_zq')).status).toBe(200)
    await stage.onlyLine()
    expect(stage.records('ward_moved')).toEqual([])
    expect(stage.notices().join('\n')).toMatch(/access to patient states no changes, which ward_moved needs/)
  })

  behaviour('a list of identifiers becomes as many targets, at most 20', async (bench) => {
    const ids = Array.from({ length: 30 }, (_, at) => `p${at}`)
    const record = await recordOf(bench, { verb: 'read', resource: 'patient', id: () => ids, subject: () => ids })
    expect(record.targets).toHaveLength(20)
    expect(new Set(record.targets?.map((target) => target.id)).size).toBe(20)
  })

  behaviour('a question that throws costs its field and nothing else', async (bench) => {
    const thrower = (): never => {
      throw new Error('deliberate')
    }
    const access: Access = { ...patient, id: thrower, subject: thrower, volume: thrower, metadata: thrower }
    const record = await recordOf(bench, access)
    expect(record.outcome).toBe('success')
    expect(record.targets).toMatchObject([{ type: 'patient' }])
    expect(record.subjects).toBeUndefined()
  })

  behaviour('an undeclared route leaves its line alone', async ({ open }) => {
    const stage = await open({ routes: [{ path: '/plain', handle: (call) => call.answer(200, 'ok') }] })
    await stage.ask('/plain')
    await stage.onlyLine()
    expect(stage.records()).toEqual([])
  })

  behaviour('the coverage knows the mounted routes, and which of them are declared', async ({ open }) => {
    const stage = await open({ routes: [route(patient), { path: '/plain', handle: (call) => call.answer(200, 'ok') }] })
    await stage.ask('/plain')
    const { routes } = stage.audit.coverage()
    expect(routes).toContainEqual(
      expect.objectContaining({ method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' }),
    )
    expect(routes).toContainEqual(expect.objectContaining({ method: 'GET', route: '/plain', status: 'unaudited' }))
  })
}
