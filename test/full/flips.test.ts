/** Bits of a ledger are turned, one at a time, and each time the verifier says so. TRAILMARK_FLIPS sets how many of the second. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { testSigner } from '../../packages/ledger/src/signer.fixture.ts'
import { onAllCores } from './both-cores.ts'
import type { Result, Share } from './flips.worker.ts'

const flips = Number(process.env['TRAILMARK_FLIPS'] ?? 50_000)
const shares = 8
const worker = new URL('./flips.worker.ts', import.meta.url)

let place: string
beforeEach(() => {
  // A file system in memory, where there is one: each bit is two writes.
  place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'trailmark-flips-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

async function makeStream(entries: number): Promise<string> {
  const stream = join(place, 'audit.standard')
  const options = { origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer: testSigner() }
  const ledger = openLedger({ dir: stream, ...options })
  for (let i = 0; i < entries; i++) ledger.append(`"i":${i}`)
  await ledger.close()
  expect((await verify(stream)).ok).toBe(true)
  return stream
}

async function turn(stream: string, choose: (share: number) => Partial<Share>): Promise<Result> {
  const all = Array.from({ length: shares }, (_, i) => ({ stream, place: join(place, `share ${i}`), ...choose(i) }))
  const results = await onAllCores<Result>(worker, all)
  return {
    turned: results.reduce((sum, one) => sum + one.turned, 0),
    missed: results.flatMap((one) => one.missed),
  }
}

it('every turned bit of every file of a ledger of 50 records is detected', async () => {
  const stream = await makeStream(50)
  const files = readdirSync(stream, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(stream, name)).isFile(),
  )
  const bits = files.reduce((sum, name) => sum + statSync(join(stream, name)).size * 8, 0)
  const { turned, missed } = await turn(stream, (rest) => ({ every: { of: shares, rest } }))
  expect(missed).toEqual([])
  expect(turned).toBe(bits)
})

it(`${flips} turned bits of a ledger of 2,000 records are detected`, async () => {
  const stream = await makeStream(2000)
  const { turned, missed } = await turn(stream, (seed) => ({ seeds: { seed, count: Math.ceil(flips / shares) } }))
  expect(missed).toEqual([])
  expect(turned).toBeGreaterThanOrEqual(flips)
}, 1_800_000)
