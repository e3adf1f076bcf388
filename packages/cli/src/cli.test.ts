import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createAudit } from '@trailmark/core'
import { findStreams } from '@trailmark/ledger'
import { query, type StoredRecord } from '@trailmark/query'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

let home = ''
const places = () => ({ TRAILMARK_DIR: join(home, 'data'), TRAILMARK_KEYS_DIR: join(home, 'keys') })

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, ['--conditions=@trailmark/source', main, ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...places(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

async function end(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}

const trailmark = (...args: string[]) => end(start(args))

async function records(root = join(home, 'data')): Promise<StoredRecord[]> {
  const all: StoredRecord[] = []
  for await (const record of query(root)) all.push(record)
  return all
}

const reads = async () => (await records()).filter(({ event_type }) => event_type === 'audit_log_read')

/** A service that did a few things, once for all tests; each test works on its own copy. */
let original = ''
beforeAll(async () => {
  original = await mkdtemp(join(tmpdir(), 'trailmark-cli-'))
  const audit = createAudit({
    service: 'clinic',
    dir: join(original, 'data'),
    keysDir: join(original, 'keys'),
    ledger: 'disk',
    operational: 'none',
    signals: false,
    metrics: false,
  })
  const actor = { id: 'usr_8f3k2p' }
  audit.record('login_success', { actor })
  audit.record('data_access', { actor, targets: [{ type: 'patient', id: '42' }], subjects: ['pat_42'] })
  audit.record('authz_deny', { actor: { id: 'usr_other' }, outcome: 'denied' })
  await audit.close()
})
afterAll(() => rm(original, { recursive: true, force: true }))

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-cli-'))
  await cp(original, home, { recursive: true })
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function segmentOf(service: string): Promise<string> {
  for (const { dir, service: name, stream } of await findStreams(join(home, 'data'))) {
    const [segment] = (await readdir(join(dir, 'seg'))).filter((file) => file.endsWith('.jsonl'))
    if (name === service && stream === 'audit' && segment !== undefined) {
      const path = join(dir, 'seg', segment)
      if ((await readFile(path, 'utf8')).includes('login_success')) return path
    }
  }
  throw new Error('no segment')
}

describe('trailmark', () => {
  it('lists its commands, and explains each with an example', async () => {
    const overview = await trailmark('--help')
    expect(overview.code).toBe(0)
    for (const name of ['verify', 'tail', 'query', 'timeline', 'doctor']) {
      expect(overview.out).toContain(name)
      const help = await trailmark(name, '--help')
      expect(help).toMatchObject({ code: 0, err: '' })
      expect(help.out).toContain(`trailmark ${name}`)
      expect(help.out).toContain('--json')
    }
  })

  it.each<[string[], string]>([
    [[], 'Usage'],
    [['verfiy'], 'did you mean verify?'],
    [['query', '--form', '1d'], 'did you mean --from?'],
    [['query', '--from', 'yesterday'], '--from'],
    [['query', '--from', '1h', '--to', '2h'], 'from must lie before'],
    [['query', '--limit', '1', '--last', '1'], 'exclude'],
    [['query', '--purpose', 'free text'], '--purpose'],
    [['verify', 'a', 'b'], 'unexpected argument'],
    [['verify', '--key', 'data'], '--key'],
  ])('%j is a usage error: code 2, and why, on stderr', async (args, why) => {
    const { code, out, err } = await trailmark(...args)
    expect(err).toContain(why)
    expect({ code, out }).toEqual({ code: args.includes('data') ? 3 : 2, out: '' })
  })

  it('answers 3 when there is nothing to read', async () => {
    for (const command of ['verify', 'query', 'timeline', 'tail']) {
      const { code, err } = await trailmark(command, '--dir', join(home, 'absent'))
      expect(err).toContain('CLI_NOT_FOUND')
      expect(code).toBe(3)
    }
  })
})

describe('trailmark verify', () => {
  it('says what it proved and what it did not', async () => {
    const { code, out } = await trailmark('verify')
    expect(out).toContain('intact and complete')
    expect(out).toContain('self-signed: proves consistency, not origin')
    expect(out).toContain('unanchored')
    expect(code).toBe(0)
  })

  it('proves origin with a pinned key, and refuses another', async () => {
    const [stream] = await findStreams(join(home, 'data'))
    const right = await trailmark('verify', '--key', stream?.publicKey ?? '')
    expect(right.out).toContain('signature ok')
    expect(right.out).not.toContain('self-signed')
    expect(right.code).toBe(0)
    const wrong = await trailmark('verify', '--key', Buffer.alloc(32, 7).toString('base64'))
    expect(wrong.code).toBe(1)
  })

  it('finds the altered byte of a copy, and says where', async () => {
    const path = await segmentOf('clinic')
    const bytes = await readFile(path)
    const at = bytes.indexOf('login_success')
    bytes.write('logim', at)
    await writeFile(path, bytes).catch(async () => {
      await rm(path)
      await writeFile(path, bytes)
    })
    const { code, out } = await trailmark('verify', join(home, 'data'))
    expect(out).toMatch(/broken at n \d+, seg\/000000000000\.jsonl byte \d+/)
    expect(out).toContain('BROKEN')
    expect(code).toBe(1)
    const json = await trailmark('verify', '--json')
    expect(json.code).toBe(1)
    const answer: unknown = JSON.parse(json.out)
    expect(answer).toMatchObject({ ok: false, pinned: false, anchored: false, streams: expect.any(Array) })
  })

  it('finds an operation that was announced and never concluded, and only notes a read that was cut off', async () => {
    const audit = createAudit({
      service: 'clinic',
      dir: join(home, 'data'),
      keysDir: join(home, 'keys'),
      ledger: 'disk',
      operational: 'none',
      signals: false,
      metrics: false,
      clock: { now: () => Date.now() - 86_400_000, monotonic: () => performance.now() },
    })
    const attempt = { phase: 'attempt', outcome: 'unknown' } as const
    await audit.record('audit_log_read', { ...attempt, operationId: '019bc1b2-3c00-4000-8000-00000000000a' }).durable
    const noted = await trailmark('verify')
    expect(noted.out).toContain('attempt without result: audit_log_read')
    expect(noted.code).toBe(0)
    await audit.record('data_export', { ...attempt, operationId: '019bc1b2-3c00-4000-8000-00000000000b' }).durable
    await audit.close()
    const found = await trailmark('verify')
    expect(found.out).toContain('attempt without result: data_export 019bc1b2-3c00-4000-8000-00000000000b')
    expect(found.out).toContain('NOT CONCLUDED')
    expect(found.code).toBe(1)
    const json: unknown = JSON.parse((await trailmark('verify', '--json')).out)
    expect(json).toMatchObject({ ok: false, unfinished: [{ event: 'audit_log_read' }, { event: 'data_export' }] })
  })

  it('compares with what was printed earlier and kept elsewhere', async () => {
    const before = await trailmark('verify', '--json')
    const kept = join(home, 'kept.json')
    await writeFile(kept, before.out)
    await cp(join(home, 'data'), join(home, 'older'), { recursive: true })
    await trailmark('query')
    const since = await trailmark('verify', '--since', kept)
    expect(since).toMatchObject({ code: 0, out: expect.stringMatching(/compared with \d roots? kept elsewhere\n$/) })

    await writeFile(kept, (await trailmark('verify', '--json')).out)
    expect(await trailmark('verify', 'older')).toMatchObject({ code: 0 })
    const older = await trailmark('verify', 'older', '--since', kept)
    expect(older).toMatchObject({ code: 1, out: expect.stringMatching(/BROKEN: .*\d writers? gone/) })
    expect(await trailmark('verify', '--since', 'nowhere')).toMatchObject({ code: 3 })
    await writeFile(kept, '{"streams":[{}]}')
    expect(await trailmark('verify', '--since', kept)).toMatchObject({ code: 2 })
  })

  it('needs no keys, and records nothing', async () => {
    await rm(join(home, 'keys'), { recursive: true })
    const before = await records()
    expect((await trailmark('verify')).code).toBe(0)
    expect(await records()).toEqual(before)
  })
})

describe('reading', () => {
  it('shows rows and is itself recorded, before and after', async () => {
    const { code, out } = await trailmark(
      'query',
      '--service',
      'clinic',
      '--type',
      'login_*',
      '--purpose',
      'incident-4711',
    )
    expect(code).toBe(0)
    expect(out.split('\n')).toHaveLength(3)
    expect(out).toContain('login_success')
    const found = await reads()
    expect(found.map(({ phase }) => phase)).toEqual(['attempt', 'result'])
    expect(found[1]).toMatchObject({
      service: { name: 'trailmark-cli' },
      reason: 'query',
      purpose: 'incident-4711',
      metadata: { rows: 1, truncated: false, query_hash: expect.stringMatching(/^q1_/) },
    })
    expect(found[0]?.metadata?.query_hash).toBe(found[1]?.metadata?.query_hash)
    expect(JSON.stringify(found)).not.toContain('login_')
  })

  it('finds a person by the clear identifier, which stands nowhere', async () => {
    const { code, out } = await trailmark('timeline', '--actor', 'usr_8f3k2p', '--json')
    expect(code).toBe(0)
    const rows: { event: string }[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map(({ event }) => event)).toEqual(['login_success', 'data_access'])
    expect(out).not.toContain('usr_8f3k2p')
    const shown = await trailmark('timeline', '--actor', 'usr_8f3k2p')
    expect(shown.out).toContain('usr_8f3k2p')
    const subject = await trailmark('timeline', '--subject', 'pat_42', '--resource', 'patient/42', '--json')
    expect(subject.out.trimEnd().split('\n')).toHaveLength(1)
  })

  it('leaves its own records out of what it shows', async () => {
    const { out } = await trailmark('query', '--json')
    const services = new Set(
      out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line).service.name),
    )
    expect(services).toEqual(new Set(['clinic']))
    const again = await trailmark('query', '--type', 'audit_log_read', '--json')
    expect(again.out.trimEnd().split('\n')).toHaveLength(2)
  })

  it('prints each line as it is stored, with its ledger in front', async () => {
    const { out } = await trailmark('query', '--type', 'login_success', '--json')
    const [stored] = (await records()).filter(({ event_type }) => event_type === 'login_success')
    expect(out).toBe(`{"ledger":"${stored?.position.dir}",${stored?.line.slice(1)}\n`)
  })

  it('is refused when it cannot be recorded', async () => {
    await rm(join(home, 'keys'), { recursive: true })
    for (const command of ['query', 'timeline', 'tail']) {
      const { code, out, err } = await trailmark(command)
      expect(err).toContain('set TRAILMARK_KEYS_DIR, or give --keys (CLI_NOT_RECORDED)')
      expect({ code, out }).toEqual({ code: 3, out: '' })
    }
    expect(await reads()).toEqual([])
    await expect(readdir(join(home, 'keys'))).rejects.toThrow('ENOENT')
  })

  it('of a copy elsewhere is unrecorded, and says so', async () => {
    const copy = join(home, 'copy')
    await cp(join(home, 'data'), copy, { recursive: true })
    const before = await records()
    const { code, out, err } = await trailmark('query', '--dir', copy, '--type', 'login_*')
    expect(err).toContain('is a copy outside')
    expect(out).toContain('login_success')
    expect(code).toBe(0)
    expect(await records()).toEqual(before)
    expect((await records(copy)).length).toBe(before.length)
  })

  it('of a part of the trail, or of what the trail lies in, is recorded', async () => {
    await trailmark('query', '--dir', join(home, 'data', 'clinic'))
    await trailmark('query', '--dir', home)
    expect(await reads()).toHaveLength(4)
  })

  it('through a link is the same trail, and recorded', async () => {
    await symlink(join(home, 'data'), join(home, 'link'))
    const { err } = await trailmark('query', '--dir', join(home, 'link'))
    expect(err).toBe('')
    expect(await reads()).toHaveLength(2)
  })

  it('of a damaged trail shows what is left, says what is not, and is a finding', async () => {
    const path = await segmentOf('clinic')
    const bytes = await readFile(path)
    bytes.write('"schema":"audit/9"', bytes.indexOf('"schema":"audit/1"', bytes.indexOf('\n')))
    await rm(path)
    await writeFile(path, bytes)
    const { code, out, err } = await trailmark('query', '--service', 'clinic', '--json')
    expect(err).toContain('1 place could not be read')
    expect(out).not.toBe('')
    expect(code).toBe(1)
  })

  it('ends quietly when its reader has seen enough', async () => {
    const child = start(['query', '--json'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    child.stdout?.on('error', () => undefined)
    const err = child.stderr ? await text(child.stderr) : ''
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    expect({ code: child.exitCode, err }).toEqual({ code: 0, err: '' })
    expect((await reads()).map(({ phase }) => phase)).toEqual(['attempt', 'result'])
  })

  it('has no colours and no progress where no person looks, and colours when forced', async () => {
    const plain = await trailmark('timeline')
    expect(plain.out + plain.err).not.toContain('\u001b')
    expect(plain.err).toContain('--all shows them')
    const forced = await end(start(['timeline'], { FORCE_COLOR: '1' }))
    expect(forced.out).toContain('\u001b[')
    const refused = await end(start(['timeline'], { NO_COLOR: '1' }))
    expect(refused.out).not.toContain('\u001b')
  })
})

describe('trailmark tail', () => {
  it('shows the newest, then what happens, and ends well on Ctrl-C', async () => {
    const child = start(['tail', '-n', '2', '--type', 'data_*,authz_*,logout', '--json'])
    const seen: string[] = []
    let buffer = ''
    const arrived = (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (seen.length >= count) resolve()
          else child.stdout?.once('data', () => setImmediate(look))
        }
        look()
      })
    child.stdout?.on('data', (chunk: Buffer) => {
      buffer += chunk.toString()
      const lines = buffer.split('\n')
      buffer = lines.pop() ?? ''
      seen.push(...lines.map((line): string => JSON.parse(line).event_type))
    })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await arrived(2)
    expect(seen).toEqual(['data_access', 'authz_deny'])
    const audit = createAudit({
      service: 'billing',
      dir: join(home, 'data'),
      keysDir: join(home, 'keys'),
      ledger: 'disk',
      operational: 'none',
      signals: false,
      metrics: false,
    })
    await audit.record('logout', { actor: { id: 'usr_8f3k2p' } }).durable
    await arrived(3)
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    await audit.close()
    expect(seen.at(-1)).toBe('logout')
    expect((await reads()).at(-1)).toMatchObject({ phase: 'result', reason: 'tail', metadata: { rows: 3 } })
  })
})

