/** Slot, birth, records: durable in this order, whatever happens to the disk or to the process. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openKeys } from '@trailmark/keys'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Audit, openAudit } from './audit.ts'
import { readLeft, recordAndDie } from './killed-keys.fixture.ts'
import { pseudonymsOf } from './mask/subject-pseudonyms.ts'
import { createTokens } from './mask/tokens.ts'
import type { AuditOptions } from './options.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { runtimeOf } from './runtime.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-births-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const exchange = {
  requestId: 'req-1',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  clientAddress: '203.0.113.77',
}

function open(options: AuditOptions = {}): Audit {
  const audit: Audit = openAudit(
    {
      service: 'clinic',
      dir: join(dir, 'data'),
      keysDir: join(dir, 'keys'),
      operational: 'none',
      signals: false,
      metrics: false,
      ack: 'durable',
      ...options,
    },
    { print: () => undefined },
  )
  return audit
}

const login = (audit: Audit, id: string) => runtimeOf(audit).recordIn(exchange, 'login_success', {}, { actor: { id } })

/** The embedded pseudonyms of `keysDir`, whose `persist` does what it is told. */
function watched(): { pseudonyms: Pseudonyms; order: string[]; fail: number; delayMs: number } {
  const keys = openKeys({ dir: join(dir, 'keys') })
  const inner = pseudonymsOf(keys.subjects, createTokens(keys.tokens))
  const refuse = (): void => {
    if (state.fail <= 0) return
    state.fail -= 1
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  }
  const state = {
    order: [] as string[],
    fail: 0,
    delayMs: 0,
    pseudonyms: {
      name: (person) => inner.name(person),
      find: (person) => inner.find(person),
      anonymous: () => inner.anonymous?.(),
      takeNews: () => inner.takeNews(),
      told: (kids) => inner.told(kids),
      due: () => inner.due(),
      async persist() {
        const due = inner.due()
        await sleep(state.delayMs)
        refuse()
        await inner.persist()
        if (due) state.order.push('persisted')
      },
      persistSync() {
        refuse()
        inner.persistSync()
      },
    } satisfies Pseudonyms,
  }
  return state
}

