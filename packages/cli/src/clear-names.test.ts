import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAudit } from '@trailmark/core'
import { openKeys } from '@trailmark/keys'
import { query, type StoredRecord } from '@trailmark/query'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './run.ts'
import { recordingTerminal } from './terminal.fixture.ts'

let home = ''
const places = { dir: '', keysDir: '' }

/** A service as it was on one day. */
function open(name: string, env: string, day: string) {
  const now = () => Date.parse(`${day}T10:00:00Z`)
  return createAudit({
    service: { name, env },
    dir: places.dir,
    keys: openKeys({ dir: places.keysDir, clock: { now } }),
    clock: { now, monotonic: () => performance.now() },
    ledger: 'disk',
    operational: 'none',
    signals: false,
    metrics: false,
  })
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-names-'))
  Object.assign(places, { dir: join(home, '.trailmark'), keysDir: join(home, '.trailmark-keys') })
  for (const [day, name, env] of [
    ['2025-12-20', 'clinic', 'development'],
    ['2026-03-01', 'clinic', 'development'],
    ['2026-03-02', 'billing', 'production'],
  ] as const) {
    const audit = open(name, env, day)
    audit.record('login_success', { actor: { id: 'usr_anna' } })
    audit.record('data_access', { actor: { id: 'usr_bert' }, subjects: ['usr_anna'] })
    audit.record('login_failure', { actor: { id: 'usr_anna' } })
    await audit.close()
  }
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function trailmark(env: string, ...args: string[]) {
  const { terminal, printed } = recordingTerminal(home, Date.now(), { NODE_ENV: env })
  const code = await run(args, terminal)
  return { code, ...printed() }
}

const lines = (out: string, word: string) => out.split('\n').filter((line) => line.includes(word))

describe('people in rows', () => {
  it.each(['timeline', 'query'])('of %s have their own identifiers in development, marked', async (command) => {
    const { code, out, err } = await trailmark('development', command, '--type', 'login_success', '--service', 'clinic')
    expect(code).toBe(0)
    expect(lines(out, 'login_success').map((line) => line.includes('=usr_anna'))).toEqual([true, true])
    expect(err).toContain('= marks people by their own identifiers')
  })

  it('have none in production, where one reveals them, and none from a service in production', async () => {
    for (const env of ['production', 'staging', ''])
      expect((await trailmark(env, 'timeline')).out).not.toContain('usr_')
    const billing = await trailmark('development', 'timeline', '--service', 'billing')
    expect(lines(billing.out, 'login_success')).toHaveLength(1)
    expect(billing.out + billing.err).not.toMatch(/usr_|= marks/)
  })

  it('stay out of what programs read', async () => {
    expect((await trailmark('development', 'query', '--json')).out).not.toContain('usr_')
    expect((await trailmark('development', 'timeline', '--json')).out).not.toContain('usr_')
  })

  it('appear in tail when they are met for the first time while it runs', async () => {
    const stop = new AbortController()
    const { terminal, printed } = recordingTerminal(home, Date.now(), { NODE_ENV: 'test' }, stop.signal)
    const done = run(['tail', '-n', '1', '--type', 'login_success'], terminal)
    await until(() => printed().out.includes('login_success'))
    const audit = open('clinic', 'test', new Date().toISOString().slice(0, 10))
    audit.record('login_success', { actor: { id: 'usr_new' } })
    await audit.close()
    await until(() => printed().out.includes('=usr_new'))
    stop.abort()
    expect(await done).toBe(0)
  })
})

describe('a person asked for by their own identifier', () => {
  async function found(...args: string[]): Promise<StoredRecord[]> {
    const { code, out } = await trailmark('production', 'query', '--json', ...args)
    expect(code).toBe(0)
    const ids = new Set(out.split('\n').flatMap((line) => (line === '' ? [] : [String(JSON.parse(line).id)])))
    const records: StoredRecord[] = []
    for await (const record of query(places.dir)) if (ids.has(record.id)) records.push(record)
    return records
  }

  it('is found as actor under the pseudonym of each year and the token of unproved names', async () => {
    const records = await found('--actor', 'usr_anna')
    const names = Map.groupBy(records, ({ event_type }) => event_type)
    expect([...names.keys()].toSorted()).toEqual(['login_failure', 'login_success'])
    const pseudonyms = (names.get('login_success') ?? []).map(({ user_id }) => user_id)
    expect(pseudonyms).toHaveLength(3)
    expect(new Set(pseudonyms).size).toBe(2)
    expect(names.get('login_failure')?.every(({ user_id }) => user_id?.startsWith('p1_'))).toBe(true)
  })

  it('is found as subject over all years', async () => {
    const records = await found('--subject', 'usr_anna')
    expect(records.map(({ event_type, timestamp }) => [event_type, timestamp.slice(0, 4)])).toEqual([
      ['data_access', '2025'],
      ['data_access', '2026'],
      ['data_access', '2026'],
    ])
  })

  it('is found in tail from the first record on, though their key is made while it runs', async () => {
    const stop = new AbortController()
    const { terminal, printed } = recordingTerminal(home, Date.now(), {}, stop.signal)
    const before = await attempts()
    const done = run(['tail', '--actor', 'usr_later', '--json'], terminal)
    // By then the names were looked up.
    await until(async () => (await attempts()) > before)
    const audit = createAudit({
      service: 'clinic',
      ...places,
      ledger: 'disk',
      operational: 'none',
      signals: false,
      metrics: false,
    })
    audit.record('login_success', { actor: { id: 'usr_other' } })
    audit.record('login_success', { actor: { id: 'usr_later' } })
    await audit.close()
    await until(() => printed().out !== '')
    stop.abort()
    expect(await done).toBe(0)
    expect(printed().out.trim().split('\n')).toHaveLength(1)
  })

  async function attempts(): Promise<number> {
    let count = 0
    const filter = { types: ['audit_log_read'] }
    for await (const { reason, phase } of query(places.dir, filter))
      if (reason === 'tail' && phase === 'attempt') count += 1
    return count
  }
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 20) {
    if (waited > 15_000) throw new Error('it did not come to that')
    await sleep(20)
  }
}
