/**
 * One log that grows: at each size what an entry costs, how long it takes to go on, and what a record takes of the disk.
 *
 *     node growth.ts <directory> <size> <size> …
 *
 * Prints one line of figures and reads one line before it goes on, so that others can look at a log that is closed.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Ledger, openLedger } from '@trailmark/ledger'
import { benchOptions, body } from '../ledger-log.ts'

const [, , dir = '', ...sizes] = process.argv
const options = benchOptions(dir)
const perBatch = 1000
const opensPerSize = 5
/** Entries at the end of each size that are measured one batch at a time. */
const measured = 5000

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
let ledger = openLedger(options)
let size = 0
for (const wanted of sizes.map(Number)) {
  ledger = await growTo(ledger, wanted - measured)
  const cpuMicros = await appendMeasured(ledger)
  await ledger.close()
  const openMs: number[] = []
  for (let i = 0; i < opensPerSize; i++) {
    const started = performance.now()
    ledger = openLedger(options)
    openMs.push(performance.now() - started)
    await ledger.close()
  }
  const bytes = bytesBelow(dir)
  process.stdout.write(`${JSON.stringify({ size, cpuMicros, openMs, bytes, writer: ledger.dir })}\n`)
  await input.next()
  ledger = openLedger(options)
}
await ledger.close()
process.exit(0)

async function growTo(open: Ledger, wanted: number): Promise<Ledger> {
  while (size < wanted) await append(open, Math.min(perBatch * 4, wanted - size))
  return open
}

async function appendMeasured(open: Ledger): Promise<number[]> {
  const costs: number[] = []
  for (let i = 0; i < measured / perBatch; i++) {
    const before = process.cpuUsage()
    await append(open, perBatch)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / perBatch)
  }
  return costs
}

async function append(open: Ledger, count: number): Promise<void> {
  for (let i = 1; i < count; i++) open.append(body)
  await open.append(body).durable
  size += count
}

function bytesBelow(path: string): number {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
    const found = statSync(join(path, name))
    return sum + (found.isFile() ? found.blocks * 512 : 0)
  }, 0)
}
