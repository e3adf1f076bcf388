/** Commits grants for as long as it lives, each with its record; told apart by the number in the grant. */
import { createAudit } from '@trailmark/core'
import { sqlOutbox } from '@trailmark/integrations/outbox'
import SqliteDatabase from 'better-sqlite3'

const [database = '', dir = '', keysDir = ''] = process.argv.slice(2)
const db = new SqliteDatabase(database)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
const outbox = sqlOutbox({ client: db, dialect: 'sqlite' })
const audit = createAudit({ service: 'clinic', dir, keysDir, ledger: 'disk', outbox, signals: false, metrics: false })
process.stdout.write('ready\n')
for (;;) {
  db.exec('BEGIN')
  const { id } = await audit.inTransaction(db, 'role_assigned', { subjects: [`usr_${Math.random()}`] })
  db.prepare('INSERT INTO grants (id) VALUES (?)').run(id)
  db.exec(Math.random() < 0.2 ? 'ROLLBACK' : 'COMMIT')
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 4))
}
