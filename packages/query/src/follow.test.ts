import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { follow } from './follow.ts'
import { query } from './query.ts'
import { openTrail, startMs, writeLedger } from './trail.fixture.ts'

let root = ''
let stop = new AbortController()
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trailmark-follow-'))
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await rm(root, { recursive: true, force: true })
})

const options = { pollMs: 10 }

describe('follow', () => {
  it('tells what becomes durable, from every writer, and nothing twice', async () => {
    const clinic = openTrail(root, 'clinic')
    const billing = openTrail(root, 'billing')
    await clinic.write({ atMs: 1 }, { atMs: 2 }, { atMs: 3 })
    // Readers learn what is durable from the checkpoint, which follows within a second.
    await expect.poll(() => countReadable(root), { timeout: 10_000 }).toBe(3)
    const seen: number[] = []
    for await (const { timeMs } of follow(root, {}, stop.signal, { ...options, last: 2 })) {
      seen.push(timeMs - startMs)
      if (seen.length === 2) await billing.write({ atMs: 4 })
      if (seen.length === 3) await clinic.write({ atMs: 5 })
      if (seen.length === 4) break
    }
    expect(seen).toEqual([2, 3, 4, 5])
    await Promise.all([clinic.close(), billing.close()])
  })

  it('notices a writer that starts meanwhile, even the first of all', async () => {
    const records = follow(root, {}, stop.signal, options)
    const first = records.next()
    await writeLedger(root, [{ atMs: 1 }])
    expect((await first).value).toMatchObject({ timeMs: startMs + 1 })
    await records.return()
  })

  it('tells only what matches', async () => {
    const trail = openTrail(root)
    const records = follow(root, { types: ['logout'] }, stop.signal, options)
    const first = records.next()
    await trail.write({ atMs: 1 }, { atMs: 2, type: 'logout' })
    expect((await first).value).toMatchObject({ timeMs: startMs + 2 })
    await records.return()
    await trail.close()
  })

  it('ends quietly when it is stopped while waiting', async () => {
    const trail = openTrail(root)
    const records = follow(root, {}, stop.signal, options)
    const next = records.next()
    await trail.write({ atMs: 1 })
    expect((await next).done).toBe(false)
    const waiting = records.next()
    stop.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
    await trail.close()
  })

  it('refuses a filter at once', () => {
    expect(() => follow(root, { actor: 'usr_1' }, stop.signal)).toThrow(
      expect.objectContaining({ code: 'QUERY_KEYS_NEEDED' }),
    )
  })
})

async function countReadable(root: string): Promise<number> {
  let count = 0
  for await (const _ of query(root, {})) count += 1
  return count
}
