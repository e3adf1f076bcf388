import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Call, FaultDisk } from '../fault-disk.fixture.ts'
import { allIds, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { Ledger, LedgerFact } from '../ledger.ts'
import { verify } from '../verify.ts'

const reserveBytes = 1_000_000
const reserveOf = (ledger: Ledger): string => join(ledger.dir, 'RESERVE')
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? -1

async function until(test: () => boolean): Promise<void> {
  for (let i = 0; i < 2500 && !test(); i++) await sleep(10)
  expect(test()).toBe(true)
}

/** A disk that is full as long as the reserve is there, and stays full for anything that would take its place. */
function fullDisk(): { disk: FaultDisk; full: (value: boolean) => void; isFull: () => boolean } {
  let full = false
  const takesSpace = ({ name, path }: Call): boolean =>
    name.endsWith('write') &&
    (path.endsWith('RESERVE') || (path.endsWith('.jsonl') && existsSync(join(path, '../../RESERVE'))))
  const disk = new FaultDisk((call) => (full && takesSpace(call) ? 'before' : undefined))
  disk.errorCode = 'ENOSPC'
  return { disk, full: (value) => (full = value), isFull: () => full }
}

describe('a reserve', () => {
  it('is made behind the opening, of real bytes, and found again by the next', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root, { reserveBytes })
    await ledger.append('"id":"a"').durable
    await until(() => sizeOf(reserveOf(ledger)) === reserveBytes)
    expect(statSync(reserveOf(ledger)).blocks * 512).toBeGreaterThanOrEqual(reserveBytes)
    await ledger.close()
    const { mtimeMs } = statSync(reserveOf(ledger))
    const again = openTest(root, { reserveBytes })
    await sleep(1200)
    await again.close()
    expect(statSync(reserveOf(ledger)).mtimeMs).toBe(mtimeMs)
    expect((await verify(root)).streams[0]?.notes.map((note) => note.code)).not.toContain('LEDGER_FILE_UNKNOWN')
  })

  it('is given up when the disk is full, so that what is told then is written, and made again afterwards', async () => {
    const root = temporaryDirectory()
    const { disk, full } = fullDisk()
    const facts: LedgerFact[] = []
    const ledger: Ledger = openTest(root, {
      disk,
      reserveBytes,
      onFact(fact) {
        facts.push(fact)
        if (fact.kind === 'full') ledger.append('"id":"full"', true)
      },
    })
    await ledger.append('"id":"first"').durable
    await until(() => sizeOf(reserveOf(ledger)) === reserveBytes)
    full(true)
    await ledger.append('"id":"second"').durable
    await ledger.flush()
    expect(existsSync(reserveOf(ledger))).toBe(false)
    expect(facts.map((fact) => fact.kind)).toEqual(['full'])
    expect(ledger.state).toMatchObject({ healthy: false, failure: { code: 'LEDGER_FULL', final: false }, durable: 2 })
    full(false)
    await until(() => facts.length > 1)
    expect(facts.map((fact) => fact.kind)).toEqual(['full', 'writable'])
    expect(ledger.state.healthy).toBe(true)
    expect(sizeOf(reserveOf(ledger))).toBe(reserveBytes)
    await ledger.close()
    expect((await allIds(root)).sort()).toEqual(['first', 'full', 'second'])
    expect((await verify(root)).streams[0]?.integrity.breaks).toEqual([])
  })

  it('makes room for the last records of a process that ends', async () => {
    for (const end of ['close', 'closeSync'] as const) {
      const root = temporaryDirectory()
      const { disk, full } = fullDisk()
      const ledger = openTest(root, { disk, reserveBytes })
      await ledger.append('"id":"first"').durable
      await until(() => sizeOf(reserveOf(ledger)) === reserveBytes)
      full(true)
      const last = ledger.append('"id":"last"')
      await ledger[end]()
      expect((await last.durable).n).toBe(1)
      expect(await allIds(root)).toEqual(['first', 'last'])
    }
  })

  it('does not hide that the disk is full when it is used up, and everything comes when there is space', async () => {
    const root = temporaryDirectory()
    let full = false
    const disk = new FaultDisk(({ name, path }) =>
      full && name.endsWith('write') && /RESERVE$|\.jsonl$/.test(path) ? 'before' : undefined,
    )
    disk.errorCode = 'ENOSPC'
    const facts: LedgerFact[] = []
    const ledger = openTest(root, { disk, reserveBytes, onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"0"').durable
    await until(() => sizeOf(reserveOf(ledger)) === reserveBytes)
    full = true
    const receipts = ['1', '2'].map((id) => ledger.append(`"id":"${id}"`))
    await until(
      () => disk.calls.filter(({ name, path }) => name === 'later.write' && path.endsWith('.jsonl')).length > 3,
    )
    expect(facts.map((fact) => fact.kind)).toEqual(['full'])
    expect(ledger.state).toMatchObject({ healthy: false, queuedEntries: 2 })
    full = false
    await Promise.all(receipts.map((one) => one.durable))
    await until(() => facts.length > 1)
    await ledger.close()
    expect(facts.map((fact) => fact.kind)).toEqual(['full', 'writable', 'closed'])
    expect(await allIds(root)).toEqual(['0', '1', '2'])
  })

  it('that cannot be made leaves nothing behind and nothing broken', async () => {
    const disk = new FaultDisk(({ name, path, index }) =>
      name === 'later.write' && path.endsWith('RESERVE') && index > 0 ? 'after' : undefined,
    )
    const ledger = openTest(temporaryDirectory(), { disk, reserveBytes })
    await ledger.append('"id":"a"').durable
    await until(() => disk.calls.some(({ name, path }) => name === 'later.remove' && path.endsWith('RESERVE')))
    expect(ledger.state.healthy).toBe(true)
    await ledger.close()
    expect(existsSync(reserveOf(ledger))).toBe(false)
  })

  it('of a real file system that is full gives the ledger its space', async (context) => {
    const mount = temporaryDirectory()
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount]).status !== 0) context.skip()
    onTestFinished(() => void spawnSync('umount', [mount]))
    const facts: LedgerFact[] = []
    const ledger = openTest(join(mount, 'audit.standard'), { reserveBytes, onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"first"').durable
    await until(() => sizeOf(reserveOf(ledger)) === reserveBytes)
    const ballast = join(mount, 'ballast')
    for (let bytes = 3 << 20; bytes >= 4096; bytes >>= 1)
      try {
        writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' })
      } catch {
        // Full, as it should be.
      }
    const fill = 'x'.repeat(9000)
    const receipts = Array.from({ length: 20 }, (_, i) => ledger.append(`"id":"${i}","fill":"${fill}"`))
    await Promise.all(receipts.map((one) => one.durable))
    expect(facts.map((fact) => fact.kind)).toEqual(['full'])
    rmSync(ballast)
    await until(() => facts.length > 1)
    await ledger.close()
    expect(facts.map((fact) => fact.kind)).toEqual(['full', 'writable', 'closed'])
  })

  it('of an impossible size is refused, naming the option', () => {
    for (const bytes of [-1, 1.5, Number.NaN, 2 ** 31])
      expect(() => openTest(temporaryDirectory(), { reserveBytes: bytes })).toThrow(/reserveBytes/)
  })
})
