/**
 * What no audit of this kind can do without, each alone in a tight loop: the floor under the profile. Minimum of its
 * repetitions, in µs.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createCipheriv, createHmac, createSecretKey, hash, randomBytes } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export type Unavoidable = Readonly<Record<string, number>>

const repetitions = 40
const perRepetition = 2_000
const [, , home = ''] = process.argv

const record = {
  v: 'audit/1',
  id: '0199c0de-7a11-7000-8000-000000000001',
  time: '2026-01-01T00:00:00.000Z',
  event: 'data_access',
  category: 'data',
  outcome: 'success',
  service: { name: 'bench', version: '1.0.0', env: 'production', instance: 'host-1' },
  actor: { type: 'user', id: `sub_${'a'.repeat(32)}`, auth: 'session' },
  targets: [{ type: 'note', id: `tok_${'b'.repeat(32)}` }],
  source: { address: `tok_${'c'.repeat(32)}`, masked: '127.0.0.0/24', agent: 'Chrome 126, Linux' },
  http: { method: 'POST', route: '/notes/:id', status: 200 },
  request_id: '0199c0de-7a11-7000-8000-000000000002',
  trace_id: 'd'.repeat(32),
  span_id: 'e'.repeat(16),
  policy: 'f'.repeat(64),
}
const line = JSON.stringify(record)
const node = 'g'.repeat(65)
const key = createSecretKey(randomBytes(32))
const storage = new AsyncLocalStorage<object>()
const file = openSync(join(home, 'lines.log'), 'a')
const block = Buffer.from(`${line}\n`.repeat(64))
const personal = Buffer.alloc(120, 'h')

const measured: Record<string, number> = {
  [`JSON.stringify of a record of ${line.length} B`]: cost(() => JSON.stringify(record)),
  'SHA-256 of the line': cost(() => hash('sha256', line, 'hex')),
  'SHA-256 of a node of the tree': cost(() => hash('sha256', node, 'hex')),
  'HMAC token, key object, nothing cached': cost(() => createHmac('sha256', key).update('usr_000001').digest('hex')),
  'AES-256-GCM envelope of 120 B': cost(seal),
  'AsyncLocalStorage.run': cost(() => storage.run(record, nothing)),
  'write of the line, 64 at once': cost(() => writeSync(file, block), 50) / 64,
}
closeSync(file)
process.send?.(measured satisfies Unavoidable)
process.on('disconnect', () => process.exit())

function cost(work: () => unknown, times = perRepetition): number {
  let least = Number.POSITIVE_INFINITY
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const started = process.hrtime.bigint()
    for (let i = 0; i < times; i++) work()
    least = Math.min(least, Number(process.hrtime.bigint() - started) / 1000 / times)
  }
  return least
}

function seal(): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12))
  return Buffer.concat([cipher.update(personal), cipher.final(), cipher.getAuthTag()])
}

function nothing(): void {
  // Only the context is entered and left.
}
