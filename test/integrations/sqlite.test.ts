/** What SQLite runs is on record: the real better-sqlite3 and the real node:sqlite. */
import { DatabaseSync } from 'node:sqlite'
import { auditSqlite } from '@trailmark/integrations/sqlite'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Requests, runInRequests } from './run-in-requests.ts'

let requests: Requests
beforeAll(async () => {
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
    bulkRecords: 100,
  })
})
afterAll(() => requests.close())

async function done(work: () => unknown): Promise<string[]> {
  const id = await requests.run(work)
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'select')
  return requests.below(id)
}

const schema = `create table patients (id integer primary key, name text not null, person_id text);
  create table visits (id integer primary key, patient_id int, note text);
  create table rooms (id integer primary key)`
const reset = `delete from patients; delete from visits; delete from rooms;
  insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2');
  insert into visits values (1, 1, 'Planted Note')`
const select = 'select * from patients where id > ?'

interface Both {
  prepare(sql: string): {
    run(...given: (number | string)[]): unknown
    get(...given: (number | string)[]): unknown
    all(...given: (number | string)[]): unknown[]
    iterate(...given: (number | string)[]): Iterable<unknown>
  }
  exec(sql: string): unknown
  close(): unknown
}

describe.each<[string, () => Both]>([
  ['better-sqlite3', () => new Database(':memory:')],
  ['node:sqlite', () => new DatabaseSync(':memory:')],
])('%s', (_, open) => {
  let plain: Both
  let db: Both
  beforeAll(() => {
    plain = open()
    db = auditSqlite(plain)
    db.exec(schema)
  })
  beforeEach(() => {
    db.exec(reset)
    requests.audit.clear()
  })
  afterAll(() => db.close())

  test.each<[string, () => unknown, string[]]>([
    ['all rows', () => db.prepare(select).all(0), ['read patient 2']],
    ['one row', () => db.prepare(select).get(0), ['read patient 1']],
    ['no row', () => db.prepare(select).get(9), ['read patient 0']],
    ['rows one by one', () => [...db.prepare(select).iterate(0)], ['read patient 2']],
    [
      'rows one by one until the loop is left',
      () => {
        for (const row of db.prepare(select).iterate(0)) if (row !== undefined) break
      },
      ['read patient 1'],
    ],
    [
      'an insert',
      () => db.prepare("insert into patients values (3, 'Planted Name', ?)").run('x'),
      ['create patient 1'],
    ],
    [
      'an insert that returns',
      () => db.prepare("insert into patients values (3, 'Planted Name', ?) returning *").all('x'),
      ['create patient 1'],
    ],
    ['an update', () => db.prepare('update patients set name = name').run(), ['update patient 2']],
    ['a delete', () => db.prepare('delete from visits').run(), ['delete visit 1']],
    [
      'a replacement',
      () => db.prepare("replace into patients values (1, 'Planted Name', 'x')").run(),
      ['create patient 1'],
    ],
    [
      'a join',
      () => db.prepare('select p.* from patients p join visits v on v.patient_id = p.id').all(),
      ['read patient 1', 'read visit 1'],
    ],
    [
      'a script',
      () => db.exec("insert into rooms select id from patients; update visits set note = 'Planted Note'"),
      ['read patient', 'update visit'],
    ],
    [
      'a statement that runs again',
      () => {
        const statement = db.prepare(select)
        for (const from of [0, 1, 9]) statement.all(from)
      },
      ['read patient 3'],
    ],
    ['no table that is not declared', () => db.prepare('select * from rooms').all(), []],
    ['no plan', () => db.prepare('explain query plan select * from patients').all(), []],
  ])('records %s', async (_name, work, expected) => {
    expect(await done(work)).toEqual(expected)
  })

  test('records whose data it was, however rows are given', async () => {
    await done(() => db.prepare(select).all(0))
    await done(() => [...db.prepare(select).iterate(0)])
    const [first, second] = requests.audit.recordsOf('data_access')
    expect(first?.subjects).toHaveLength(2)
    expect(first?.['targets']).toHaveLength(2)
    expect(second?.subjects).toEqual(first?.subjects)
  })

  test('records what fails, and hands it on', async () => {
    await expect(done(() => db.prepare("insert into patients values (1, 'Planted Name', 'x')").run())).rejects.toThrow(
      /UNIQUE/,
    )
    await expect(done(() => db.exec('update patients set name = null'))).rejects.toThrow(/NOT NULL/)
    await expect(done(() => db.prepare('select nonsense from patients'))).rejects.toThrow(/nonsense/)
    expect(requests.below()).toEqual(['create patient!', 'update patient!'])
  })

  test.each<[string, readonly string[], string[]]>([
    ['begins and is rolled back', ['begin; delete from visits; rollback'], ['delete visit!']],
    ['begins and is committed', ['begin; delete from visits; commit'], ['delete visit']],
    ['commits what began before', ['begin', 'delete from visits; commit', 'begin', 'rollback'], ['delete visit']],
    ['begins what ends later', ['begin; delete from visits', 'rollback'], ['delete visit!']],
    ['ends behind a comment', ['begin', 'delete from visits', '/* clinic */ commit'], ['delete visit']],
  ])('knows how a transaction ended where one text %s', async (_name, texts, expected) => {
    expect(
      await done(() => {
        for (const text of texts) db.exec(text)
      }),
    ).toEqual(expected)
  })

  test('records the writes of a transaction by its end', async () => {
    const write = 'update patients set name = name'
    expect(
      await done(() => {
        db.exec('begin')
        db.prepare(write).run()
        db.exec('commit')
      }),
    ).toEqual(['update patient 2'])
    expect(
      await done(() => {
        db.exec('begin')
        db.prepare(write).run()
        db.prepare(select).all(0)
        db.exec('rollback')
      }),
    ).toEqual(['read patient 2', 'update patient!'])
  })

  test('records a bulk query', async () => {
    await done(() =>
      db
        .prepare('select a.id from patients a, patients b, patients c, patients d, patients e, patients f, patients g')
        .all(),
    )
    expect(requests.audit.recordsOf('bulk_query')).toMatchObject([{ volume: { records: 128 } }])
  })

  test('counts once, however often it is audited, and leaves other databases alone', async () => {
    auditSqlite(auditSqlite(db))
    expect(await done(() => db.prepare(select).all(0))).toEqual(['read patient 2'])
    const other = open()
    other.exec(schema)
    expect(await done(() => other.prepare(select).all(0))).toEqual([])
    other.close()
  })

  test('answers as without the audit', async () => {
    const other = open()
    other.exec(`${schema}; ${reset}`)
    await done(() => {
      expect(db.prepare(select).all(0)).toEqual(other.prepare(select).all(0))
      expect(db.prepare(select).get(9)).toEqual(other.prepare(select).get(9))
      expect([...db.prepare(select).iterate(0)]).toEqual([...other.prepare(select).iterate(0)])
      expect(db.prepare('delete from visits').run()).toEqual(other.prepare('delete from visits').run())
    })
    other.close()
  })
})

