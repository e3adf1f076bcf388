import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit } from '@trailmark/core'
import { findStreams, readEntries, type StreamInfo } from '@trailmark/ledger'
import { formatVkey, signatureTypes, verifierKey } from '@trailmark/ledger/notes'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'

let original = ''
let home = ''
let stream: StreamInfo
let lines: string[] = []
let id = ''
const nowMs = Date.parse('2026-01-15T10:00:00Z')

/** Two services, so that a number alone does not name a ledger. */
beforeAll(async () => {
  original = await mkdtemp(join(tmpdir(), 'trailmark-prove-'))
  for (const service of ['clinic', 'billing']) {
    const audit = createAudit({
      service,
      dir: join(original, 'data'),
      keysDir: join(original, 'keys'),
      ledger: 'disk',
      operational: 'none',
      signals: false,
    })
    for (let i = 0; i < 5; i++) audit.record('login_success', { actor: { id: `usr_${i}` } })
    await audit.close()
  }
})
afterAll(() => rm(original, { recursive: true, force: true }))

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-prove-'))
  await cp(original, home, { recursive: true })
  for (const one of await findStreams(join(home, 'data'))) {
    const all: string[] = []
    for await (const { line } of readEntries(one)) all.push(line)
    if (one.service !== 'clinic' || !all.some((line) => line.includes('login_success'))) continue
    stream = one
    lines = all
  }
  id = /"id":"([^"]+)"/.exec(lines[3] ?? '')?.[1] ?? ''
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function trailmark(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { TRAILMARK_DIR: join(home, 'data'), TRAILMARK_KEYS_DIR: join(home, 'keys') }
  const { terminal, printed } = recordingTerminal(home, nowMs, env)
  const code = await run(['prove', ...args], terminal)
  return { code, ...printed() }
}

const check = (...args: string[]) =>
  trailmark('--check', 'a.tlog-proof', '--line', 'a.line', '--key', stream.publicKey, ...args)

