import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { verify } from '@trailmark/ledger/verify'
import { fromSources } from '../process/repository.ts'
import { coldProofs } from './ledger-prove.ts'
import { show, spread } from './median.ts'

/**
 * Does anything get slower as a log grows? One log is written up to each size in turn; at each it is closed, opened, proved from
 * and verified, before it grows on.
 *
 * TRAILMARK_BENCH_LARGE=1 goes on to ten million records, which take 8 GB of disk and some minutes.
 */
const sizes = [10_000, 100_000, 1_000_000, ...(process.env['TRAILMARK_BENCH_LARGE'] === '1' ? [10_000_000] : [])]
const proofs = 5

/** What the program that writes the log tells at each size. */
interface Grown {
  readonly size: number
  readonly cpuMicros: readonly number[]
  readonly openMs: readonly number[]
  readonly bytes: number
  readonly writer: string
}

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  const dir = join(home, 'log')
  const program = fileURLToPath(new URL('./measured/growth.ts', import.meta.url))
  const child = spawn(process.execPath, [fromSources, program, dir, ...sizes.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const rows: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      const grown: Grown = JSON.parse(line)
      rows.push(await row(grown, dir))
      child.stdin.write('on\n')
    }
    if (rows.length < sizes.length) throw new Error(`the log stopped growing at ${sizes[rows.length]} records`)
    return { title: 'A log that grows', markdown: page(rows) }
  } finally {
    await end(child)
    rmSync(home, { recursive: true, force: true })
  }
}

async function row({ size, cpuMicros, openMs, bytes, writer }: Grown, dir: string): Promise<string> {
  const proved = coldProofs(writer, size, proofs)
  const verifyMs: number[] = []
  for (let round = 0; round < (size < 1_000_000 ? 3 : 1); round++) {
    const started = performance.now()
    const { streams } = await verify(dir)
    verifyMs.push(performance.now() - started)
    if (!streams.every((stream) => stream.integrity.ok)) throw new Error('the log that was just written is not whole')
  }
  const cells = [
    size.toLocaleString('en-US'),
    show(spread(cpuMicros), 1),
    show(spread(openMs), 1),
    show(spread(proved), 1),
    show(spread(verifyMs), 0),
    show(spread(verifyMs.map((ms) => (ms * 1000) / size)), 2),
    (bytes / size).toFixed(0),
  ]
  return `| ${cells.join(' | ')} |`
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function page(rows: readonly string[]): string {
  return `One log of entries of 740 bytes, measured at each size: the CPU of the last 5,000 appended, in groups of 1,000; opening it again; an
inclusion proof by a process that has read nothing; verifying all of it on all cores; what it takes of the disk, tree and
checkpoints included. Median and middle half.

| records | append, CPU µs | open, ms | prove, ms | verify, ms | verify, µs/record | bytes/record on disk |
|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`
}
