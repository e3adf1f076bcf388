import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRecord } from './find-record.ts'
import { query } from './query.ts'
import type { MalformedLine } from './record.ts'
import { idAt, startMs, writeLedger } from './trail.fixture.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trailmark-find-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function ids(): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of query(root)) found.push(id)
  return found
}

describe('one record', () => {
  it('is found by its id in whatever ledger it stands, with the origin it is bound to', async () => {
    await writeLedger(root, [{ atMs: 0 }, { atMs: 10 }])
    await writeLedger(root, [{ atMs: 5 }], 'billing')
    for (const id of await ids()) {
      const found = await findRecord(root, { id })
      expect(found?.record.id).toBe(id)
      expect(found?.origin).toBe(`${found?.record.service.name}/audit.standard`)
    }
    expect(await ids()).toHaveLength(3)
    expect(await findRecord(root, { id: idAt(startMs) })).toBeUndefined()
  })

  it('is not one that only names it, and may be told late or by a clock that steps back', async () => {
    await writeLedger(root, [
      { atMs: 0 },
      { atMs: 3_000_000, recordedMs: 3_000_000 },
      // Happened long before it was recorded; and recorded while the clock was 50 minutes behind.
      { atMs: -900_000_000, recordedMs: 1_000, type: 'login_success' },
    ])
    const [late = ''] = await ids()
    expect((await findRecord(root, { id: late }))?.record.event_type).toBe('login_success')
    const plans = [{ atMs: 3_000_001, members: { metadata: { id: late } } }]
    await writeLedger(root, plans, 'another')
    expect((await findRecord(root, { id: late }))?.record.service.name).toBe('clinic')
  })

  it('is found by ledger or writer and index', async () => {
    const { name, dir } = await writeLedger(root, [{ atMs: 0 }, { atMs: 10 }])
    const writer = name.slice(name.lastIndexOf('/') + 1)
    for (const ledger of [name, writer, `audit.standard/${writer}`])
      expect((await findRecord(root, { ledger, n: 1 }))?.record.position).toEqual({ dir: name, writer, n: 1 })
    expect(await findRecord(root, { ledger: writer.slice(1), n: 1 })).toBeUndefined()
    expect(await findRecord(root, { ledger: writer, n: 7 })).toBeUndefined()
    expect(await readdir(dir)).toContain('seg')
  })

  it('is searched beside lines that are no records, which are told', async () => {
    const { dir } = await writeLedger(root, [{ atMs: 0 }])
    const [id = ''] = await ids()
    const [segment = ''] = await readdir(join(dir, 'seg'))
    await appendFile(join(dir, 'seg', segment), 'not a line\n')
    const told: MalformedLine[] = []
    expect((await findRecord(root, { id }, { onMalformed: (line) => told.push(line) }))?.record.id).toBe(id)
    expect(await findRecord(root, { id: idAt(startMs) }, { onMalformed: (line) => told.push(line) })).toBeUndefined()
    expect(told.length).toBeGreaterThan(0)
  })
})
