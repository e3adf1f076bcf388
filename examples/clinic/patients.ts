import { DatabaseSync } from 'node:sqlite'
import { auditSqlite } from '@trailmark/integrations/sqlite'
import { patients as invented } from './people.ts'

/** The clinic's database. Which of its tables hold personal data is said once, in the options of the audit. */
const database = auditSqlite(new DatabaseSync(':memory:'))
database.exec(
  'CREATE TABLE patients (id TEXT PRIMARY KEY, name TEXT, born TEXT, diagnosis TEXT, changed INTEGER DEFAULT 0)',
)
const insert = database.prepare('INSERT INTO patients (id, name, born, diagnosis) VALUES (?, ?, ?, ?)')
for (const { id, name, born, diagnosis } of invented.values()) insert.run(id, name, born, diagnosis)

const one = database.prepare('SELECT id, name, born, diagnosis FROM patients WHERE id = ?')
const all = database.prepare('SELECT id, name, born, diagnosis FROM patients')
const change = database.prepare('UPDATE patients SET changed = changed + 1 WHERE id = ?')
const wards = database.prepare('SELECT diagnosis, count(*) AS patients FROM patients GROUP BY diagnosis')

export const findPatient = (id: string): unknown => one.get(id)
export const everyPatient = (): unknown[] => all.all()
export const changePatient = (id: string): boolean => change.run(id).changes > 0
export const countByDiagnosis = (): unknown[] => wards.all()
