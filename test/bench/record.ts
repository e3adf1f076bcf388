import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit } from '@trailmark/core'
import { show, spread } from './median.ts'

/** What does one call of `record()` cost its caller, from the call to its return, with the real ledger behind it? */
const batches = 60
const perBatch = 500

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  const audit = createAudit({
    service: 'bench',
    ledger: 'disk',
    dir: join(home, 'trail'),
    keysDir: join(home, 'keys'),
    operational: 'none',
    signals: false,
  })
  const people = zipf(100_000, batches * perBatch)
  const costs: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const started = process.hrtime.bigint()
    for (let one = 0; one < perBatch; one++) {
      audit.record('data_access', {
        actor: { id: `usr_${people[batch * perBatch + one]}` },
        targets: [{ type: 'patient', id: `pat_${one}` }],
      })
    }
    costs.push(Number(process.hrtime.bigint() - started) / 1000 / perBatch)
    await audit.flush()
  }
  await audit.close()
  rmSync(home, { recursive: true, force: true })
  const warm = costs.slice(batches / 4)
  const heap = process.memoryUsage().heapUsed / 2 ** 20
  return {
    title: 'record()',
    markdown: `Caller's cost of \`record('data_access', …)\` with an actor (Zipf over 100,000 people) and a target, real ledger and keys, batches of ${perBatch}:
**${show(spread(warm))} µs** a call (median of ${warm.length} batches and their middle half). Heap at the end: ${heap.toFixed(0)} MiB.`,
  }
}

/** Ids drawn as real traffic draws them: a few people often, most of them rarely. */
function zipf(population: number, count: number): number[] {
  return Array.from({ length: count }, () => Math.floor(population ** Math.random()))
}
