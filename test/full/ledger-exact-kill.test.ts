/**
 * A process kills itself right before each of its disk calls, whatever it is doing: opening, writing, putting a checkpoint in
 * place, ending a segment, sealing it, closing. Real processes, real files, the real SIGKILL.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findStreams, openLedger, readEntries } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { expect, it } from 'vitest'
import { testSigner } from '../../packages/ledger/src/signer.fixture.ts'
import { start } from '../process/child.ts'
import { fromSources } from '../process/repository.ts'
import { fillCompileCache } from './compile-cache.ts'

const program = fileURLToPath(new URL('./dying-child.ts', import.meta.url))

/** Undefined when the process made no such call and ended by itself. */
async function dieBefore(call: number, place: string): Promise<string | undefined> {
  const root = join(place, `call ${call}`, 'audit.standard')
  const env = { NODE_COMPILE_CACHE: join(place, 'cache') }
  const child = start(process.execPath, [fromSources, program, root, String(call)], { cwd: place, env })
  const { code } = await child.ended
  expect(child.stderr()).toBe('')
  await expectWhole(root, child.stdout())
  return code === 0 ? undefined : (/dies before (.*)/.exec(child.stdout())?.[1] ?? '')
}

async function expectWhole(root: string, output: string): Promise<void> {
  const promised = [...output.matchAll(/^durable (.)$/gm)].map(([, id]) => id)
  const signer = testSigner()
  const options = { origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer }
  // A minute later: by then a lock that its holder had no time to write may be taken over as well.
  const ledger = openLedger({ dir: root, clock: { now: () => Date.now() + 60_000 }, ...options })
  expect(ledger.opening.refused, output).toEqual([])
  await ledger.append('"id":"after"').durable
  await ledger.close()
  const ids: string[] = []
  for (const stream of await findStreams(root)) {
    for await (const { line } of readEntries(stream)) ids.push(/"id":"([^"]*)"/.exec(line)?.[1] ?? '')
  }
  expect(new Set(ids).size, output).toBe(ids.length)
  expect(
    promised.filter((id) => id === undefined || !ids.includes(id)),
    output,
  ).toEqual([])
  const { ok, streams } = await verify(root, { publicKeys: [signer.publicKey] })
  expect([ok, streams.length], output).toEqual([true, 1])
}

it('a process that dies right before any of its disk calls leaves a sound log with all that it promised', async () => {
  const place = mkdtempSync(join(tmpdir(), 'trailmark-exact-kill-'))
  await fillCompileCache(join(place, 'cache'), 'packages/ledger/src/index.ts')
  const died: string[] = []
  let next = 0
  let ended = false
  const lane = async (): Promise<void> => {
    while (!ended) {
      const where = await dieBefore(next++, place)
      if (where === undefined) ended = true
      else died.push(where)
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(4, availableParallelism()) }, lane))
  rmSync(place, { recursive: true, force: true })
  expect(lanes.filter((one) => one.status === 'rejected')).toEqual([])
  // Both moments that matter most are among them.
  expect(died).toContainEqual(expect.stringMatching(/rename .*\/checkpoint$/))
  expect(died).toContainEqual(expect.stringMatching(/open .*\/seg\/000000000003\.jsonl$/))
  expect(died.length).toBeGreaterThan(100)
})
