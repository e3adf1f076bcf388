import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { allEntries, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { Ledger, OpenOptions } from '../ledger.ts'
import { tileFile } from '../tile.ts'
import { type Hash, leafOf, nodeOf } from '../tree.ts'
import { verify } from '../verify.ts'

const tile = (dir: string, level: number, index: number, width = 256): Buffer =>
  readFileSync(join(dir, tileFile({ level, index, width })))

/** The hash over `leaves`, two by two, as the specification has it. */
function rootOf(leaves: readonly Hash[]): Hash {
  const half = leaves.length / 2
  const [only = ''] = leaves
  return leaves.length === 1 ? only : nodeOf(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

async function leavesOf(root: string): Promise<Hash[]> {
  return (await allEntries(root)).map(({ line }) => leafOf(line))
}

async function fill(ledger: Ledger, count: number): Promise<void> {
  for (let i = 0; i < count; i++) ledger.append(`"id":"${i}"`)
  await ledger.flush()
}

/** Every full tile of level 0 that the log has leaves for is there, and right. */
async function expectLeafTiles(root: string, dir: string): Promise<void> {
  const leaves = await leavesOf(root)
  for (let index = 0; (index + 1) * 256 <= leaves.length; index++) {
    const expected = Buffer.from(leaves.slice(index * 256, (index + 1) * 256).join(''), 'latin1')
    expect(tile(dir, 0, index).equals(expected), `tile ${index}`).toBe(true)
  }
}

describe('tiles', () => {
  it('are written while the log grows, and only when they are full', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await fill(ledger, 1000)
    await ledger.close()
    await expectLeafTiles(root, ledger.dir)
    expect(readdirSync(join(ledger.dir, 'tile', '0'))).toEqual(['000', '001', '002'])
  })

  it('that filled over a restart are written at the seal', async () => {
    const root = temporaryDirectory()
    let ledger = openTest(root)
    await fill(ledger, 300)
    await ledger.close()
    ledger = openTest(root)
    await fill(ledger, 300)
    expect(existsSync(join(ledger.dir, tileFile({ level: 0, index: 1, width: 256 })))).toBe(false)
    await ledger.seal()
    await ledger.close()
    await expectLeafTiles(root, ledger.dir)
  })

  it('that reach over the borders of several segments and restarts are written at the seal', async () => {
    const root = temporaryDirectory()
    let ledger = openTest(root)
    for (const count of [100, 7, 90, 300, 20, 600]) {
      await fill(ledger, count)
      await ledger.seal()
      await fill(ledger, 5)
      await ledger.close()
      ledger = openTest(root)
    }
    await fill(ledger, 1)
    await ledger.seal()
    await ledger.close()
    await expectLeafTiles(root, ledger.dir)
    expect((await verify(root)).streams[0]?.integrity.breaks).toEqual([])
  })

  it('that were lost or could not be written are made again at the seal, and nothing else suffers', async () => {
    const root = temporaryDirectory()
    let failing = true
    const disk = new FaultDisk(({ path }) => (failing && path.includes('/tile/') ? 'before' : undefined))
    const ledger = openTest(root, { disk })
    await fill(ledger, 700)
    expect(ledger.state.healthy).toBe(true)
    failing = false
    await ledger.seal()
    await ledger.close()
    await expectLeafTiles(root, ledger.dir)
  })

  it('of upper levels are right, growing ones included', { timeout: 60_000 }, async () => {
    const root = temporaryDirectory()
    const options: Partial<OpenOptions> = { ack: 'queued' }
    let ledger = openTest(root, options)
    await fill(ledger, 65_536 + 10)
    await ledger.close()
    const leaves = await leavesOf(root)
    const roots = Array.from({ length: 256 }, (_, i) => rootOf(leaves.slice(i * 256, (i + 1) * 256)))
    expect(tile(ledger.dir, 1, 0).equals(Buffer.from(roots.join(''), 'latin1'))).toBe(true)
    expect(tile(ledger.dir, 2, 0, 1).equals(Buffer.from(rootOf(roots), 'latin1'))).toBe(true)
    rmSync(join(ledger.dir, 'tile', '1'), { recursive: true })
    ledger = openTest(root, options)
    await fill(ledger, 65_536 - 10)
    await ledger.close()
    ledger = openTest(root, options)
    await fill(ledger, 1)
    await ledger.close()
    const all = await leavesOf(root)
    const second = Array.from({ length: 256 }, (_, i) => rootOf(all.slice(65_536 + i * 256, 65_536 + (i + 1) * 256)))
    expect(tile(ledger.dir, 1, 1).equals(Buffer.from(second.join(''), 'latin1'))).toBe(true)
    const wide = join(ledger.dir, tileFile({ level: 2, index: 0, width: 2 }))
    expect(statSync(wide).size).toBe(64)
    expect(readFileSync(wide).equals(Buffer.from(rootOf(roots) + rootOf(second), 'latin1'))).toBe(true)
  })
})
