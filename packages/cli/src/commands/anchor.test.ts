import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit } from '@trailmark/core'
import { fileAnchor } from '@trailmark/ledger/anchors'
import { openWitness, serveWitness } from '@trailmark/witness'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'
import { trailVkeys } from '../witness/trail-vkeys.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-anchor-'))
  await mkdir(join(home, 'other'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const options = (service: string) => ({
  service,
  dir: join(home, 'data'),
  keysDir: join(home, 'keys'),
  ledger: 'disk' as const,
  operational: 'none' as const,
  signals: false,
})

async function recordIn(service: string): Promise<void> {
  const audit = createAudit(options(service))
  await audit.record('login_success', { actor: { id: 'usr_1' } }).durable
  await audit.close()
}

async function trailmark(
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ code: number; out: string; err: string }> {
  const env = { TRAILMARK_DIR: join(home, 'data'), TRAILMARK_KEYS_DIR: join(home, 'keys') }
  const { terminal, printed } = recordingTerminal(home, Date.now(), env, signal)
  const code = await run(args, terminal)
  return { code, ...printed() }
}

describe('trailmark anchor', () => {
  it('anchors every service once, and verify then compares with what the anchor kept', async () => {
    await recordIn('clinic')
    await recordIn('billing')
    const { code, out } = await trailmark(['anchor', '--file', 'other'])
    expect(out).toMatch(/^billing {2}file {2}anchored to entry 2 of the anchor log\nclinic {2}file /)
    expect(out).toContain('anchored 2 of 2 services\n')
    expect(code).toBe(0)
    const held = await readdir(join(home, 'other'))
    expect(held).toHaveLength(2)
    const since = held.flatMap((name) => ['--since', join(home, 'other', name)])
    expect(await trailmark(['verify', ...since])).toMatchObject({ code: 0 })
    // The anchor log itself is a stream of the trail, and its absence is noticed by whoever has the notes.
    await rm(join(home, 'data', 'clinic', 'anchor.long'), { recursive: true })
    expect(await trailmark(['verify', ...since])).toMatchObject({ code: 1, out: expect.stringContaining('gone') })
  })

  it('goes on until it is stopped, and finds services that are new', async () => {
    await recordIn('clinic')
    const stop = new AbortController()
    const running = trailmark(['anchor', '--every', '1', '--file', 'other', '--json'], stop.signal)
    await recordIn('billing')
    while ((await readdir(join(home, 'other'))).length < 2) await new Promise((resolve) => setTimeout(resolve, 50))
    stop.abort()
    const { code, out } = await running
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, services: [{ held: true }, { held: true }] })
  })

  it('leaves a service alone that anchors by itself', async () => {
    const audit = createAudit({ ...options('clinic'), anchors: [fileAnchor({ path: join(home, 'other') })] })
    while (audit.health().anchoring?.role !== 'holder') await new Promise((resolve) => setTimeout(resolve, 20))
    const { code, out } = await trailmark(['anchor', '--file', 'other'])
    await audit.close()
    expect(out).toBe('clinic  is anchored by a process of its own\nanchored 0 of 1 services\n')
    expect(code).toBe(0)
  })

  it('is loud about a trail that was put back to an older state, and leaves that on record', async () => {
    await recordIn('clinic')
    await trailmark(['anchor', '--file', 'other'])
    await cp(join(home, 'data'), join(home, 'older'), { recursive: true })
    for (let i = 0; i < 2; i++) await trailmark(['anchor', '--file', 'other'])
    await rm(join(home, 'data'), { recursive: true })
    await cp(join(home, 'older'), join(home, 'data'), { recursive: true })
    const { code, out } = await trailmark(['anchor', '--file', 'other'])
    expect(code).toBe(1)
    expect(out).toContain('LEDGER_ANCHOR_ROLLBACK')
    const dir = join(home, 'data', 'trailmark-cli', 'audit.long')
    const [writer = ''] = await readdir(dir)
    const lines = await readFile(join(dir, writer, 'seg', '000000000000.jsonl'), 'utf8')
    expect(lines).toContain('"event_type":"audit_integrity_failed"')
  })

  it('has checkpoints cosigned by a witness, which refuses a trail that was put back; verify counts what it signed', async () => {
    await recordIn('clinic')
    await trailmark(['anchor', '--file', 'other'])
    const logs = await trailVkeys(join(home, 'data'))
    const witness = await openWitness({ dir: join(home, 'witness'), name: 'witness.example', logs })
    const { url, close } = await serveWitness({ witness, host: '127.0.0.1', port: 0 })
    onTestFinished(close)
    const named = ['--witness', `${url},${witness.vkey}`]
    expect(await trailmark(['anchor', ...named])).toMatchObject({ code: 0 })
    const verified = await trailmark(['verify', '--witness', witness.vkey])
    expect(verified.code).toBe(0)
    expect(verified.out).toMatch(/clinic {2}audit\.standard .* anchored to \d+ by witness-example-[0-9a-f]+ at /)
    expect(verified.out).toMatch(/; anchored\n$/)
    await writeFile(join(home, 'kept.json'), (await trailmark(['verify', '--json'])).out)
    const compared = await trailmark(['verify', '--witness', witness.vkey, '--since', 'kept.json'])
    expect(compared.out).toMatch(/; anchored; compared with \d+ roots kept elsewhere\n$/)
    await cp(join(home, 'data'), join(home, 'older'), { recursive: true })
    await trailmark(['anchor', ...named])
    await rm(join(home, 'data', 'clinic', 'anchor.long'), { recursive: true })
    const bare = await trailmark(['verify', '--witness', witness.vkey])
    expect(bare).toMatchObject({ code: 1, out: expect.stringMatching(/NOT CONCLUDED: nothing .*; unanchored\n$/) })
    await rm(join(home, 'data'), { recursive: true })
    await cp(join(home, 'older'), join(home, 'data'), { recursive: true })
    const { code, out } = await trailmark(['anchor', ...named])
    expect(code).toBe(1)
    expect(out).toContain('LEDGER_ANCHOR_ROLLBACK')
  })

  it('fails when an anchor is not reached, and says which', async () => {
    await recordIn('clinic')
    const { code, out } = await trailmark(['anchor', '--file', 'other', '--file', 'nowhere'])
    expect(code).toBe(3)
    expect(out).toContain('clinic  file  anchored')
    expect(out).toMatch(/clinic {2}file-2 {2}not anchored: .* \(LEDGER_ANCHOR_UNREACHABLE\)/)
  })

  it.each([
    [[]],
    [['--witness', 'https://witness.example']],
    [['--witness', 'nonsense,nonsense']],
    [['--webhook', 'https://example.org']],
    [['--file', 'other', '--every', '0']],
    [['--file', '']],
    [['--tsa', ',x']],
  ])('is refused when called with %j', async (args) => {
    await recordIn('clinic')
    expect(await trailmark(['anchor', ...args])).toMatchObject({ code: 2 })
  })
})

describe('trailmark verify', () => {
  it('says from where on nobody outside vouches, and takes keys and certificates of those who may', async () => {
    await recordIn('clinic')
    await trailmark(['anchor', '--file', 'other'])
    const { code, out } = await trailmark(['verify'])
    expect(code).toBe(0)
    expect(out).toMatch(/clinic {2}audit\.standard .* unanchored since 0\n/)
    expect(out).toMatch(/; unanchored\n$/)
    expect(await trailmark(['verify', '--witness', 'witness.example+12345678+nonsense'])).toMatchObject({ code: 2 })
    expect(await trailmark(['verify', '--tsa', 'nowhere.pem'])).toMatchObject({ code: 3 })
    await writeFile(join(home, 'no.pem'), 'no certificate')
    const noPem = await trailmark(['verify', '--tsa', 'no.pem'])
    expect(noPem).toMatchObject({ code: 2, err: expect.stringMatching(/--tsa: .*CLI_USAGE/) })
    const [logKey = ''] = await trailVkeys(join(home, 'data'))
    const noWitness = await trailmark(['verify', '--witness', logKey])
    expect(noWitness).toMatchObject({ code: 2, err: expect.stringMatching(/--witness: .*CLI_USAGE/) })
  })
})
