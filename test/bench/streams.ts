import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figures, figure, measureInChild } from './measure-in-child.ts'
import { show, spread } from './median.ts'

/**
 * What does a ledger more cost? Every stream and every retention class has one of its own, with its own files, checkpoints and
 * `fdatasync`: the same entries go to 1, 4, 16 and 64 of them.
 */
const counts = [1, 4, 16, 64] as const
const rounds = Math.min(Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 3), 3)
const entries = 10_000

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const found = new Map(counts.map((count): [number, Figures[]] => [count, []]))
    for (let round = 0; round < rounds; round++) {
      for (const [count, figures] of found) {
        const args = [join(home, `${round}-${count}`), `${count}`, `${entries}`]
        figures.push(await measureInChild('streams', args, { flags: ['--expose-gc'] }))
      }
    }
    return { title: 'Open streams', markdown: page([...found].map(([count, figures]) => row(count, figures))) }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function row(count: number, found: readonly Figures[]): string {
  const of = (name: string, digits: number): string => show(spread(found.map((one) => figure(one, name))), digits)
  const cells = [
    `${count}`,
    of('cpuMicros', 1),
    of('perSecond', 0),
    of('p99Ms', 1),
    of('openMs', 1),
    of('kilobytes', 0),
    of('idleMicros', 0),
  ]
  return `| ${cells.join(' | ')} |`
}

function page(rows: readonly string[]): string {
  return `${entries.toLocaleString('en-US')} entries of 740 bytes, to the open ledgers in turn, 128 callers who each wait for their durable receipt; each sample is a process of
its own, ${rounds} for each row in turns. Opening and memory are for one ledger; CPU while idle is of the whole process with all of
them open and nothing to do, in µs for each second.

| open ledgers | CPU µs/entry | entries/s | p99 ms | open ms | kB each | idle µs/s |
|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`
}
