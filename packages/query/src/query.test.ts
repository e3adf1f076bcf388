import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Filter } from './filter.ts'
import { lastMax } from './last.ts'
import { type QueryOptions, query } from './query.ts'
import type { MalformedLine, StoredRecord } from './record.ts'
import { timeline } from './timeline.ts'
import { openTrail, startMs, writeLedger } from './trail.fixture.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trailmark-query-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function find(filter: Filter = {}, options: QueryOptions = {}): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  for await (const record of query(root, filter, options)) found.push(record)
  return found
}
const times = (records: readonly StoredRecord[]) => records.map(({ timeMs }) => timeMs - startMs)

describe('query', () => {
  it('tells the records of all writers in order of time', async () => {
    await writeLedger(root, [{ atMs: 0 }, { atMs: 30 }, { atMs: 40 }], 'billing')
    await writeLedger(root, [{ atMs: 10 }, { atMs: 30 }, { atMs: 20 }], 'clinic')
    const records = await find()
    expect(times(records)).toEqual([0, 10, 20, 30, 30, 40])
    expect(records.map(({ service }) => service.name).slice(3, 5)).toEqual(['billing', 'clinic'])
    expect(records[1]?.position).toEqual({
      dir: expect.stringMatching(/^clinic\/audit\.standard\/w-/),
      writer: expect.any(String),
      n: 0,
    })
  })

  it('reads the audit ledgers, and others where they are asked for', async () => {
    await writeLedger(root, [{ atMs: 0 }])
    const activity = openTrail(root, 'clinic', { atMs: 0 }, 'activity')
    await activity.write({ atMs: 10 })
    await activity.close()
    expect(times(await find())).toEqual([0])
    expect(times(await find({ streams: ['activity'] }))).toEqual([10])
    expect(times(await find({ streams: ['audit', 'activity', 'keys'] }))).toEqual([0, 10])
    expect(() => query(root, { streams: ['operational'] })).toThrow(/streams must be of/)
    expect(() => query(root, { streams: [] })).toThrow(/filter streams/)
  })

  it('gives the line byte for byte as it is stored', async () => {
    const { dir } = await writeLedger(root, [{ atMs: 0, members: { purpose: 'ünï "q" \u2028' } }])
    const [stored] = (await readFile(join(dir, 'seg/000000000000.jsonl'), 'utf8')).split('\n')
    expect((await find())[0]?.line).toBe(stored)
  })

  it('stops at its limit, with the oldest', async () => {
    await writeLedger(root, [{ atMs: 0 }, { atMs: 1 }, { atMs: 2 }])
    expect(times(await find({}, { limit: 2 }))).toEqual([0, 1])
    expect(times(await find({}, { limit: 0 }))).toEqual([])
  })

  it('gives the newest few of all writers, oldest first', async () => {
    await writeLedger(root, [{ atMs: 0 }, { atMs: 30 }, { atMs: 40 }], 'billing')
    await writeLedger(root, [{ atMs: 10 }, { atMs: 20 }, { atMs: 50, type: 'logout' }], 'clinic')
    expect(times(await find({}, { last: 3 }))).toEqual([30, 40, 50])
    expect(times(await find({ types: ['data_*'] }, { last: 2 }))).toEqual([30, 40])
    expect(times(await find({}, { last: 100 }))).toEqual([0, 10, 20, 30, 40, 50])
    await expect(find({}, { last: lastMax + 1 })).rejects.toMatchObject({ code: 'QUERY_FILTER_INVALID' })
  })

  it('finds the same by time, whichever segments it leaves unread', async () => {
    const hourMs = 3_600_000
    const at = { atMs: 0 }
    const trail = openTrail(root, 'clinic', at)
    for (let hour = 0; hour < 12; hour++) {
      at.atMs = hour * hourMs + hour
      await trail.write({ atMs: at.atMs }, { atMs: at.atMs + 1 })
    }
    await trail.close()
    expect((await readdir(join(trail.dir, 'seg'))).filter((name) => name.endsWith('.jsonl')).length).toBeGreaterThan(6)
    const all = await find()
    expect(all).toHaveLength(24)
    for (let hour = 0; hour <= 12; hour++) {
      const from = startMs + hour * hourMs
      const to = from + 2 * hourMs
      const expected = all.filter(({ timeMs }) => timeMs >= from && timeMs < to)
      let read = 0
      const found = await find(
        { from, to },
        {
          onProgress(done) {
            read = done
          },
        },
      )
      expect(times(found)).toEqual(times(expected))
      if (hour >= 6) expect(read).toBeLessThan(all.reduce((sum, { line }) => sum + line.length + 1, 0))
      expect(times(await find({ from }, { last: 3 }))).toEqual(
        times(all.filter(({ timeMs }) => timeMs >= from).slice(-3)),
      )
    }
  })

  it('finds an event that was told hours later', async () => {
    await writeLedger(root, [{ atMs: 50_000_000 }, { atMs: 1_000, recordedMs: 50_000_001 }, { atMs: 50_000_002 }])
    expect(times(await find({ from: startMs, to: startMs + 2_000 }))).toEqual([1_000])
  })

  it('reports lines that are no records, and reads on', async () => {
    const good = { atMs: 1 }
    await writeLedger(root, [
      good,
      '"schema":"other/1"',
      good,
      `"schema":"audit/1","timestamp":"2026-01-15T10:00:00.000Z","id":"019bc1b2-3c00-7000-8000-000000000000","seq":"x"`,
      good,
    ])
    const malformed: MalformedLine[] = []
    const records = await find({}, { onMalformed: (line) => void malformed.push(line) })
    expect(records).toHaveLength(3)
    expect(malformed.map(({ n }) => n)).toEqual([1, 3])
    expect(malformed[0]).toMatchObject({ code: 'QUERY_LINE_MALFORMED', file: 'seg/000000000000.jsonl' })
    expect(malformed[0]?.offset).toBeGreaterThan(0)
  })

  it('names what is missing when an index was altered, a line removed or a ledger made unreadable', async () => {
    const { dir, name } = await writeLedger(root, [{ atMs: 0 }, { atMs: 1 }, { atMs: 2 }, { atMs: 3 }])
    const path = join(dir, 'seg/000000000000.jsonl')
    const whole = await readFile(path, 'utf8')
    const told = async (damaged: string) => {
      await rm(path)
      await writeFile(path, damaged)
      const malformed: MalformedLine[] = []
      const count = (await find({}, { onMalformed: (line) => void malformed.push(line) })).length
      return { count, messages: malformed.map(({ message }) => message) }
    }
    expect(await told(whole)).toEqual({ count: 4, messages: [] })
    const altered = await told(whole.replace('{"n":2,', '{"n":9,'))
    expect(altered.count).toBeLessThan(4)
    expect(altered.messages.length).toBeGreaterThan(0)
    const removed = await told(whole.split('\n').toSpliced(1, 1).join('\n'))
    expect(removed).toEqual({ count: 3, messages: ['entries 1 to 1 are missing before this line'] })
    const cut = await told(whole.slice(0, whole.indexOf('\n') + 1))
    expect(cut).toEqual({ count: 1, messages: ['the log can be read up to index 0 only, and 4 entries were signed'] })
    const lost: MalformedLine[] = []
    await writeFile(join(dir, 'LEDGER.json'), '{').catch(async () => {
      await rm(join(dir, 'LEDGER.json'))
    })
    expect(await find({}, { onMalformed: (line) => void lost.push(line) })).toEqual([])
    expect(lost).toMatchObject([{ dir: name, file: 'LEDGER.json' }])
  })

  it('never crashes on a damaged copy, and never changes it', async () => {
    const { dir } = await writeLedger(
      root,
      Array.from({ length: 20 }, (_, n) => ({ atMs: n })),
    )
    const path = join(dir, 'seg/000000000000.jsonl')
    const whole = await readFile(path)
    const damage = fc.record({ at: fc.nat(whole.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) })
    await rm(path)
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 5 }), fc.nat(whole.length), async (damages, cut) => {
        const copy = Buffer.from(whole)
        for (const { at, bytes } of damages) copy.set(bytes.subarray(0, copy.length - at), at)
        const damaged = copy.subarray(0, whole.length - (cut % 200))
        await writeFile(path, damaged)
        const records = await find({}, { onMalformed: () => undefined })
        expect(records.length).toBeLessThanOrEqual(20)
        expect((await readFile(path)).equals(damaged)).toBe(true)
        await rm(path)
      }),
      { numRuns: 60 },
    )
  })

  it('ends with the reason of its signal', async () => {
    await writeLedger(
      root,
      Array.from({ length: 50 }, (_, n) => ({ atMs: n })),
    )
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await expect(find({}, { signal: stop.signal })).rejects.toThrow('enough')
  })

  it('says so when there is no ledger', async () => {
    await expect(find()).rejects.toMatchObject({ code: 'QUERY_NO_STREAMS' })
    root = join(root, 'absent')
    await expect(find()).rejects.toMatchObject({ code: 'QUERY_NO_STREAMS' })
  })

  it('refuses a filter before anything is read', () => {
    expect(() => query(root, { actor: 'usr_1' })).toThrow(expect.objectContaining({ code: 'QUERY_KEYS_NEEDED' }))
  })
})

describe('timeline', () => {
  it('follows one trace across services', async () => {
    const trace = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }
    const members = { ...trace, user_id: 'p1_k', request_id: 'r1', targets: [{ type: 'patient', id: 'p1_x' }] }
    await writeLedger(root, [{ atMs: 0, members }, { atMs: 5 }], 'clinic')
    await writeLedger(
      root,
      [{ atMs: 2, type: 'authz_deny', members: { ...trace, outcome: 'denied', reason: 'role' } }],
      'billing',
    )
    const rows = []
    for await (const row of timeline(root, { trace: trace.trace_id })) rows.push(row)
    expect(rows).toEqual([
      {
        time: '2026-01-15T10:00:00.000Z',
        actor: 'p1_k',
        action: 'read',
        resource: 'patient/p1_x',
        outcome: 'success',
        event: 'data_access',
        service: 'clinic',
        request_id: 'r1',
        ...trace,
      },
      {
        time: '2026-01-15T10:00:00.002Z',
        actor: 'user',
        action: 'read',
        outcome: 'denied',
        event: 'authz_deny',
        service: 'billing',
        reason: 'role',
        ...trace,
      },
    ])
  })
})
