import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { currentContext, runInContext } from '../context.ts'
import type { AuditOptions } from '../options.ts'
import { type TestAudit, testAudit } from '../testing.ts'
import { isPersonal, reportAccess, watchesData } from './access-below.ts'
import type { Exchange } from './exchange.ts'
import { followRequest } from './follow.ts'

const data: NonNullable<AuditOptions['data']> = {
  tables: {
    patients: { resource: 'patient', class: 'special_category', subject: 'patient_id', id: 'id' },
    'clinic.visits': 'visit',
  },
  bulkRecords: 3,
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function open(options: AuditOptions = { data }): TestAudit {
  const audit = testAudit(options)
  closing.push(() => audit.close())
  return audit
}

/** One request whose handler is `handle`; resolves when its exchange has ended. */
async function request(
  audit: TestAudit,
  handle: (exchange: Exchange, res: ServerResponse) => unknown,
  method = 'GET',
): Promise<void> {
  const server = createServer((req, res) => {
    const exchange = followRequest(audit, req, res, { route: () => '/patients', actor: () => ({ id: 'u1' }) })
    exchange.run(() => handle(exchange, res))
    if (!res.writableEnded) res.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const lines = audit.lines.length
  await (await fetch(`http://127.0.0.1:${port}/patients`, { method })).text()
  while (audit.lines.length === lines) await new Promise(setImmediate)
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

const of = (audit: TestAudit) =>
  audit.records
    .filter(({ category }) => category === 'data')
    .map(({ event_type: type, volume, metadata }) => ({ type, volume, metadata }))

describe('an access that a driver reports', () => {
  it('is one record for each table and verb of a request, with its rows summed', async () => {
    const audit = open()
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', records: 1 })
      reportAccess({ table: 'public.patients', verb: 'read', records: 2 })
      reportAccess({ table: 'PATIENTS', verb: 'update', records: 1 })
      reportAccess({ table: 'rooms', verb: 'read', records: 9 })
    })
    const metadata = { via: 'database', undeclared: true }
    expect(of(audit)).toEqual([
      { type: 'data_access', volume: { records: 3 }, metadata },
      { type: 'data_update', volume: { records: 1 }, metadata },
    ])
    const [first] = audit.recordsOf('data_access')
    expect(first).toMatchObject({ outcome: 'success', http: { route: '/patients' }, resource_type: 'patient' })
    expect(first?.user_id).toBeDefined()
  })

  it('is a bulk query above the bound', async () => {
    const audit = open()
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', records: 3 })
      reportAccess({ table: 'visits', verb: 'read', records: 4 })
    })
    expect(of(audit).map(({ type }) => type)).toEqual(['data_access', 'bulk_query'])
  })

  it('names at most twenty people and rows, from the declared columns alone', async () => {
    const audit = open()
    const asked: string[] = []
    const row = (n: number) =>
      new Proxy(
        { id: n, patient_id: `p${n}`, name: 'Ada Lovelace' },
        {
          get(target, key, self) {
            asked.push(String(key))
            return Reflect.get(target, key, self)
          },
        },
      )
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', rows: Array.from({ length: 30 }, (_, n) => row(n)) })
    })
    const [record] = audit.recordsOf('bulk_query')
    expect(record).toMatchObject({ volume: { records: 30 } })
    expect(record?.subjects).toHaveLength(20)
    expect(record?.targets).toHaveLength(20)
    expect(new Set(asked)).toEqual(new Set(['id', 'patient_id']))
    expect(JSON.stringify(audit.records)).not.toContain('Ada Lovelace')
  })

  it('finds columns of rows that are arrays, or spelled as an ORM spells them', async () => {
    const audit = open()
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', rows: [['p1', 7]], columns: ['patient_id', 'ID'] })
      reportAccess({ table: 'patients', verb: 'update', rows: [{ id: 8n, patientId: 'p2' }] })
      reportAccess({
        table: 'patients',
        verb: 'create',
        rows: [{ id: Buffer.from('ab'), patient_id: { toHexString: () => 'ff' } }],
      })
    })
    for (const type of ['data_access', 'data_update', 'data_create']) {
      const [record] = audit.recordsOf(type)
      expect(record?.subjects).toHaveLength(1)
      expect(record?.resource_id).toBeDefined()
    }
  })

  it('survives rows that fight back', async () => {
    const audit = open()
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
        getOwnPropertyDescriptor: () => {
          throw new Error('no')
        },
      },
    )
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', rows: [hostile, null, 7, []] })
      reportAccess({ table: 'patients', verb: 'delete', records: Number.NaN })
      Reflect.apply(reportAccess, undefined, [undefined])
      Reflect.apply(reportAccess, undefined, [{ table: Symbol('x'), verb: 'read' }])
    })
    expect(of(audit).map(({ type, volume }) => ({ type, volume }))).toEqual([
      { type: 'bulk_query', volume: { records: 4 } },
      { type: 'data_delete', volume: undefined },
    ])
  })

  it('is a failure when every call failed, and not when one did', async () => {
    const audit = open()
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', failed: true })
      reportAccess({ table: 'patients', verb: 'update', failed: true })
      reportAccess({ table: 'patients', verb: 'update', records: 1 })
    })
    expect(audit.recordsOf('data_access')).toMatchObject([{ outcome: 'failure', reason: 'error' }])
    expect(audit.recordsOf('data_update')).toMatchObject([{ outcome: 'success', volume: { records: 1 } }])
  })

  it('counts once when a driver and a library above it tell of the same', async () => {
    const audit = open()
    await request(audit, () => {
      reportAccess({ table: 'patients', verb: 'read', records: 2, layer: 'driver' })
      reportAccess({ table: 'patients', verb: 'read', records: 2, rows: [{ id: 1, patient_id: 'p1' }] })
      reportAccess({ table: 'visits', verb: 'read', records: 1 })
    })
    expect(of(audit).map(({ volume }) => volume)).toEqual([{ records: 2 }, { records: 1 }])
    expect(audit.recordsOf('data_access')[0]?.subjects).toHaveLength(1)
  })

  it('is bounded: beyond 64 tables and verbs in a request they are told to the operator', async () => {
    const tables = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`t${n}`, 'thing']))
    const audit = open({ data: { tables } })
    await request(audit, () => {
      for (const table of Object.keys(tables)) reportAccess({ table, verb: 'read', records: 1 })
    })
    expect(audit.recordsOf('data_access')).toHaveLength(64)
    expect(audit.notices.join()).toContain('6 accesses are on no record')
  })
})

