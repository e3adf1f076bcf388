import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countRedactions } from './redactions.ts'
import { startMs, writeLedger } from './trail.fixture.ts'
import { findUnfinished } from './unfinished.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trailmark-unfinished-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const phase = (atMs: number, operation: string, name: 'attempt' | 'result') => ({
  atMs,
  type: 'data_export',
  members: { phase: name, operation_id: operation },
})

describe('operations', () => {
  it('are unfinished when an attempt has no result in any writer', async () => {
    await writeLedger(root, [
      phase(0, 'a', 'attempt'),
      phase(1, 'b', 'attempt'),
      phase(2, 'c', 'attempt'),
      phase(3, 'a', 'result'),
    ])
    await writeLedger(root, [phase(4, 'b', 'result')], 'billing')
    const found = await findUnfinished(root, startMs + 3_600_000)
    expect(found).toEqual([
      {
        operationId: 'c',
        event: 'data_export',
        timestamp: '2026-01-15T10:00:00.002Z',
        service: 'clinic',
        position: { dir: expect.any(String), writer: expect.any(String), n: 2 },
        running: false,
      },
    ])
  })

  it('are not unfinished when the logs disagree about which came first', async () => {
    await writeLedger(root, [phase(5, 'a', 'attempt')])
    await writeLedger(root, [phase(4, 'a', 'result')], 'billing')
    expect(await findUnfinished(root, startMs + 3_600_000)).toEqual([])
  })

  it('may still be running when they began just now', async () => {
    await writeLedger(root, [phase(0, 'a', 'attempt')])
    expect(await findUnfinished(root, startMs + 1_000)).toMatchObject([{ operationId: 'a', running: true }])
  })
})

describe('redactions', () => {
  it('are added up by place, most first', async () => {
    const lost = (path: string, n: number) => ({
      atMs: 0,
      members: { privacy: { scrubber: 's', redactions: [{ path, rule: 'undeclared', n }] } },
    })
    await writeLedger(root, [lost('metadata.a', 1), lost('metadata.b', 5), lost('metadata.a', 2), { atMs: 1 }])
    const counts = await countRedactions(root, startMs)
    expect(counts).toMatchObject([
      { path: 'metadata.b', values: 5, records: 1, event: 'data_access', service: 'clinic' },
      { path: 'metadata.a', values: 3, records: 2 },
    ])
    expect(await countRedactions(root, startMs + 1)).toEqual([])
  })
})
