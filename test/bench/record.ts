import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Audit, createAudit } from '@trailmark/core'
import { type Spread, show, spread } from './median.ts'

/** What does one call of `record()` cost its caller, from the call to its return, with the real ledger behind it? */
const population = 100_000
const perBatch = 500
const warming = 60
const knownBatches = 120
const newBatches = 40

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
  // Everybody's key is made and on disk before the clock starts.
  for (let from = 0; from < population; from += perBatch) await batch(audit, (one) => `usr_${from + one}`)
  for (let i = 0; i < warming; i++) await batch(audit, () => `usr_${zipf()}`)
  const known: number[] = []
  for (let i = 0; i < knownBatches; i++) known.push(await batch(audit, () => `usr_${zipf()}`))
  const strangers: number[] = []
  for (let i = 0; i < newBatches; i++) strangers.push(await batch(audit, (one) => `new_${i * perBatch + one}`))
  await audit.close()
  rmSync(home, { recursive: true, force: true })
  const cost = spread(known)
  return {
    title: 'record()',
    markdown: `Caller's cost of \`record('data_access', …)\` with an actor and a target, from the call to its return, real ledger and keys, batches of ${perBatch}
with everything durable between them. Known people are drawn by Zipf from ${population.toLocaleString('en')} whose keys were made before; of these the latest are in memory, and
whoever was not seen for long is unwrapped once more. A new person costs a key and the record of its birth.

| who acts | µs a call: median of batches and their middle half | quickest batch |
|---|---:|---:|
${row('somebody known', cost, known)}
${row('somebody new each time', spread(strangers), strangers)}

Mark: ${cost.median <= 5 ? 'the goal of 5 µs is kept' : cost.median <= 10 ? 'the gate of 10 µs is kept, the goal of 5 µs is not' : 'the gate of 10 µs is missed'} for known people.`,
  }
}

function row(who: string, cost: Spread, all: readonly number[]): string {
  return `| ${who} | ${show(cost)} | ${Math.min(...all).toFixed(2)} |`
}

/** The mean of one batch in µs a call. What the calls say is made before the clock starts. */
async function batch(audit: Audit, person: (one: number) => string): Promise<number> {
  const events = Array.from({ length: perBatch }, (_, one) => ({
    actor: { id: person(one) },
    targets: [{ type: 'patient', id: `pat_${one}` }],
  }))
  const started = process.hrtime.bigint()
  for (const event of events) audit.record('data_access', event)
  const took = Number(process.hrtime.bigint() - started) / 1000 / perBatch
  await audit.flush()
  return took
}

/** Drawn as real traffic draws: a few people often, most of them rarely. */
function zipf(): number {
  return Math.floor(population ** Math.random())
}