describe('a declared route', () => {
  it('takes what happens below it: its volume and its people', async () => {
    const audit = open()
    await request(audit, (exchange) => {
      void exchange.declare({ verb: 'read', resource: 'patient' })
      reportAccess({ table: 'patients', verb: 'read', rows: [{ id: 1, patient_id: 'p1' }] })
    })
    expect(audit.records.filter(({ category }) => category === 'data')).toHaveLength(1)
    const [record] = audit.recordsOf('data_access')
    expect(record).toMatchObject({ volume: { records: 1 } })
    expect(record?.metadata).toBeUndefined()
    expect(record?.subjects).toHaveLength(1)
    expect(record?.resource_id).toBeDefined()
    expect(audit.coverage().drifting).toBe(0)
  })

  it('keeps what it says itself', async () => {
    const audit = open()
    await request(audit, (exchange) => {
      void exchange.declare({
        verb: 'export',
        resource: 'patient',
        volume: () => 50,
        subject: () => ['a', 'b'],
        id: () => 9,
      })
      reportAccess({ table: 'patients', verb: 'read', rows: [{ id: 1, patient_id: 'p1' }] })
    })
    const results = audit.recordsOf('data_export').filter(({ phase }) => phase !== 'attempt')
    expect(results).toMatchObject([{ volume: { records: 50 } }])
    expect(results[0]?.subjects).toHaveLength(2)
    expect(audit.recordsOf('data_access')).toHaveLength(0)
  })

  it('that does something else to the same data is no drift; other data is, and counts on the route', async () => {
    const audit = open()
    for (let n = 0; n < 2; n++)
      await request(audit, (exchange) => {
        void exchange.declare({ verb: 'read', resource: 'patient' })
        reportAccess({ table: 'patients', verb: 'update', records: 1 })
        reportAccess({ table: 'visits', verb: 'read', records: 1 })
      })
    expect(audit.recordsOf('data_update').map(({ metadata }) => metadata)).toEqual([
      { via: 'database' },
      { via: 'database' },
    ])
    expect(audit.coverage()).toMatchObject({
      drifting: 1,
      routes: [{ method: 'GET', route: '/patients', drift: 2, tables: ['clinic.visits'] }],
    })
  })
})

