/** Whatever a library hands over, reading it throws nothing: commands, pipelines, results and arguments of any shape. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resultOf as drizzleResult, shapeOf } from './drizzle/result.ts'
import { touchesOf } from './mongodb/commands.ts'
import { collectionsIn } from './mongodb/pipeline.ts'
import { modelsOf } from './prisma/models.ts'
import { accessesOf } from './prisma/operation.ts'
import { resultOf as sequelizeResult } from './sequelize/result.ts'
import { rowsOfTable } from './typeorm/columns.ts'

const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withTypedArray: true, maxDepth: 4 })
/** Trees out of the words that are looked for, so that some of them mean something. */
const words = [
  ...[
    'find',
    'aggregate',
    'pipeline',
    '$lookup',
    'from',
    '$unionWith',
    'coll',
    '$facet',
    '$out',
    '$merge',
    'into',
    'db',
  ],
  ...[
    'cursor',
    'firstBatch',
    'nextBatch',
    'n',
    'upserted',
    'writeErrors',
    'documents',
    'updates',
    'q',
    'ops',
    'nsInfo',
    'ns',
  ],
  ...['where', 'include', 'select', 'data', 'create', 'visits', 'AND', '_count', 'dataValues', 'rows', 'affectedRows'],
]
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<unknown>(1, 'patients', null, undefined, true, 5n),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words), tie('tree'), { maxKeys: 5 }),
  ),
}))
const value = fc.oneof(anything, tree)
const visits = { fields: [{ name: 'patient', kind: 'object', type: 'Patient', relationName: 'r' }] }
const patient = { fields: [{ name: 'visits', kind: 'object', type: 'Visit', relationName: 'r' }], dbName: 'patients' }
const models = modelsOf({ _runtimeDataModel: { models: { Patient: patient, Visit: visits } } })

test('no command and no reply of MongoDB throws, and every table has a name', () => {
  const names = [
    'find',
    'getMore',
    'aggregate',
    'insert',
    'update',
    'delete',
    'findAndModify',
    'distinct',
    'bulkWrite',
    'x',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...names), value, value, (name, command, reply) => {
      for (const touch of touchesOf('clinic', name, command))
        for (const done of touch.done?.(reply) ?? []) expect(typeof done.table).toBe('string')
    }),
  )
})

test('a pipeline of any depth is read to a bound', () => {
  let pipeline: unknown[] = []
  for (let n = 0; n < 10_000; n++) pipeline = [{ $lookup: { from: 'visits', pipeline } }]
  expect(collectionsIn(pipeline).length).toBeLessThan(100)
  fc.assert(fc.property(value, (any) => Array.isArray(collectionsIn(any))))
})

test('no arguments and no result of Prisma throw, and the model itself always counts', () => {
  const operations = ['findMany', 'findUnique', 'create', 'updateMany', 'upsert', 'count', 'groupBy', 'x']
  fc.assert(
    fc.property(fc.constantFrom(...operations), value, value, (operation, args, result) => {
      const [first] = accessesOf(models, { model: 'Patient', operation, args, path: [] }, result)
      expect(first?.table).toBe('patients')
    }),
  )
})

test('no result of Drizzle, Sequelize or TypeORM throws', () => {
  fc.assert(
    fc.property(value, value, fc.constantFrom('run', 'all', 'get', 'values', 'execute'), (given, result, method) => {
      const drizzle = drizzleResult(shapeOf([{}, given]), method, result)
      const sequelize = sequelizeResult(given, result)
      for (const { rows, affected, rowsOf, countOf } of [drizzle, sequelize]) {
        expect(rows === undefined || Array.isArray(rows)).toBe(true)
        expect(affected === undefined || Number.isSafeInteger(affected)).toBe(true)
        rowsOf?.('patients')
        countOf?.('patients')
      }
      const source = { entityMetadatas: [{ tableName: 'patients', columns: [{ databaseName: 'id' }] }] }
      rowsOfTable(source, 'patients', 'select from "patients" "p"', [result])
    }),
  )
})