describe('trailmark doctor', () => {
  it('says what is weak, with a stable name and an advice', async () => {
    const { code, out } = await trailmark('doctor', '--json')
    expect(code).toBe(1)
    const { ok, findings }: { ok: boolean; findings: { name: string; state: string }[] } = JSON.parse(out)
    expect(ok).toBe(false)
    const weak = findings.filter(({ state }) => state === 'weak').map(({ name }) => name)
    expect(weak).toEqual(expect.arrayContaining(['keys_generated', 'keys_beside_data', 'no_anchor', 'single_copy']))
  })

  it('sends canaries through everything that writes, and touches neither trail nor keys', async () => {
    const before = await records()
    const tmp = join(home, 'tmp')
    await mkdir(tmp)
    const { code, out, err } = await end(start(['doctor', '--canary', '--json'], { TMPDIR: tmp }))
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({ ok: true, paths: Array.from({ length: 6 }, () => ({ arrived: [] })) })
    expect(code).toBe(0)
    expect([await records(), await readdir(tmp)]).toEqual([before, []])
  })

  it('leaves nothing behind when Ctrl-C ends the canaries', async () => {
    const tmp = join(home, 'tmp')
    await mkdir(tmp)
    const child = start(['doctor', '--canary'], { TMPDIR: tmp })
    const ended = end(child)
    while ((await readdir(tmp)).length === 0 && child.exitCode === null) await sleep(5)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 3, out: '', err: expect.stringContaining('CLI_INTERRUPTED') })
    expect(await readdir(tmp)).toEqual([])
  })

  it('works where nothing was recorded yet', async () => {
    const { out, code } = await trailmark(
      'doctor',
      '--dir',
      join(home, 'absent'),
      '--keys',
      join(home, 'absent-keys'),
      '--all',
    )
    expect(out).toContain('keys_absent')
    expect([0, 1]).toContain(code)
    await expect(readdir(join(home, 'absent'))).rejects.toThrow('ENOENT')
  })
})