describe('an access that is reported after its answer', () => {
  it('belongs to that request, at once, and is not doubled', async () => {
    const audit = open()
    let context: ReturnType<typeof currentContext>
    await request(audit, () => {
      context = currentContext()
      reportAccess({ table: 'patients', verb: 'read', records: 1 })
    })
    const [first] = audit.recordsOf('data_access')
    reportAccess({ table: 'patients', verb: 'read', records: 2, context })
    const late = audit.recordsOf('data_access')
    expect(late).toHaveLength(2)
    expect(late[1]).toMatchObject({ request_id: first?.request_id, volume: { records: 2 } })
    for (let n = 0; n < 100; n++) reportAccess({ table: 'patients', verb: 'read', records: 1, context })
    expect(audit.recordsOf('data_access')).toHaveLength(2)
    await audit.close()
    expect(audit.recordsOf('bulk_query')).toMatchObject([{ volume: { records: 100 }, aggregate: { count: 100 } }])
  })

  it('belongs to the request it names and not to the one in progress', async () => {
    const audit = open()
    let mine: ReturnType<typeof currentContext>
    await request(audit, () => {
      mine = currentContext()
    })
    await request(audit, () => reportAccess({ table: 'patients', verb: 'read', records: 1, context: mine }))
    expect(audit.recordsOf('data_access').map((record) => record.request_id)).toEqual([mine?.requestId])
  })
})

describe('an access outside of any request', () => {
  it('is folded, and recorded by the end of the audit at the latest', async () => {
    const audit = open()
    for (let n = 0; n < 50; n++) reportAccess({ table: 'patients', verb: 'read', records: 1 }, audit)
    reportAccess({ table: 'patients', verb: 'delete', records: 1 }, audit)
    expect(of(audit)).toEqual([])
    await audit.close()
    expect(of(audit)).toEqual([
      { type: 'bulk_query', volume: { records: 50 }, metadata: { via: 'database' } },
      { type: 'data_delete', volume: { records: 1 }, metadata: { via: 'database' } },
    ])
    expect(audit.recordsOf('bulk_query')).toMatchObject([{ aggregate: { count: 50 } }])
  })

  it('finds the only audit that declares tables, and none where there are two', async () => {
    expect(watchesData()).toBe(false)
    const one = open()
    expect(watchesData()).toBe(true)
    expect(isPersonal('Patients')).toBe(true)
    reportAccess({ table: 'patients', verb: 'read', records: 1 })
    const two = open()
    expect(isPersonal('patients')).toBe(false)
    expect(isPersonal('patients', two)).toBe(true)
    await two.close()
    await one.close()
    expect(one.recordsOf('data_access')).toHaveLength(1)
    expect(watchesData()).toBe(false)
    expect([...one.notices, ...two.notices].join()).toContain('pass `audit` to it')
  })

  it('is nothing where no table is declared', async () => {
    const audit = open({})
    await request(audit, () => {
      expect(isPersonal('patients')).toBe(false)
      reportAccess({ table: 'patients', verb: 'read', records: 1 })
    })
    runInContext(undefined, () => reportAccess({ table: 'patients', verb: 'read' }, audit))
    await audit.close()
    expect(of(audit)).toEqual([])
  })
})
