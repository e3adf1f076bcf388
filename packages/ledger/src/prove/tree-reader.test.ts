import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closedLedger, temporaryDirectory } from '../ledger.fixture.ts'
import { frontierRanges, type Hash, leafOf, nodeOf } from '../tree.ts'
import { writeTiles } from './tiles.fixture.ts'
import { TreeReader } from './tree-reader.ts'

// Two segments, one full tile of level 1, and a partial one of level 2.
const count = 66_100
const root = mkdtempSync(join(tmpdir(), 'trailmark-tree-'))
let dir = ''
let leaves: Hash[] = []
const byLevel: Hash[][] = []

beforeAll(async () => {
  ;({ dir } = await closedLedger(count, root, (i) => `"id":"e${i}","text":"${'x'.repeat(i % 97)}"`))
  const lines = ['000000000000', '000000065536'].flatMap((name) =>
    readFileSync(join(dir, 'seg', `${name}.jsonl`), 'utf8')
      .split('\n')
      .slice(0, -1),
  )
  leaves = lines.map(leafOf)
  for (let hashes = leaves; hashes.length > 0; ) {
    byLevel.push(hashes)
    const level = hashes
    hashes = Array.from({ length: Math.floor(level.length / 2) }, (_, i) =>
      nodeOf(level[2 * i] ?? '', level[2 * i + 1] ?? ''),
    )
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A copy without tiles. */
function copy(): string {
  const target = temporaryDirectory()
  cpSync(dir, target, { recursive: true })
  rmSync(join(target, 'tile'), { recursive: true, force: true })
  return target
}

const anySubtree = fc.nat(16).chain((level) => fc.tuple(fc.constant(level), fc.nat(Math.floor(count / 2 ** level) - 1)))

async function expectAll(target: string, tiles = true): Promise<void> {
  const reader = await TreeReader.open(target, { tiles })
  await fc.assert(
    fc.asyncProperty(anySubtree, async ([level, index]) => {
      expect(await reader.subtree(level, index)).toBe(byLevel[level]?.[index])
    }),
    { numRuns: 30 },
  )
  for (const level of [0, 1, 7, 8, 9, 16]) {
    const last = (byLevel[level]?.length ?? 0) - 1
    expect(await reader.subtree(level, last)).toBe(byLevel[level]?.[last])
  }
  await reader.close()
}

describe('a tree reader', () => {
  it('knows every perfect subtree from the lines alone', async () => {
    await expectAll(copy())
    await expectAll(dir, false)
  })

  it('knows every perfect subtree from tiles', async () => {
    const target = copy()
    writeTiles(target, leaves)
    await expectAll(target)
  })

  it('finds the tiles that a writer keeps as the format has them', async () => {
    const expected = temporaryDirectory()
    writeTiles(expected, leaves, 0)
    const kept = readdirSync(join(dir, 'tile'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    const files = kept.map(({ parentPath, name }) => join(parentPath, name).slice(dir.length + 1))
    expect(files).toEqual(expect.arrayContaining(['tile/0/000']))
    for (const file of files) expect(readFileSync(join(dir, file)), file).toEqual(readFileSync(join(expected, file)))
  })

  it('needs no line where there are tiles, and knows the right edge from what is kept beside the checkpoint', async () => {
    const target = copy()
    writeTiles(target, leaves)
    rmSync(join(target, 'seg'), { recursive: true })
    const reader = await TreeReader.open(target)
    for (const part of frontierRanges(count)) {
      const level = Math.log2(part.size)
      expect(await reader.subtree(level, part.first / part.size)).toBe(byLevel[level]?.[part.first / part.size])
    }
    expect(await reader.subtree(0, 65_535)).toBe(leaves[65_535])
    await expect(reader.leaf(65_535)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
    // In the last tile of the lowest level, which is not full and so not there.
    await expect(reader.subtree(0, count - 1 - 4)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
  })

  it('leaves out tiles that are too short, too long, links, directories or not there', async () => {
    const target = copy()
    const files = writeTiles(target, leaves)
    for (const [i, file] of files.entries()) {
      const path = join(target, file)
      if (i % 5 === 0) truncateSync(path, 8000)
      else if (i % 5 === 1) writeFileSync(path, Buffer.alloc(8193))
      else {
        rmSync(path)
        if (i % 5 === 2) symlinkSync(join(dir, 'checkpoint'), path)
        if (i % 5 === 3) mkdirSync(path)
      }
    }
    await expectAll(target)
  })

  it('takes a wrong tile as it is, and can be told to do without tiles of that level', async () => {
    const target = copy()
    const [file = ''] = writeTiles(target, leaves)
    const bytes = readFileSync(join(target, file))
    bytes[5] = (bytes[5] ?? 0) ^ 1
    writeFileSync(join(target, file), bytes)
    const trusting = await TreeReader.open(target)
    expect(await trusting.subtree(0, 0)).not.toBe(leaves[0])
    expect(await trusting.leaf(0)).toBe(leaves[0])
    const without = await TreeReader.open(target, { tiles: (level) => level !== 0 })
    expect(await without.subtree(0, 0)).toBe(leaves[0])
    expect(await without.subtree(7, 0)).toBe(byLevel[7]?.[0])
  })

  it('does not believe an edge that does not fold to the root of the checkpoint', async () => {
    const target = copy()
    const path = join(target, 'checkpoint.frontier')
    const text = readFileSync(path, 'utf8')
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
    for (const line of lines) line.hashes = line.hashes.toReversed()
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    expect(readFileSync(path, 'utf8')).not.toBe(text)
    await expectAll(target)
  })

  it('says which entry it could not read, and why', async () => {
    const target = copy()
    const segment = join(target, 'seg', '000000000000.jsonl')
    const bytes = readFileSync(segment)
    const at = bytes.indexOf('{"n":40000,')
    bytes.write('{"n":40001,', at)
    rmSync(segment)
    writeFileSync(segment, bytes)
    const reader = await TreeReader.open(target)
    await expect(reader.subtree(0, 40_000)).rejects.toMatchObject({
      code: 'LEDGER_TREE_INCOMPLETE',
      message: expect.stringMatching(`entry 40000 .* byte ${at}`),
    })
    await expect(reader.subtree(8, 40_000 >> 8)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
    await expect(reader.subtree(0, count)).rejects.toMatchObject({ message: expect.stringContaining(`entry ${count}`) })
    await expect(reader.subtree(0, 2 ** 52)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
    expect(await reader.subtree(0, 41_000)).toBe(leaves[41_000])
  })

  it('of a directory that is not there finds nothing', async () => {
    const reader = await TreeReader.open(join(root, 'nowhere'))
    await expect(reader.subtree(0, 0)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
  })

  it('finds lines by halving, whatever bytes the segment holds', async () => {
    const target = copy()
    const segment = join(target, 'seg', '000000000000.jsonl')
    const whole = readFileSync(segment)
    rmSync(segment)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(65_535),
        fc.nat(whole.length - 1),
        fc.uint8Array({ maxLength: 400 }),
        async (n, at, noise) => {
          writeFileSync(segment, Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)]))
          const reader = await TreeReader.open(target)
          const found = await reader.leaf(n).catch((error: unknown) => error)
          if (typeof found !== 'string') expect(found).toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
          else expect(found).toHaveLength(32)
        },
      ),
      { numRuns: 25 },
    )
  })
})
