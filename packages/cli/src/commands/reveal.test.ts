import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Audit, createAudit, personal } from '@trailmark/core'
import { followRequest } from '@trailmark/core/http'
import { openKeys } from '@trailmark/keys'
import { findStreams } from '@trailmark/ledger'
import { query, type StoredRecord } from '@trailmark/query'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openOperatorAudit } from '../operator-audit.ts'
import { revealsPerOperatorMax } from '../reveal/limit.ts'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'

let original = ''
let home = ''
const ids = { read: '', denied: '', claimed: '' }

function open(root: string): Audit {
  return createAudit({
    service: 'clinic',
    dir: join(root, '.trailmark'),
    keysDir: join(root, '.trailmark-keys'),
    ledger: 'disk',
    operational: 'none',
    proxies: ['127.0.0.1'],
    undeclared: 'seal',
    signals: false,
    metrics: false,
  })
}

/** What happens in one request of somebody at 203.0.113.77. */
async function inRequest(audit: Audit, work: () => void): Promise<void> {
  const server = createServer((req, res) => {
    followRequest(audit, req, res, { route: () => '/', actor: () => undefined }).run(() => {
      work()
      res.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  await fetch(`http://127.0.0.1:${address.port}/`, { headers: { 'x-forwarded-for': '203.0.113.77' } })
  await new Promise((resolve) => server.close(resolve))
}

beforeAll(async () => {
  original = await mkdtemp(join(tmpdir(), 'trailmark-reveal-'))
  const audit = open(original)
  await inRequest(audit, () => {
    const denied = audit.record('authz_deny', { actor: { id: 'usr_other' }, tenant: 'north', outcome: 'denied' })
    ids.denied = denied.id
  })
  const event = { actor: { id: 'usr_8f3k2p' }, subjects: ['pat_42'], metadata: { note: personal('rare illness') } }
  // A name that no event declares: the compiler is not asked.
  const receipt: { readonly id: string } = Reflect.apply(audit.record, audit, ['data_access', event])
  ids.read = receipt.id
  ids.claimed = audit.record('login_failure', { actor: { id: 'somebody@mail.example' } }).id
  await audit.close()
})
afterAll(() => rm(original, { recursive: true, force: true }))

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-reveal-'))
  await cp(original, home, { recursive: true })
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function reveal(...args: string[]) {
  return revealAt(Date.now(), ...args)
}

async function revealAt(nowMs: number, ...args: string[]) {
  const { terminal, printed } = recordingTerminal(home, nowMs)
  const code = await run(['reveal', ...args], terminal)
  return { code, ...printed() }
}

const why = ['--purpose', 'incident-4711']

async function records(...types: string[]): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  for await (const one of query(join(home, '.trailmark'), { types })) found.push(one)
  return found
}

describe('trailmark reveal', () => {
  it('shows who it was, the full address, and what nobody declared', async () => {
    const denied = await reveal(ids.denied, ...why)
    expect(denied).toMatchObject({ code: 0, err: '' })
    expect(denied.out).toMatch(/^actor +usr_other \(tenant north\)$/m)
    expect(denied.out).toMatch(/^address +203\.0\.113\.77$/m)
    const read = await reveal(ids.read, ...why, '--json')
    expect(JSON.parse(read.out)).toMatchObject({
      record: ids.read,
      event: 'data_access',
      people: [
        { role: 'actor', id: 'usr_8f3k2p' },
        { role: 'subject', id: 'pat_42' },
      ],
      fields: { note: 'rare illness' },
      closed: [],
    })
  })

  it('shows no text of a caller as if it were a row of its own', async () => {
    const audit = open(home)
    const metadata = { address: '198.51.100.1', actor: 'usr_framed', note: 'one\naddress  198.51.100.2' }
    const event = { actor: { id: 'anonymous visitor' }, subjects: ['usr_1 (tenant south)'], metadata }
    const receipt: { readonly id: string } = Reflect.apply(audit.record, audit, ['data_access', event])
    await audit.close()
    const { out } = await reveal(receipt.id, ...why)
    const rows = out.split('\n').map((row) => row.split(/ {2,}/))
    expect(rows.filter(([name]) => name === 'actor')).toEqual([['actor', '"anonymous visitor"']])
    expect(rows.filter(([name]) => name === 'subject')).toEqual([['subject', '"usr_1 (tenant south)"']])
    expect(rows.filter(([name]) => name === 'address')).toEqual([])
    expect(rows.filter(([name]) => name?.startsWith('metadata.')).map(([name]) => name)).toEqual([
      'metadata.address',
      'metadata.actor',
      'metadata.note',
    ])
  })

  it('finds the record by its place as well', async () => {
    const [record] = await records('authz_deny')
    const { dir, writer, n } = record?.position ?? { dir: '', writer: '', n: -1 }
    for (const place of [`${dir}/${n}`, `${writer}/${n}`]) {
      expect(await reveal(place, ...why)).toMatchObject({ code: 0, out: expect.stringContaining('203.0.113.77') })
    }
    expect(await reveal(`${writer}/99999`, ...why)).toMatchObject({
      code: 3,
      err: expect.stringContaining('CLI_NOT_FOUND'),
    })
  })

  it('is on record before and after, by purpose and count, without a word of what it showed', async () => {
    await reveal(ids.read, ...why)
    const [attempt, result] = await records('audit_log_read')
    expect([attempt?.phase, attempt?.outcome, attempt?.reason]).toEqual(['attempt', 'unknown', 'reveal'])
    expect(result).toMatchObject({ phase: 'result', outcome: 'success', reason: 'reveal', purpose: 'incident-4711' })
    expect(result).toMatchObject({ operation_id: attempt?.operation_id, metadata: { command: 'reveal', rows: 3 } })
    const bytes = await everyByte(join(home, '.trailmark'))
    for (const clear of ['usr_8f3k2p', 'pat_42', 'rare illness', ids.read]) {
      // The record that was revealed holds its own id, and nothing else does.
      expect(bytes.split(clear).length - 1, clear).toBe(clear === ids.read ? 1 : 0)
    }
  })

  it('needs a purpose, a record, and something sealed', async () => {
    expect(await reveal(ids.read)).toMatchObject({ code: 2, err: expect.stringContaining('--purpose') })
    expect(await reveal(...why)).toMatchObject({ code: 2 })
    expect(await reveal('yesterday', ...why)).toMatchObject({ code: 2 })
    // What the trail would leave out of the record of the read.
    for (const purpose of ['two words', 'anna@mail.example', '4111111111111111', `sk_${'live'}_4eC39HqLyjWDarjtT1`]) {
      expect(await reveal(ids.read, '--purpose', purpose)).toMatchObject({ code: 2, out: '' })
    }
    const claimed = await reveal(ids.claimed, ...why)
    expect(claimed).toMatchObject({ code: 3, out: '', err: expect.stringContaining('CLI_NOTHING_SEALED') })
    expect(await records('audit_log_read')).toEqual([])
  })

  it('shows nothing where it cannot be recorded, and nothing from a copy', async () => {
    await cp(join(home, '.trailmark'), join(home, 'copy'), { recursive: true })
    const copy = await reveal(ids.read, ...why, '--dir', 'copy')
    expect(copy).toMatchObject({ code: 3, out: '', err: expect.stringContaining('CLI_NOT_RECORDED') })
    await rm(join(home, '.trailmark', 'trailmark-cli'), { recursive: true, force: true })
    await writeFile(join(home, '.trailmark', 'trailmark-cli'), 'in the way')
    const refused = await reveal(ids.read, ...why)
    expect(refused).toMatchObject({ code: 3, out: '', err: expect.stringContaining('CLI_NOT_RECORDED') })
  })

  it('says that the means of attribution are destroyed once a person was erased', async () => {
    const keys = openKeys({ dir: join(home, '.trailmark-keys') })
    await keys.subjects?.destroy({ id: 'usr_other', tenant: 'north' })
    const denied = await reveal(ids.denied, ...why)
    expect(denied).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/means of attribution.*KEYS_SUBJECT_ERASED/),
    })
    await keys.subjects?.destroy({ id: 'usr_8f3k2p' })
    const read = await reveal(ids.read, ...why)
    expect(read).toMatchObject({ code: 0, out: expect.stringContaining('rare illness') })
    expect(read.out).toContain('means of attribution')
    const results = (await records('audit_log_read')).filter(({ phase }) => phase === 'result')
    expect(results.map(({ outcome, metadata }) => [outcome, metadata?.rows])).toEqual([
      ['failure', 0],
      ['success', 2],
    ])
  })

  it('tells another keys directory from an altered envelope', async () => {
    openKeys({ dir: join(home, 'other') })
    const other = await reveal(ids.denied, ...why, '--keys', 'other')
    expect(other).toMatchObject({ code: 3, out: '', err: expect.stringContaining('KEYS_SUBJECT_UNKNOWN') })
    const text = await alter(/"e":"(.)/, (letter) => (letter === 'A' ? 'B' : 'A'), '"authz_deny"')
    expect(text).not.toBe('')
    const damaged = await reveal(ids.denied, ...why, '--json')
    expect(damaged.code).toBe(1)
    expect(JSON.parse(damaged.out)).toMatchObject({ closed: [{ error: 'KEYS_ENVELOPE_DAMAGED' }] })
  })

  it('refuses a key whose birth commits to another', async () => {
    await alter(/"commitment":"(.)/g, (letter) => (letter === '0' ? '1' : '0'), '"subject_key_born"')
    const { code, out, err } = await reveal(ids.denied, ...why)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain('KEYS_COMMITMENT_MISMATCH')
  })

  it('stops after twenty an hour and says when to go on; break-glass goes past it and is on record', async () => {
    const keys = openKeys({ dir: join(home, '.trailmark-keys') })
    const { audit, actor } = openOperatorAudit({ configured: join(home, '.trailmark') }, keys)
    for (let i = 0; i < revealsPerOperatorMax; i++) {
      const operationId = `0198c2a4-5e1b-4c8e-9a55-2d3c8f2b7a${i + 10}`
      audit.record('audit_log_read', { actor, reason: 'reveal', operationId, phase: 'attempt', outcome: 'unknown' })
    }
    await audit.close()

    const refused = await reveal(ids.denied, ...why)
    expect(refused).toMatchObject({ code: 3, out: '', err: expect.stringMatching(/20 reveals.*CLI_REVEAL_LIMIT/) })
    const next = Date.parse(/possible at (\S+),/.exec(refused.err)?.[1] ?? '')
    expect(next).toBeGreaterThan(Date.now() + 3_500_000)
    const last = (await records('audit_log_read')).at(-1)
    expect(last).toMatchObject({ phase: 'result', outcome: 'denied', reason: 'forbidden', purpose: 'incident-4711' })

    const broken = await reveal(ids.denied, ...why, '--break-glass')
    expect(broken).toMatchObject({ code: 0, out: expect.stringContaining('usr_other') })
    expect(await records('break_glass_access')).toMatchObject([{ purpose: 'incident-4711', reason: 'emergency' }])
    // An hour later the twenty count no more.
    expect(await revealAt(next + 1_000, ids.denied, ...why)).toMatchObject({ code: 0 })
  })

  it('counts what all operators did, and not what was refused', async () => {
    const keys = openKeys({ dir: join(home, '.trailmark-keys') })
    const { audit } = openOperatorAudit({ configured: join(home, '.trailmark') }, keys)
    for (let i = 0; i < 60; i++) {
      const actor = { id: `operator-${i % 6}` }
      const said = { actor, operationId: `0198c2a4-5e1b-4c8e-9a55-2d3c8f2b7a${i + 10}` } as const
      audit.record('audit_log_read', { ...said, reason: 'reveal', phase: 'attempt', outcome: 'unknown' })
      if (i === 0) audit.record('audit_log_read', { ...said, reason: 'forbidden', phase: 'result', outcome: 'denied' })
    }
    await audit.close()
    // The sixtieth: one of those before it was refused.
    expect(await reveal(ids.denied, ...why)).toMatchObject({ code: 0 })
    expect(await reveal(ids.denied, ...why)).toMatchObject({
      code: 3,
      err: expect.stringContaining('by all operators'),
    })
  })
})

/** Everything the ledgers hold, as text. */
async function everyByte(root: string): Promise<string> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
  return texts.join('\n')
}

/** Changes letters in the lines that hold `mark`, as somebody with write access could. */
async function alter(place: RegExp, change: (letter: string) => string, mark: string): Promise<string> {
  let altered = ''
  for (const { dir } of await findStreams(join(home, '.trailmark'))) {
    for (const name of await readdir(join(dir, 'seg'))) {
      const path = join(dir, 'seg', name)
      const lines = (await readFile(path, 'utf8')).split('\n')
      const next = lines.map((line) =>
        line.includes(mark) ? line.replace(place, (all, letter: string) => all.slice(0, -1) + change(letter)) : line,
      )
      if (next.join() === lines.join()) continue
      altered += next.join('\n')
      await rm(path)
      await writeFile(path, next.join('\n'))
    }
  }
  return altered
}
