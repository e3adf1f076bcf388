/** Processes that are killed while they commit: the ledger holds a record for each committed grant, one, and for no other. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAudit } from '@trailmark/core'
import { outboxTableSql, sqlOutbox } from '@trailmark/integrations/outbox'
import SqliteDatabase from 'better-sqlite3'
import { expect, test } from 'vitest'

const kills = 25

test('a grant is on record once if it was committed, and not at all if it was not, however processes die', async () => {
  const root = mkdtempSync(join(tmpdir(), 'trailmark-outbox-'))
  const [database, dir, keysDir] = [join(root, 'app.db'), join(root, 'trail'), join(root, 'keys')]
  const db = new SqliteDatabase(database)
  db.exec(`${outboxTableSql('sqlite')}; CREATE TABLE grants (id TEXT PRIMARY KEY)`)
  for (let kill = 0; kill < kills; kill++) {
    const child = start(database, dir, keysDir)
    await once(child.stdout ?? child, 'data')
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300))
    child.kill('SIGKILL')
    await once(child, 'exit')
    // A minute goes by: what the dead one had taken is free again.
    db.exec('UPDATE trailmark_outbox SET taken_ms = 0')
  }
  const granted = db.prepare<[], { id: string }>('SELECT id FROM grants').all()
  const audit = createAudit({
    service: 'clinic',
    dir,
    keysDir,
    ledger: 'disk',
    outbox: sqlOutbox({ client: db, dialect: 'sqlite' }),
    signals: false,
    metrics: false,
  })
  const left = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM trailmark_outbox')
  await expect.poll(() => left.get()?.n, { timeout: 60_000 }).toBe(0)
  await audit.close()
  const recorded = recordedIds(dir)
  expect(granted.length).toBeGreaterThan(kills)
  expect(recorded.sort()).toEqual(granted.map(({ id }) => id).sort())
  db.close()
})

function start(...given: string[]): ChildProcess {
  const file = fileURLToPath(new URL('./outbox-child.ts', import.meta.url))
  const env = { ...process.env, NODE_ENV: 'production' }
  return spawn(process.execPath, ['--conditions=@trailmark/source', file, ...given], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function recordedIds(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('audit.') && path.endsWith('.jsonl'))
    .flatMap((path) => readFileSync(join(dir, path), 'utf8').split('\n'))
    .filter((line) => line.includes('"role_assigned"'))
    .map((line) => String(JSON.parse(line).id))
}
