/**
 * Processes that write under load are killed at a random moment, again and again, each time to be followed by one that goes
 * on. Whatever they were promised must be there, once; whatever they were not promised may be there, once.
 * TRAILMARK_KILLS sets the number of kills.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStreams, openLedger, readEntries } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { expect, it } from 'vitest'
import { testSigner } from '../../packages/ledger/src/signer.fixture.ts'
import { fromSources, repository } from '../process/repository.ts'
import { fillCompileCache } from './compile-cache.ts'

const kills = Number(process.env['TRAILMARK_KILLS'] ?? 1000)
/** Ledgers side by side, each with one process at a time: while one starts, the others write. */
const lanes = 2 * Math.min(4, availableParallelism())
const program = join(repository, 'packages', 'ledger', 'src', 'writing-child.fixture.ts')

interface Death {
  readonly opening: { readonly writer: string; readonly next: number }
  readonly acknowledged: readonly string[]
}

/** Lets a child write and kills it `afterMs` after its log was open, or after its first promise; gives what it said. */
async function writeAndDie(
  dir: string,
  name: string,
  together: number,
  afterPromise: boolean,
  cache: string,
): Promise<Death> {
  const afterMs = Math.random() * 40
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: cache }
  const args = [fromSources, program, join(dir, 'audit.standard'), name, '0', String(together)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let output = ''
  let dies = false
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (dies || output.split('\n').length <= (afterPromise ? 2 : 1)) return
    dies = true
    setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  const signal = await new Promise((resolve) => child.on('close', (_, killedBy) => resolve(killedBy)))
  expect(signal).toBe('SIGKILL')
  // The last line may be cut off by the kill; it is then no promise anybody could read.
  const [first = '', ...acknowledged] = output.slice(0, output.lastIndexOf('\n')).split('\n')
  return { opening: JSON.parse(first.slice('open '.length)), acknowledged }
}

/** One ledger, and what was promised in it. Every start has to find the log sound: it goes on in the same directory. */
async function runLane(dir: string, rounds: number, cache: string): Promise<number> {
  const promised = new Set<string>()
  let writer: string | undefined
  let next = 0
  for (let round = 0; round < rounds; round++) {
    const together = [1, 16, 128][round % 3] ?? 1
    // Every second one keeps a promise first, however busy the machine is.
    const { opening, acknowledged } = await writeAndDie(dir, `r${round}`, together, round % 2 === 0, cache)
    writer ??= opening.writer
    expect(opening.writer, `round ${round}`).toBe(writer)
    expect(opening.next, `round ${round}`).toBeGreaterThanOrEqual(next)
    next = opening.next + acknowledged.length
    for (const id of acknowledged) promised.add(id)
  }
  await expectKept(dir, promised)
  return promised.size
}

async function expectKept(dir: string, promised: ReadonlySet<string>): Promise<void> {
  const signer = testSigner()
  const options = { origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer }
  const ledger = openLedger({ dir: join(dir, 'audit.standard'), ...options })
  expect(ledger.opening.refused).toEqual([])
  ledger.closeSync()
  const streams = await findStreams(dir)
  expect(streams).toHaveLength(1)
  const seen = new Set<string>()
  for (const stream of streams) {
    for await (const { n, line } of readEntries(stream)) {
      const id = /"id":"([^"]*)"/.exec(line)?.[1] ?? ''
      expect(n).toBe(seen.size)
      expect(seen.has(id), `${id} twice`).toBe(false)
      seen.add(id)
    }
  }
  expect([...promised].filter((id) => !seen.has(id))).toEqual([])
  const report = await verify(dir, { publicKeys: [signer.publicKey] })
  expect(report).toMatchObject({ ok: true, pinned: true, streams: [{ entries: seen.size }] })
}

it(`${kills} kills leave nothing acknowledged missing, and nothing twice`, async () => {
  const place = mkdtempSync(join(tmpdir(), 'trailmark-kill-'))
  try {
    await fillCompileCache(join(place, 'cache'), 'packages/ledger/src/index.ts')
    const all = Array.from({ length: lanes }, (_, lane) => {
      const rounds = Math.floor(kills / lanes) + (lane < kills % lanes ? 1 : 0)
      return runLane(join(place, String(lane)), rounds, join(place, 'cache'))
    })
    // All of them end before their files are removed.
    const settled = await Promise.allSettled(all)
    expect(settled.filter((one) => one.status === 'rejected')).toEqual([])
    const promised = settled.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0)
    expect(promised).toBeGreaterThanOrEqual(kills / 2)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
