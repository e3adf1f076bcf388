import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { closedLedger, temporaryDirectory } from '../ledger.fixture.ts'
import { leafOf } from '../tree.ts'
import { exportTlog } from './export-tlog.ts'
import { writeTiles } from './tiles.fixture.ts'

const count = 66_000
const root = mkdtempSync(join(tmpdir(), 'trailmark-export-'))
let dir = ''
let lines: string[] = []

beforeAll(async () => {
  ;({ dir } = await closedLedger(count, root, (i) => `"id":"e${i}","text":"ü${'x'.repeat(i % 97)}"`))
  lines = ['000000000000', '000000065536'].flatMap((name) =>
    readFileSync(join(dir, 'seg', `${name}.jsonl`), 'utf8')
      .split('\n')
      .slice(0, -1),
  )
  return () => rmSync(root, { recursive: true, force: true })
})

function filesBelow(at: string): string[] {
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
    .sort()
}

/** As C2SP tlog-tiles says: two bytes of length before each entry. */
function entriesIn(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
    found.push(bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt16BE(at)))
  return found
}

describe('an export', () => {
  it('holds the checkpoint, every tile and every entry, and nothing else', async () => {
    const target = join(temporaryDirectory(), 'www')
    expect(await exportTlog(dir, target)).toMatchObject({ size: count, root: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(readFileSync(join(target, 'checkpoint'))).toEqual(readFileSync(join(dir, 'checkpoint')))
    const expected = temporaryDirectory()
    const tiles = writeTiles(expected, lines.map(leafOf), 0)
    for (const file of tiles) expect(readFileSync(join(target, file)), file).toEqual(readFileSync(join(expected, file)))
    expect(tiles).toEqual(
      expect.arrayContaining(['tile/0/257.p/208', 'tile/1/000', 'tile/1/001.p/1', 'tile/2/000.p/1']),
    )
    const bundles = Array.from({ length: 258 }, (_, i) => {
      const name = `tile/entries/${String(i).padStart(3, '0')}`
      return i === 257 ? `${name}.p/208` : name
    })
    expect(bundles.flatMap((file) => entriesIn(readFileSync(join(target, file))))).toEqual(lines)
    expect(filesBelow(target)).toEqual([...tiles, ...bundles, 'checkpoint'].sort())
  })

  it('is brought up to date, and never put back or written over something else', async () => {
    const home = temporaryDirectory()
    const target = temporaryDirectory()
    const log = await closedLedger(300, home)
    await exportTlog(log.dir, target)
    const older = temporaryDirectory()
    mkdirSync(join(older, 'seg'))
    for (const file of ['LEDGER.json', 'checkpoint', 'seg/000000000000.jsonl'])
      writeFileSync(join(older, file), readFileSync(join(log.dir, file)))
    expect((await closedLedger(300, home)).dir).toBe(log.dir)
    expect(await exportTlog(log.dir, target)).toMatchObject({ size: 600 })
    expect(existsSync(join(target, 'tile/0/001'))).toBe(true)
    const refused = { code: 'LEDGER_OPTION_INVALID' }
    await expect(exportTlog(older, target)).rejects.toMatchObject(refused)
    const other = await closedLedger(700)
    await expect(exportTlog(other.dir, target)).rejects.toMatchObject(refused)
    await expect(exportTlog(other.dir, other.dir)).rejects.toMatchObject(refused)
    await expect(exportTlog(other.dir, join(other.dir, 'checkpoint'))).rejects.toMatchObject(refused)
    writeFileSync(join(target, 'index.html'), '')
    await expect(exportTlog(log.dir, target)).rejects.toMatchObject(refused)
  })

  it('of a log without entries is its checkpoint', async () => {
    const target = temporaryDirectory()
    expect(await exportTlog((await closedLedger(0)).dir, target)).toMatchObject({ size: 0 })
    expect(filesBelow(target)).toEqual(['checkpoint'])
  })

  it('of a log that was changed has no checkpoint', async () => {
    const { dir: changed } = await closedLedger(300)
    const segment = join(changed, 'seg/000000000000.jsonl')
    writeFileSync(segment, readFileSync(segment, 'utf8').replace('entry number 7"', 'entry number 8"'))
    const target = temporaryDirectory()
    await expect(exportTlog(changed, target)).rejects.toMatchObject({ code: 'LEDGER_ROOT_MISMATCH' })
    expect(existsSync(join(target, 'checkpoint'))).toBe(false)
    rmSync(segment)
    await expect(exportTlog(changed, target)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
    rmSync(join(changed, 'checkpoint'))
    await expect(exportTlog(changed, target)).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
  })

  it('stops when it is told to', async () => {
    const stop = AbortSignal.abort(new Error('enough'))
    await expect(exportTlog(dir, temporaryDirectory(), { signal: stop })).rejects.toThrow('enough')
  })
})
