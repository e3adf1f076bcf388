import fc from 'fast-check'
import { expect, test } from 'vitest'
import { controlOf } from './transaction-control.ts'

test.each([
  ['BEGIN', 'begin', ''],
  ['begin immediate', 'begin', ''],
  ['  START TRANSACTION READ ONLY;', 'begin', ''],
  ['COMMIT;', 'commit', ''],
  ['END', 'commit', ''],
  ['ROLLBACK', 'rollback', ''],
  ['ABORT', 'rollback', ''],
  ['SAVEPOINT "Sp-1"', 'savepoint', 'sp-1'],
  ['SAVE TRANSACTION sp1', 'savepoint', 'sp1'],
  ['RELEASE SAVEPOINT `sp1`', 'release', 'sp1'],
  ['ROLLBACK TO SAVEPOINT sp1', 'back', 'sp1'],
  ['rollback work to sp1', 'back', 'sp1'],
  ['/* clinic: save */ -- x\n COMMIT', 'commit', ''],
  ['COMMIT /* traceparent=1 */', 'commit', ''],
])('%s is understood', (sql, kind, name) => {
  expect(controlOf(sql)).toEqual({ kind, name })
})

test.each([
  'SELECT 1',
  'BEGIN; DELETE FROM patients',
  'COMMIT; DELETE FROM patients; BEGIN',
  'beginning',
  'endless',
  '',
])('%s is none', (sql) => {
  expect(controlOf(sql)).toBeUndefined()
})

test('no text throws, and none with a second statement is taken for control alone', () => {
  const words = fc.constantFrom('begin', 'commit', 'rollback to', 'savepoint', ' ', ';', '"', 'x', 'select')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((all) => all.join(' ')),
      ),
      (sql) => {
        const control = controlOf(sql)
        if (control !== undefined) expect(sql.trim().replace(/;\s*$/, '')).not.toMatch(/;\s*\S/)
      },
    ),
  )
})