describe('better-sqlite3', () => {
  let db: Database.Database
  beforeAll(() => {
    db = auditSqlite(new Database(':memory:'))
    db.exec(`${schema}; ${reset}`)
    requests.audit.clear()
  })
  afterAll(() => db.close())

  test('records plucked, raw and expanded rows', async () => {
    expect(await done(() => db.prepare(select).pluck().all(0))).toEqual(['read patient 2'])
    expect(await done(() => db.prepare(select).expand().all(0))).toEqual(['read patient 2'])
    expect(await done(() => db.prepare(select).raw().all(0))).toEqual(['read patient 2'])
    expect(requests.audit.recordsOf('data_access').at(-1)?.subjects).toHaveLength(2)
  })

  test('records a statement that was prepared before the database was audited', async () => {
    const late = new Database(':memory:')
    late.exec(`${schema}; ${reset}`)
    const statement = late.prepare(select)
    auditSqlite(late)
    expect(await done(() => statement.all(0))).toEqual(['read patient 2'])
    late.close()
  })

  test('records a transaction, and one inside of it, by how they end', async () => {
    const write = db.prepare("insert into visits values (?, 1, 'Planted Note')")
    const failing = db.transaction((id: number) => {
      write.run(id)
      throw new Error('no')
    })
    const outer = db.transaction((id: number) => {
      write.run(id)
      expect(() => failing(id + 1)).toThrow('no')
    })
    const id = await requests.run(() => outer.immediate(10))
    const created = requests.audit.recordsOf('data_create').filter((record) => record['request_id'] === id)
    expect(created).toMatchObject([{ outcome: 'success', volume: { records: 1 } }])
    expect(await done(() => expect(() => failing(20)).toThrow('no'))).toEqual(['create visit!'])
  })
})

describe('node:sqlite', () => {
  test('records rows as arrays and templates', async () => {
    const db = auditSqlite(new DatabaseSync(':memory:'))
    db.exec(`${schema}; ${reset}`)
    requests.audit.clear()
    expect(
      await done(() => {
        const statement = db.prepare(select)
        // Node 22 does not have it.
        const arrays: unknown = Reflect.get(statement, 'setReturnArrays')
        if (typeof arrays === 'function') Reflect.apply(arrays, statement, [true])
        return statement.all(0)
      }),
    ).toEqual(['read patient 2'])
    expect(requests.audit.recordsOf('data_access')[0]?.subjects).toHaveLength(2)
    const create: unknown = Reflect.get(db, 'createTagStore')
    if (typeof create === 'function') {
      const store: { all(texts: TemplateStringsArray, ...values: unknown[]): unknown[] } = Reflect.apply(create, db, [])
      expect(await done(() => store.all`select * from patients where id > ${0}`)).toEqual(['read patient 2'])
    }
    db.close()
  })
})

test.each([{}, null, { prepare: () => ({}), exec: () => 1, close: () => 1 }])(
  'auditSqlite() refuses what is no database: %j',
  (wrong) => {
    expect(() => Reflect.apply(auditSqlite, undefined, [wrong])).toThrowError(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditSqlite') }),
    )
  },
)

test('two copies of the integration count once', async () => {
  vi.resetModules()
  const { auditSqlite: other } = await import('@trailmark/integrations/sqlite')
  expect(other).not.toBe(auditSqlite)
  for (const db of [new Database(':memory:'), new DatabaseSync(':memory:')]) {
    auditSqlite(other(db))
    other(auditSqlite(db))
    db.exec(`${schema}; ${reset}`)
    requests.audit.clear()
    expect(await done(() => db.prepare(select).all(0))).toEqual(['read patient 2'])
    db.close()
  }
})
