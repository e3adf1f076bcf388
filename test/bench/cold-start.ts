import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Figures, figure, measureInChild } from './measure-in-child.ts'
import { show, spread } from './median.ts'

/**
 * How much later does an application answer its first request? Each sample is a fresh process that loads the packages, in
 * their published form and after the framework, and starts them: a first time, where keys and ledgers are made, then again.
 */
const whats = ['pino-http', 'express', 'fastify', 'koa'] as const
const rounds = Math.min(Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 9), 9)
const markMs = 50

interface Samples {
  readonly first: Figures[]
  readonly again: Figures[]
}

export async function run(): Promise<{ title: string; markdown: string }> {
  build()
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const samples = new Map(whats.map((what): [string, Samples] => [what, { first: [], again: [] }]))
    for (let round = 0; round < rounds; round++) {
      for (const what of whats) {
        const env = {
          TRAILMARK_DIR: join(home, `${what}-${round}`),
          TRAILMARK_KEYS_DIR: join(home, `${what}-${round}-k`),
        }
        for (const time of ['first', 'again'] as const)
          samples.get(what)?.[time].push(await measureInChild('cold-start', [what], { built: true, env }))
      }
    }
    const rows: string[] = []
    for (const [what, found] of samples) rows.push(await row(what, found, home))
    return { title: 'Cold start', markdown: page(rows) }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function row(what: string, { first, again }: Samples, home: string): Promise<string> {
  const env = { TRAILMARK_DIR: join(home, what), TRAILMARK_KEYS_DIR: join(home, `${what}-k`) }
  const counted = await measureInChild('cold-start', [what, 'count'], { built: true, env })
  const of = (name: string, from: readonly Figures[]): string => show(spread(from.map((one) => figure(one, name))), 0)
  const both = [...first, ...again]
  const cells = [
    what === 'pino-http' ? '`pino-http` on Express' : `\`@trailmark/${what}\``,
    `${figure(counted, 'importFiles')}`,
    of('framework', both),
    of('import', both),
    of('importCpu', both),
    of('start', first),
    of('startCpu', first),
    of('start', again),
    of('startCpu', again),
  ]
  return `| ${cells.join(' | ')} |`
}

function page(rows: readonly string[]): string {
  return `Milliseconds in a fresh process on the packages as published, ${rounds} of each kind in turns: loading the framework, then loading the adapter with all it
imports, then \`auditMiddleware()\` (Fastify: \`register\`), first where neither keys nor ledgers exist yet, then where they do. CPU is
the main thread's, which a busy machine changes least. The mark is ${markMs} ms for \`auditMiddleware()\`.

| what | files loaded | framework | import | its CPU | first start | its CPU | later starts | their CPU |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`
}
