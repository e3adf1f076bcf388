import { cpSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { segmentFile } from '../layout.ts'
import { closedLedger, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { hashToHex, leafOf, Tree } from '../tree.ts'
import type { HeldRoot } from './held-root.ts'
import { verify } from './verify.ts'

/** What somebody writes down who verifies a trail now. */
async function rootsOf(root: string): Promise<HeldRoot[]> {
  return (await verify(root)).streams.flatMap(({ origin, checkpoint }) =>
    checkpoint ? [{ origin, ...checkpoint }] : [],
  )
}

async function grow(root: string, count: number): Promise<void> {
  const ledger = openTest(root)
  for (let i = 0; i < count; i++) ledger.append(`"id":"later ${i}"`)
  await ledger.close()
}

describe('a log whose root somebody kept', () => {
  it('is the same log however far it has grown since', async () => {
    const { root } = await closedLedger(5)
    const heldRoots = await rootsOf(root)
    await grow(root, 40)
    heldRoots.push(...(await rootsOf(root)))
    await grow(root, 7)
    expect(await verify(root, { heldRoots })).toMatchObject({ ok: true, lost: [], streams: [{ entries: 52 }] })
  })

  it('cannot be put back to an older state, which is sound in itself', async () => {
    const { root } = await closedLedger(5)
    const older = join(temporaryDirectory(), 'older')
    cpSync(root, older, { recursive: true })
    await grow(root, 4)
    const heldRoots = await rootsOf(root)
    expect((await verify(older)).ok).toBe(true)
    const { ok, streams } = await verify(older, { heldRoots })
    expect(ok).toBe(false)
    expect(streams[0]?.integrity.breaks).toMatchObject([{ code: 'LEDGER_ROOT_HELD', n: 5 }])
  })

  it('cannot be written anew under the same key and the same name', async () => {
    const { root, dir } = await closedLedger(5)
    const heldRoots = await rootsOf(root)
    const other = await closedLedger(9, temporaryDirectory(), (i) => `"id":"other ${i}"`)
    const origin = `clinic/audit.standard/${basename(other.dir)}`
    const forged = heldRoots.map((one) => ({ ...one, origin }))
    expect((await verify(other.root, { publicKeys: [testSigner().publicKey] })).ok).toBe(true)
    const { ok, streams } = await verify(other.root, { heldRoots: forged })
    expect(ok).toBe(false)
    expect(streams[0]?.integrity.breaks).toMatchObject([{ code: 'LEDGER_ROOT_HELD' }])
    expect(dir).not.toBe(other.dir)
  })

  it.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY])('never had the size %d, whatever its root', async (size) => {
    const { root } = await closedLedger(5)
    const [held] = await rootsOf(root)
    const heldRoots = [{ origin: '', root: '', ...held, size }, ...(held ? [held] : [])]
    const { ok, streams } = await verify(root, { heldRoots })
    expect(ok).toBe(false)
    expect(streams[0]?.integrity.breaks).toMatchObject([{ code: 'LEDGER_ROOT_HELD', n: 5 }])
  })

  it('is compared with as many roots as there were entries', async () => {
    const { root, dir } = await closedLedger(700)
    const [{ origin = '' } = {}] = await rootsOf(root)
    const tree = new Tree()
    const lines = readFileSync(join(dir, segmentFile(0)), 'utf8')
      .split('\n')
      .slice(0, -1)
    const heldRoots = [{ origin, size: 0, root: hashToHex(tree.root()) }]
    for (const line of lines) {
      tree.push(leafOf(line))
      heldRoots.push({ origin, size: tree.size, root: hashToHex(tree.root()) })
    }
    expect(await verify(root, { heldRoots: heldRoots.toReversed() })).toMatchObject({ ok: true })
    const wrong = heldRoots.map((one, i) => ({ ...one, root: heldRoots[i % 300 === 299 ? i - 1 : i]?.root ?? '' }))
    const { streams } = await verify(root, { heldRoots: wrong })
    expect(streams[0]?.integrity.breaks.map(({ n }) => n)).toEqual([299, 599])
  })

  it('is named when its writer is gone', async () => {
    const root = temporaryDirectory()
    const gone = await closedLedger(3, join(root, 'a'))
    await closedLedger(3, join(root, 'b'))
    const heldRoots = await rootsOf(root)
    rmSync(gone.dir, { recursive: true })
    expect((await verify(root)).ok).toBe(true)
    expect(await verify(root, { heldRoots })).toMatchObject({
      ok: false,
      lost: [`clinic/audit.standard/${basename(gone.dir)}`],
    })
  })
})