describe('on disk', () => {
  test('no receipt resolves before slot and birth are durable, and nobody stands anywhere in clear', async () => {
    const state = watched()
    state.delayMs = 20
    const audit = open({ pseudonyms: state.pseudonyms })
    const receipts = ['planted-1', 'planted-2', 'planted-1'].map((id) => login(audit, id))
    await Promise.all(receipts.map((receipt) => receipt.durable.then(() => state.order.push('durable'))))
    expect(state.order[0]).toBe('persisted')
    expect(state.order.filter((one) => one === 'durable')).toHaveLength(3)
    const birth = audit.health().ledgers.find(({ stream }) => stream === 'keys.keys')
    expect(birth).toMatchObject({ durable: 2, queueEntries: 0 })
    await audit.close()
    const left = readLeft(dir)
    expect([left.broken, left.clear]).toEqual([[], []])
    for (const { id } of receipts) expect(left.ids).toContain(id)
  })

  test('a person who was here before makes nobody wait, and is not born again', async () => {
    const first = open()
    const names = [login(first, 'usr_1'), login(first, 'usr_2')]
    await Promise.all(names.map(({ durable }) => durable))
    await first.flush()
    login(first, 'usr_3')
    await first.close()
    const second = open()
    for (const id of ['usr_1', 'usr_2']) await login(second, id).durable
    expect(second.health().ledgers.map(({ stream }) => stream)).not.toContain('keys.keys')
    await second.close()
    expect(readLeft(dir).broken).toEqual([])
  })

  test('records wait while keys cannot be made durable, the ledger says so, and nothing is lost', async () => {
    const state = watched()
    const audit = open({ pseudonyms: state.pseudonyms })
    await audit.flush()
    state.fail = 3
    const receipt = login(audit, 'usr_1')
    const system = audit.record('config_change', { actor: { type: 'system' }, reason: 'reload' })
    while (audit.health().ledgers.every(({ healthy }) => healthy)) await sleep(5)
    expect(audit.ready().ready).toBe(false)
    await Promise.all([receipt.durable, system.durable])
    // The copy for the person's own activity waits in a ledger of its own, which tries again by its own clock.
    await audit.flush()
    expect(audit.ready().ready).toBe(true)
    await audit.close()
    expect(readLeft(dir).broken).toEqual([])
    expect(readLeft(dir).ids).toContain(receipt.id)
  })

  test('a close while keys cannot be made durable ends, and leaves no record without its key', async () => {
    const state = watched()
    const audit = open({ pseudonyms: state.pseudonyms })
    await audit.record('logout', { actor: { type: 'system' } }).durable
    state.fail = Number.POSITIVE_INFINITY
    const receipt = login(audit, 'usr_1')
    await expect(audit.close()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(receipt.durable).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    const left = readLeft(dir)
    expect(left.broken).toEqual([])
    expect(left.ids).not.toContain(receipt.id)
  })

  test('many people at once, in several ledgers, are all durable with their keys', async () => {
    const audit = open()
    const receipts = Array.from({ length: 300 }, (_, i) => {
      if (i % 3 === 0) return login(audit, `usr_${i}`)
      if (i % 3 === 1)
        return audit.record('data_export', { actor: { id: `usr_${i}` }, subjects: [`pat_${i}`], purpose: 'care' })
      return audit.record('role_assigned', { actor: { id: `usr_${i}` }, targets: [{ type: 'user', id: `${i}` }] })
    })
    await Promise.all(receipts.map(({ durable }) => durable))
    await audit.close()
    expect(readLeft(dir).broken).toEqual([])
    // Every pseudonym that stands anywhere was born.
    const born = new Set<string>()
    const named = new Set<string>()
    for (const line of allLines(join(dir, 'data', 'clinic'))) {
      const names = [line.user_id, ...(line.subjects ?? [])].filter((name) => name !== undefined)
      for (const name of names) (line.event_type === 'subject_key_born' ? born : named).add(name)
    }
    expect(named.size).toBe(400)
    expect([...named].filter((name) => !born.has(name))).toEqual([])
  })

  test('births that the ledger has no room for at once are told one queue after the other', async () => {
    const state = watched()
    const audit = open({ pseudonyms: state.pseudonyms, queueBytesMax: 65_536 })
    await audit.flush()
    // Far more than the queue of the ledger holds; most of the records are dropped, and their people were born all the same.
    const receipts = Array.from({ length: 2_000 }, (_, i) => login(audit, `usr_${i}`))
    const settled = await Promise.allSettled(receipts.map(({ durable }) => durable))
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(10)
    await login(audit, 'usr_1999').durable
    expect(state.order.length).toBeLessThan(20)
    await audit.close()
    expect(readLeft(dir).broken).toEqual([])
  })

  test('a log that does not ask what it depends on still gets its keys onto the disk', async () => {
    const audit = open({ ledger: 'memory' })
    login(audit, 'usr_1')
    const kept = () => openKeys({ dir: join(dir, 'keys'), create: false }).subjects?.all({ id: 'usr_1' }).length
    while (kept() !== 1) await sleep(5)
    await audit.close()
  })
})

test('a process that is killed again and again leaves no record without its key or birth', {
  timeout: 60_000,
}, async () => {
  let kept = 0
  for (let round = 0; round < 5; round++) {
    const promised = await recordAndDie(dir, round * 1_000_000, [1, 20][round % 2] ?? 1, 20 + round * 40)
    const left = readLeft(dir)
    expect([left.broken, left.clear]).toEqual([[], []])
    expect(promised.filter((id) => !left.ids.has(id))).toEqual([])
    kept += promised.length
  }
  expect(kept).toBeGreaterThan(0)
})

interface Line {
  readonly event_type: string
  readonly user_id?: string
  readonly subjects?: readonly string[]
}

function allLines(root: string): Line[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(root, name), 'utf8').split('\n').filter(Boolean))
    .map((text): Line => JSON.parse(text))
}
