/**
 * A segment that this process wrote is sealed by the hash of its file; any other one line by line. Both ways say the same.
 */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { Ledger } from '../ledger.ts'
import { verify } from '../verify.ts'

const sealsIn = (dir: string): Map<string, string> => {
  const names = readdirSync(join(dir, 'seg')).filter((one) => one.endsWith('.seal'))
  return new Map(names.map((one) => [one, readFileSync(join(dir, 'seg', one), 'utf8')]))
}

/** Appends in bursts; each is at least a batch of its own unless the next follows at once. */
async function append(ledger: Ledger, bursts: readonly number[], how: 'wait' | 'at once' | 'blocking'): Promise<void> {
  for (const count of bursts) {
    for (let i = 0; i < count; i++) ledger.append(`"id":"${'é'.repeat(i % 50)}${i}"`)
    if (how === 'wait') await ledger.flush()
    if (how === 'blocking') ledger.flushSync()
  }
}

/** The paths that were opened for reading while segments were sealed. */
const readPaths = (disk: FaultDisk): string[] =>
  disk.calls.filter((call) => call.name === 'later.read').map((call) => call.path)

describe('the two ways to seal', () => {
  it('say the same byte for byte, for any sizes, batches and borders', { timeout: 60_000 }, async () => {
    const bursts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 3 })
    const how = fc.constantFrom('wait' as const, 'at once' as const, 'blocking' as const)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bursts, how), { minLength: 1, maxLength: 4 }), async (segments) => {
        const root = temporaryDirectory()
        const ledger = openTest(root)
        for (const [sizes, one] of segments) {
          await append(ledger, sizes, one)
          await ledger.seal()
        }
        await ledger.close()
        const cheap = sealsIn(ledger.dir)
        expect(cheap.size).toBe(segments.length)
        for (const name of cheap.keys()) rmSync(join(ledger.dir, 'seg', name))
        const again = openTest(root)
        for (let i = 0; i < 10_000 && sealsIn(ledger.dir).size < cheap.size; i++) await sleep(2)
        await again.close()
        expect(sealsIn(ledger.dir)).toEqual(cheap)
        expect((await verify(root)).streams[0]?.integrity.breaks).toEqual([])
        rmSync(root, { recursive: true })
      }),
      { numRuns: 15 },
    )
  })

  it('say the same of whole segments and their borders', { timeout: 60_000 }, async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root, { ack: 'queued' })
    await append(ledger, [100], 'wait')
    await ledger.seal()
    await append(ledger, [65_536, 65_536], 'wait')
    await ledger.seal()
    await ledger.close()
    const cheap = sealsIn(ledger.dir)
    expect([...cheap.keys()]).toEqual([
      '000000000000.seal',
      '000000000100.seal',
      '000000065536.seal',
      '000000131072.seal',
    ])
    for (const name of cheap.keys()) rmSync(join(ledger.dir, 'seg', name))
    const again = openTest(root)
    for (let i = 0; i < 6000 && sealsIn(ledger.dir).size < cheap.size; i++) await sleep(5)
    await again.close()
    expect(sealsIn(ledger.dir)).toEqual(cheap)
  })
})

describe('a segment that this process wrote', () => {
  it('is read once and nothing beside it, the one an earlier process began together with its neighbours', async () => {
    const root = temporaryDirectory()
    const disk = new FaultDisk()
    const first = openTest(root, { disk })
    await append(first, [20], 'wait')
    await first.seal()
    await append(first, [7], 'wait')
    const read = readPaths(disk)
    expect(read.filter((path) => path.endsWith('000000000000.jsonl'))).toHaveLength(2) // a slice, and the end
    const before = disk.calls.filter((call) => call.name === 'later.open' && call.path.endsWith('.jsonl')).length
    await first.seal()
    const opened = disk.calls.filter((call) => call.name === 'later.open' && call.path.endsWith('.jsonl')).slice(before)
    expect(opened.map((call) => call.path.slice(-18))).toEqual(['000000000020.jsonl'])
    expect(readPaths(disk).some((path) => path.endsWith('000000000000.seal'))).toBe(false)
    await append(first, [5], 'wait')
    await first.close()
    const later = new FaultDisk()
    const second = openTest(root, { disk: later })
    await append(second, [5], 'wait')
    await second.seal()
    await second.close()
    expect(readPaths(later).some((path) => path.endsWith('000000000020.seal'))).toBe(true)
  })

  it.each<[string, (path: string) => void]>([
    ['a byte changed', (path) => edit(path, (bytes) => bytes.writeUInt8((bytes[40] ?? 0) ^ 1, 40))],
    ['the last byte changed', (path) => edit(path, (bytes) => bytes.writeUInt8(11, bytes.length - 1))],
    ['a byte behind its end', (path) => appendFileSync(path, 'x')],
    ['a slice behind its end', (path) => appendFileSync(path, 'x'.repeat(200_000))],
  ])('is not sealed with %s', async (_, change) => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await append(ledger, [300], 'wait')
    change(join(ledger.dir, 'seg', '000000000000.jsonl'))
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_SEAL_MISMATCH' })
    await ledger.close()
    expect(sealsIn(ledger.dir).size).toBe(0)
  })

  it('is not sealed when it was cut short or is gone before it is read back', async () => {
    for (const change of [(path: string) => truncateSync(path, 100), (path: string) => rmSync(path)]) {
      const root = temporaryDirectory()
      const disk = new FaultDisk()
      const ledger = openTest(root, { disk })
      await append(ledger, [300], 'wait')
      const path = join(ledger.dir, 'seg', '000000000000.jsonl')
      chmodSync(path, 0o600)
      let changed = false
      disk.wait = (call) => {
        if (call.name === 'later.chmod' && !changed) {
          changed = true
          change(path)
        }
        return undefined
      }
      await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_SEAL_MISMATCH' })
      await ledger.close()
      expect(existsSync(path.replace('jsonl', 'seal'))).toBe(false)
    }
  })
})

function edit(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path)
  change(bytes)
  writeFileSync(path, bytes)
}
