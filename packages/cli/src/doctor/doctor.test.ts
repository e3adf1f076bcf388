import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@trailmark/keys'
import { openLedger } from '@trailmark/ledger'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { age } from './age.ts'
import type { Finding } from './finding.ts'
import { checkKeys } from './keys.ts'
import { checkLedgers } from './ledgers.ts'
import { checkDirectorySync, checkEnvironment, checkNode, checkPlatform, judgeFileSystem } from './platform.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-doctor-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const patient = () => ({
  root: join(home, 'var/data'),
  keysDir: join(home, 'etc/keys'),
  cwd: home,
  env: { NODE_ENV: 'production' },
  nowMs: Date.now(),
})
const states = (findings: readonly Finding[]) => Object.fromEntries(findings.map(({ name, state }) => [name, state]))
const quiet = new AbortController().signal

describe('the doctor on keys', () => {
  it('finds keys that lie apart and are closed no worse than generated', async () => {
    openKeys({ dir: patient().keysDir })
    await mkdir(patient().root, { recursive: true })
    const found = states(await checkKeys(patient()))
    expect(found).toMatchObject({ keys_generated: 'weak', keys_readable: 'ok', keys_in_git_tree: 'ok' })
    expect(found).not.toHaveProperty('keys_beside_data')
  })

  it('finds a key that others can read', async () => {
    openKeys({ dir: patient().keysDir })
    await chmod(join(patient().keysDir, 'log.pem'), 0o640)
    expect(states(await checkKeys(patient()))).toMatchObject({ keys_readable: 'weak' })
  })

  it('finds keys below a repository, however deep', async () => {
    openKeys({ dir: patient().keysDir })
    await mkdir(join(home, '.git'))
    expect(states(await checkKeys(patient()))).toMatchObject({ keys_in_git_tree: 'weak' })
  })

  it.each([
    ['inside the data', 'data/keys', 'data'],
    ['around the data', 'all', 'all/data'],
    ['next to the data', 'keys', 'data'],
  ])('finds keys %s', async (_, keys, root) => {
    openKeys({ dir: join(home, keys) })
    const found = await checkKeys({ ...patient(), keysDir: join(home, keys), root: join(home, root) })
    expect(states(found)).toMatchObject({ keys_beside_data: 'weak' })
  })
})

describe('the doctor on ledgers', () => {
  const open = () => {
    const { log } = openKeys({ dir: patient().keysDir })
    const dir = join(patient().root, 'clinic/audit.standard')
    return openLedger({
      dir,
      origin: 'clinic/audit.standard',
      stream: 'audit',
      retentionClass: 'standard',
      signer: log,
    })
  }

  it('tells a writer at work from a closed one and from one that crashed', async () => {
    const ledger = open()
    ledger.append('"schema":"audit/1"')
    await ledger.flush()
    const lock = async (nowMs: number) =>
      (await checkLedgers({ ...patient(), nowMs }, quiet)).find(({ name }) => name === 'lock')
    expect(await lock(Date.now())).toMatchObject({ state: 'ok', text: expect.stringContaining(`pid ${process.pid}`) })
    expect(await lock(Date.now() + 120_000)).toMatchObject({
      state: 'note',
      text: expect.stringContaining('silent for'),
    })
    await ledger.close()
    expect(await lock(Date.now())).toMatchObject({ state: 'ok', text: expect.stringContaining('is closed') })
  })

  it('says that nobody outside vouches for the trail', async () => {
    await open().close()
    expect(states(await checkLedgers(patient(), quiet))).toMatchObject({
      no_anchor: 'weak',
      single_copy: 'weak',
      redactions: 'ok',
    })
  })

  it('knows which anchors have taken something, how long ago, and services without one', async () => {
    await open().close()
    const anchors = join(patient().root, 'clinic', 'anchor.long')
    const signer = openKeys({ dir: patient().keysDir }).log
    const log = openLedger({
      signer,
      dir: anchors,
      origin: 'clinic/anchor.long',
      stream: 'anchor',
      retentionClass: 'long',
    })
    await log.close()
    expect(states(await checkLedgers(patient(), quiet))).toMatchObject({ no_anchor: 'weak' })
    await mkdir(join(log.dir, 'anchors'))
    await writeFile(join(log.dir, 'anchors', '000000000002.witness.cosig'), 'evidence')
    const found = await checkLedgers(patient(), quiet)
    expect(states(found)).toMatchObject({ anchors: 'ok' })
    expect(found.map(({ name }) => name)).not.toContain('no_anchor')
    const later = await checkLedgers({ ...patient(), nowMs: Date.now() + 2 * 86_400_000 }, quiet)
    expect(later).toContainEqual(
      expect.objectContaining({ name: 'anchor_stale', state: 'weak', text: expect.stringContaining('witness') }),
    )
  })

  it('finds what recovery cut off, and survives a LOCK that is none', async () => {
    const ledger = open()
    await ledger.close()
    const dir = join(patient().root, 'clinic/audit.standard', ledger.writer)
    await mkdir(join(dir, 'quarantine'), { recursive: true })
    await writeFile(join(dir, 'quarantine/000000000000'), 'x')
    await writeFile(join(dir, 'LOCK'), '{"pid":')
    expect(states(await checkLedgers(patient(), quiet))).toMatchObject({ quarantine: 'note', lock: 'note' })
  })
})

describe('the doctor on the platform', () => {
  it.each([
    ['22.14.0', 'weak'],
    ['20.20.2', 'weak'],
    ['22.15.0', 'ok'],
    ['26.1.0', 'ok'],
  ])('calls Node %s %s', (version, state) => {
    expect(checkNode(version)).toMatchObject({ state })
  })

  it.each([
    [0x0102_1994, 'weak'],
    [0x794c_7630, 'weak'],
    [0x6969, 'weak'],
    [0xef53, 'ok'],
  ])('calls file system %i %s', (type, state) => {
    expect(judgeFileSystem(type, '/var/lib/trailmark')).toMatchObject({ state })
  })

  it('knows what is unset and what Windows cannot do', () => {
    expect(checkEnvironment({})).toMatchObject({ state: 'weak' })
    expect(checkEnvironment({ NODE_ENV: 'production' })).toMatchObject({ state: 'ok' })
    expect(checkDirectorySync('win32')).toMatchObject({ state: 'weak' })
    expect(checkDirectorySync('linux')).toMatchObject({ state: 'ok' })
  })

  it('finds a package that is installed twice, and counts a link once', async () => {
    const put = async (path: string, version: string) => {
      await mkdir(join(home, path), { recursive: true })
      await writeFile(join(home, path, 'package.json'), JSON.stringify({ version }))
    }
    await put('node_modules/@opentelemetry/api', '1.9.0')
    await put('node_modules/@trailmark/core', '0.1.0')
    expect(states(await checkPlatform(patient()))).toMatchObject({ copies_opentelemetry: 'ok', copies_core: 'ok' })
    await put('node_modules/other/node_modules/@opentelemetry/api', '1.8.0')
    const twice = (await checkPlatform(patient())).find(({ name }) => name === 'copies_opentelemetry')
    expect(twice).toMatchObject({ state: 'weak', text: expect.stringContaining('1.8.0') })
  })

  it.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [600_000, '10 min'],
    [86_400_000, '24 h'],
    [864_000_000, '10 days'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(age(ms)).toBe(text)
  })
})
