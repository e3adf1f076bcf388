import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { createAudit } from '@trailmark/core'
import { runtimeOf } from '@trailmark/core/integration'
import pg from 'pg'
import { findPostgres, startPostgres } from '../full/postgres.ts'
import { show, spread } from './median.ts'

/**
 * What does a record take where it is kept: on the disk that it is written to, as a compressed object, as a row?
 *
 * The records are those of declared requests by 100,000 people. Everything in `docs/scaling.md` is counted from these.
 */
const records = 65_536 * 3
const chunkBytes = 1_048_576

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const dir = await writeTrail(home)
    const writer = join(dir, readdirSync(dir)[0] ?? '')
    const lines = readSegments(writer)
    const kept = sizeOf(writer)
    const packed = compress(lines)
    const rows = [
      row('line in a segment', lines.length / records, ''),
      row(
        'with tiles, seals and checkpoints',
        kept.bytes / records,
        `${Math.round((kept.files * 1e6) / records)} files`,
      ),
      row('Zstandard, level 3, 1 MiB at a time', packed.bytes / records, `${packed.cpu} µs CPU a record`),
      ...(await postgresRow(lines)),
    ]
    return {
      title: 'What a record takes',
      markdown: `${records.toLocaleString('en')} records of declared requests by 100,000 people, as they are written in production.

| where | bytes a record | for a million |
|---|---:|---|
${rows.join('\n')}`,
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function row(where: string, bytes: number, also: string): string {
  return `| ${where} | ${bytes.toFixed(0)} | ${[`${((bytes * 1e6) / 2 ** 20).toFixed(0)} MiB`, also].filter(Boolean).join('; ')} |`
}

/** Returns the directory of the stream. */
async function writeTrail(home: string): Promise<string> {
  const trail = join(home, 'trail')
  const audit = createAudit({
    service: 'bench',
    ledger: 'disk',
    dir: trail,
    keysDir: join(home, 'keys'),
    operational: 'none',
    signals: false,
  })
  const { recordIn } = runtimeOf(audit)
  for (let i = 0; i < records; i++) {
    const id = `usr_${Math.floor(100_000 ** Math.random()).toString(36)}`
    recordIn(factsOf(i), 'data_access', { actor: { id }, targets: [{ type: 'patient', id: `pat_${i % 5000}` }] })
    if (i % 4096 === 0) await audit.flush()
  }
  await audit.close()
  return join(trail, 'bench', 'audit.standard')
}

function factsOf(i: number): Parameters<ReturnType<typeof runtimeOf>['recordIn']>[0] {
  const hex = (bytes: number): string => crypto.getRandomValues(Buffer.alloc(bytes)).toString('hex')
  return {
    requestId: crypto.randomUUID(),
    traceId: hex(16),
    spanId: hex(8),
    traceFlags: 3,
    clientAddress: `198.51.100.${i % 200}`,
    peerAddress: '10.0.0.7',
    trustedHops: 1,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    http: {
      method: 'GET',
      route: '/patients/:id',
      status: 200,
      durationMs: (i % 9000) / 1000,
      reqBytes: 0,
      resBytes: 300 + (i % 2000),
      completion: 'completed',
    },
  }
}

function readSegments(writer: string): Buffer {
  const dir = join(writer, 'seg')
  const files = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  return Buffer.concat(files.toSorted().map((name) => readFileSync(join(dir, name))))
}

function sizeOf(dir: string): { bytes: number; files: number } {
  const all = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const bytes = all.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
  return { bytes, files: all.length }
}

function compress(lines: Buffer): { bytes: number; cpu: string } {
  let bytes = 0
  const costs: number[] = []
  const recordBytes = lines.length / records
  for (let at = 0; at < lines.length; at += chunkBytes) {
    const chunk = lines.subarray(at, at + chunkBytes)
    const before = process.cpuUsage()
    bytes += zstdCompressSync(chunk).length
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / (chunk.length / recordBytes))
  }
  return { bytes, cpu: show(spread(costs)) }
}

/** One connection that sends statements of 500 rows, into a table that is searched by time and by person. */
async function postgresRow(lines: Buffer): Promise<string[]> {
  const bin = findPostgres()
  if (bin === undefined) return []
  const server = await startPostgres(bin)
  const client = new pg.Client({ connectionString: server.url })
  try {
    await client.connect()
    await client.query('create table records (at timestamptz not null, who text, record jsonb not null)')
    await client.query('create index on records (at); create index on records (who, at)')
    const bodies = lines.toString('utf8').trimEnd().split('\n').slice(0, 50_000)
    const started = performance.now()
    for (let i = 0; i < bodies.length; i += 500) {
      await client.query(
        `insert into records select (one->>'timestamp')::timestamptz, one->>'user_id', one
           from unnest($1::jsonb[]) as t(one)`,
        [bodies.slice(i, i + 500)],
      )
    }
    const perSecond = bodies.length / ((performance.now() - started) / 1000)
    const sizes = await client.query<{ size: string }>("select pg_total_relation_size('records') as size")
    const bytes = Number(sizes.rows[0]?.size) / bodies.length
    return [
      row(
        'row of PostgreSQL, two indexes',
        bytes,
        `${Math.round(perSecond).toLocaleString('en')} rows/s by one connection`,
      ),
    ]
  } finally {
    await client.end()
    await server.stop()
  }
}
