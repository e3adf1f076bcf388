import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStreams } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { query } from '@trailmark/query'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isRoot, nobody, runService, type Service, type ServiceOptions, spawnService } from './run-service.ts'

/** Where a trail is to be written, in every state but the one that is hoped for. */
let home: string
const running: Service[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-directories-'))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'ward' }))
})
afterEach(async () => {
  for (const service of running.splice(0)) await service.end('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

async function run(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const service = await runService({ cwd: home, ...options })
  running.push(service)
  return service
}

/** What a start that fails prints, and how it ends. */
async function failingStart(options: Partial<ServiceOptions> = {}): Promise<{ code: number | null; text: string }> {
  const child = spawnService({ cwd: home, ...options })
  const { code } = await child.ended
  return { code, text: child.stdout() + child.stderr() }
}

const isRecorded = async (requestId: string): Promise<boolean> => {
  for await (const record of query(join(home, '.trailmark'), { request: requestId })) if (record) return true
  return false
}

describe('a directory that is missing', () => {
  it('is made with everything above it, for its owner and group', async () => {
    const dir = join(home, 'a/b/trail')
    const service = await run({ options: { dir } })
    expect((await service.ask('/durable')).status).toBe(200)
    expect(statSync(dir).mode & 0o777).toBe(0o750)
    await service.end()
    expect((await verify(dir)).ok).toBe(true)
  })
})

describe('a directory that another process writes to', () => {
  it('takes a second writer, and both trails are whole', async () => {
    const [first, second] = [await run(), await run()]
    const told = [await first.ask('/durable'), await second.ask('/durable')]
    expect((await second.ask('/ready')).body).toEqual({ ready: true, reasons: [] })
    await Promise.all([first.end(), second.end()])
    const streams = await findStreams(join(home, '.trailmark'))
    expect(streams.map((one) => one.retentionClass).sort()).toEqual(['long', 'long', 'standard', 'standard'])
    for (const { requestId } of told) expect(await isRecorded(requestId)).toBe(true)
    expect((await verify(join(home, '.trailmark'))).ok).toBe(true)
  })
})

describe('a directory that cannot be used', () => {
  it('stops the start when there is a file in its place, and names the option', async () => {
    writeFileSync(join(home, 'trail'), '')
    const { code, text } = await failingStart({ options: { dir: './trail' } })
    expect(code).toBe(1)
    expect(text).toContain('AUDIT_DIR_UNUSABLE')
    expect(text).toContain(`${join(home, 'trail')} (option dir)`)
    expect(text).not.toContain('listening')
  })

  it('stops the start when the way to it leads through a file, and names the variable', async () => {
    writeFileSync(join(home, 'trail'), '')
    const { code, text } = await failingStart({ env: { TRAILMARK_DIR: './trail/below' } })
    expect([code, /AUDIT_DIR_UNUSABLE/.test(text), /\(TRAILMARK_DIR\)/.test(text)]).toEqual([1, true, true])
  })

  it('stops the start where the system makes no directories at all', async () => {
    const { code, text } = await failingStart({ options: { dir: '/proc/trail' } })
    expect([code, /AUDIT_DIR_UNUSABLE/.test(text), /\/proc\/trail \(option dir\)/.test(text)]).toEqual([1, true, true])
  })

  it('stops the start when a stream of it is a file', async () => {
    mkdirSync(join(home, '.trailmark/ward'), { recursive: true })
    writeFileSync(join(home, '.trailmark/ward/audit.standard'), '')
    const { code, text } = await failingStart()
    expect([code, /AUDIT_DIR_UNUSABLE/.test(text)]).toEqual([1, true])
  })
})

/** As root everything may be written, so the service is started as somebody who may not. */
const as = isRoot ? { uid: nobody } : {}
const giveAway = (path: string): void => {
  if (isRoot) chownSync(path, nobody, nobody)
}

describe('a directory that this user may only read', () => {
  beforeEach(() => giveAway(home))

  it('stops the start in production, and names the option', async () => {
    mkdirSync(join(home, 'trail'))
    giveAway(join(home, 'trail'))
    chmodSync(join(home, 'trail'), 0o500)
    const { code, text } = await failingStart({ ...as, options: { dir: './trail' } })
    expect(text).toContain('AUDIT_DIR_UNUSABLE')
    expect(text).toContain(`${join(home, 'trail')} (option dir)`)
    expect(code).toBe(1)
  })

  it('stops the start when it is the default one and holds a trail already', async () => {
    const first = await run(as)
    await first.ask('/durable')
    await first.end()
    chmodSync(join(home, '.trailmark/ward/audit.standard'), 0o500)
    for (const { dir } of await findStreams(join(home, '.trailmark'))) chmodSync(dir, 0o500)
    const { code, text } = await failingStart(as)
    expect([code, /AUDIT_DIR_UNUSABLE/.test(text)]).toEqual([1, true])
    expect(text).toMatch(/default; choose another with option dir or TRAILMARK_DIR/)
  })

  it('means memory and a notice in development', async () => {
    chmodSync(home, 0o500)
    const keysDir = mkdtempSync(join(tmpdir(), 'trailmark-keys-'))
    giveAway(keysDir)
    try {
      const service = await run({ ...as, env: { NODE_ENV: 'development' }, options: { keysDir } })
      expect((await service.ask('/refused')).status).toBe(403)
      expect(service.child.stderr()).toContain('[AUDIT_IN_MEMORY]')
    } finally {
      rmSync(keysDir, { recursive: true, force: true })
    }
  })
})

describe('a directory that is deleted while it is written to', () => {
  it('is made again, and nothing that is answered afterwards is lost', async () => {
    const service = await run()
    await service.ask('/durable')
    // Away at one stroke: a file that appears between two deletions would stop the rest of them.
    renameSync(join(home, '.trailmark'), join(home, 'gone'))
    rmSync(join(home, 'gone'), { recursive: true })
    const told = []
    for (let i = 0; i < 20; i++) told.push(await service.ask('/durable'))
    expect(new Set(told.map((one) => one.status))).toEqual(new Set([200]))
    expect((await service.ask('/ready')).body).toEqual({ ready: true, reasons: [] })
    await service.end()
    for (const { requestId } of told) expect(await isRecorded(requestId)).toBe(true)
    const { streams } = await verify(join(home, '.trailmark'))
    expect(streams.flatMap((one) => [...one.integrity.breaks, ...one.completeness.gaps])).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('a directory of keys', () => {
  it.each([
    ['that its group can read', 0o750],
    ['that everybody can read', 0o755],
  ])('%s stops the start, and says what to do', async (_what, mode) => {
    mkdirSync(join(home, '.trailmark-keys'))
    chmodSync(join(home, '.trailmark-keys'), mode)
    const { code, text } = await failingStart({ env: { NODE_ENV: 'development' } })
    expect(code).toBe(1)
    expect(text).toContain('KEYS_READABLE_BY_OTHERS')
    expect(text).toMatch(/chmod/)
    expect(existsSync(join(home, '.trailmark-keys/log.pem'))).toBe(false)
  })

  it('in which one key can be read by others stops the next start', async () => {
    const first = await run()
    await first.end()
    chmodSync(join(home, '.trailmark-keys/log.pem'), 0o644)
    const { code, text } = await failingStart()
    expect([code, /KEYS_READABLE_BY_OTHERS/.test(text), /log\.pem/.test(text)]).toEqual([1, true, true])
  })
})