describe('trailmark prove', () => {
  it('proves a record by its id to whoever has its line and the key', async () => {
    const made = await trailmark(id, '--out', 'a.tlog-proof')
    expect(made.code).toBe(0)
    expect(made.out).toContain(
      `proof of entry 3 of ${stream.origin}, against a checkpoint over ${lines.length} records`,
    )
    await writeFile(join(home, 'a.line'), `${lines[3]}\n`)
    await rm(join(home, 'data'), { recursive: true })
    const checked = await check('--origin', stream.origin)
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(checked.out).toContain(
      `proved: this line is entry 3 of ${stream.origin}\nsigned with ${stream.publicKey} over`,
    )
    const json: unknown = JSON.parse((await check('--json')).out)
    expect(json).toMatchObject({ ok: true, index: 3, origin: stream.origin, key: stream.publicKey, witnessed: [] })
  })

  it('names an entry by its ledger and n, or by n and --writer', async () => {
    const byId = await trailmark(id)
    expect(byId.out).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 3\n/)
    expect(await trailmark(`${stream.writer}/3`)).toEqual(byId)
    expect(await trailmark('3', '--writer', stream.writer)).toEqual(byId)
    expect(await trailmark('3', '--writer', stream.dir)).toEqual(byId)
    expect(await trailmark('3', '--dir', stream.dir)).toEqual(byId)
    const json: unknown = JSON.parse((await trailmark(id, '--json')).out)
    expect(json).toEqual({ origin: stream.origin, dir: stream.dir, n: 3, size: lines.length, proof: byId.out })
  })

  it.each([
    [['3'], 2, 'say which with --writer'],
    [[], 2, 'name one record'],
    [['03'], 2, 'named by its id'],
    [['no record'], 2, 'named by its id'],
    [['3', '--writer', 'w-000000000000'], 3, 'no ledger w-000000000000'],
    [['w-000000000000/3'], 3, 'no ledger'],
    [['w-000000000000/3', '--writer', 'x'], 2, 'named twice'],
    [['0199c2a4-77aa-7cc1-b0d5-0a4f6f3d9c11'], 3, 'no record with the id'],
    [['3', '--check', 'x'], 2, 'name one record'],
    [['3', '--line', 'x'], 2, '--line belongs to --check'],
    [['3', '--dir', 'nowhere'], 3, 'no trail'],
    [['--check', 'a'], 2, '--line'],
    [['--check', 'a', '--line', 'a'], 2, '--key'],
    [['--check', 'a', '--line', 'a', '--key', Buffer.alloc(32).toString('base64')], 3, 'cannot be read'],
    [['--check', 'a', '--line', 'a', '--key', 'x', '--out', 'x'], 2, '--out'],
    [['--check', 'a', '--line', 'a', '--key', 'x', '--cosigned'], 2, '--witness'],
    [['--export-tlog', 'x', '--cosigned', '--writer', 'x'], 2, '--cosigned'],
    [['3', '--rotation', 'x'], 2, '--rotation belongs to --check'],
    [['--export-tlog', 'x'], 2, 'say which with --writer'],
    [['--export-tlog', 'x', '--out', 'y'], 2, '--out'],
  ])('%j is refused', async (args, code, why) => {
    const refused = await trailmark(...args)
    expect(refused).toMatchObject({ code, out: '' })
    expect(refused.err).toContain(why)
  })

  it('refuses an entry beyond the newest checkpoint', async () => {
    const beyond = await trailmark(String(lines.length), '--writer', stream.writer)
    expect(beyond).toMatchObject({ code: 3, out: '' })
    expect(beyond.err).toContain('LEDGER_PROOF_UNAVAILABLE')
  })

  it('proves against a cosigned checkpoint only where there is one', async () => {
    const missing = await trailmark(id, '--cosigned')
    expect(missing).toMatchObject({ code: 3, out: '' })
    expect(missing.err).toContain('LEDGER_PROOF_UNAVAILABLE')
  })

  it('says what does not hold', async () => {
    await writeFile(join(home, 'a.tlog-proof'), (await trailmark(id)).out)
    await writeFile(join(home, 'a.line'), lines[4] ?? '')
    const mismatch = await check()
    expect(mismatch).toMatchObject({ code: 1, err: '' })
    expect(mismatch.out).toMatch(/^NOT PROVED: .*LEDGER_PROOF_MISMATCH/)
    expect(JSON.parse((await check('--json')).out)).toMatchObject({ ok: false, code: 'LEDGER_PROOF_MISMATCH' })
    await writeFile(join(home, 'a.line'), `${lines[3]}\n\n`)
    expect((await check()).out).toContain('LEDGER_PROOF_MISMATCH')
    await writeFile(join(home, 'a.line'), lines[3] ?? '')
    expect((await check()).code).toBe(0)
    expect((await check('--origin', 'another')).out).toContain('LEDGER_PROOF_MISMATCH')
    expect(await check('--witness', 'nowhere')).toMatchObject({ code: 3, err: expect.stringContaining('--witness') })
    await writeFile(join(home, 'no-vkey'), 'witness\n')
    expect(await check('--witness', 'no-vkey')).toMatchObject({ code: 2, err: expect.stringContaining('--witness') })
    const witness = formatVkey(verifierKey('witness.example', signatureTypes.cosignature, Buffer.alloc(32, 9)))
    await writeFile(join(home, 'witness.vkey'), `${witness}\n`)
    expect((await check('--witness', witness)).out).toContain('LEDGER_PROOF_UNWITNESSED')
    expect((await check('--witness', 'witness.vkey')).out).toContain('LEDGER_PROOF_UNWITNESSED')
    expect((await check('--rotation', 'a.line')).code).toBe(0)
    expect((await check('--rotation', 'nowhere')).code).toBe(3)
    const stranger = ['--check', 'a.tlog-proof', '--line', 'a.line', '--key', Buffer.alloc(32, 7).toString('base64')]
    expect((await trailmark(...stranger)).out).toContain('LEDGER_PROOF_UNSIGNED')
    await appendFile(join(home, 'a.tlog-proof'), '\n')
    expect((await check()).out).toContain('LEDGER_PROOF_MALFORMED')
  })

  it('shows nothing of a hostile proof that a terminal could take for its own', async () => {
    await writeFile(join(home, 'a.tlog-proof'), (await trailmark(id)).out.replace(stream.origin, 'x\u001b[2J\u202ey'))
    await writeFile(join(home, 'a.line'), lines[3] ?? '')
    const { out } = await check()
    expect(out).toContain('NOT PROVED')
    expect(out).not.toMatch(/[\u001b\u202e]/)
  })

  it('exports a log as static files', async () => {
    const { code, out } = await trailmark('--export-tlog', 'www', '--writer', stream.writer)
    expect(code).toBe(0)
    expect(out).toContain(`exported ${lines.length} records of ${stream.origin} to ${join(home, 'www')}`)
    expect((await readdir(join(home, 'www'))).toSorted()).toEqual(['checkpoint', 'tile'])
    const bundle = await readFile(join(home, 'www/tile/entries', `000.p/${lines.length}`))
    expect(bundle.toString('utf8', 2, 2 + bundle.readUInt16BE())).toBe(lines[0])
    const json = await trailmark('--export-tlog', 'www', '--writer', stream.writer, '--json')
    expect(JSON.parse(json.out)).toMatchObject({ origin: stream.origin, size: lines.length })
  })
})
