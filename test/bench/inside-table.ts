import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask, hear, homes, start, stop } from './http-processes.ts'
import { requestsPerBlock, type Used, warmBlocks } from './inside/drive.ts'
import { spread } from './median.ts'
import { type Variant, variants } from './servers/variant.ts'

/**
 * What does the audit cost inside the process, without the kernel's sockets? Each framework and variant has a process of its
 * own; within a framework they take turns, a block of requests each.
 */
const few: readonly Variant[] = ['bare', 'logger', 'trailmark', 'declared']
const more: readonly Variant[] = ['bare', 'logger', 'logger-async', 'assembled', 'trailmark', 'declared']
const frameworks = { express: more, fastify: more, koa: more, 'express-4': few, nestjs: few, hono: few }
const blocks = Number(process.env['TRAILMARK_BENCH_BLOCKS'] ?? 24)

interface Process {
  readonly variant: Variant
  readonly child: ChildProcess
  readonly used: Used[]
}

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-inside-'))
  const rows: string[] = []
  try {
    for (const [framework, measured] of Object.entries(frameworks)) {
      rows.push(...(await compare(framework, measured, home)))
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  return {
    title: 'CPU inside the process',
    markdown: `The same servers over streams in memory: no sockets, no kernel, so the figures are smaller and steadier than above. ${blocks} blocks of
${requestsPerBlock.toLocaleString('en')} requests for each, in turns, each in a process of its own, after ${(warmBlocks * requestsPerBlock).toLocaleString('en')} to warm it. CPU in µs per request; the main
thread alone, then all threads. Added: minimum less the minimum of the bare framework.

| framework | what runs | main, min | median | added | all threads, min | median |
|---|---|---:|---:|---:|---:|---:|
${rows.join('\n')}`,
  }
}

async function compare(framework: string, measured: readonly Variant[], home: string): Promise<string[]> {
  const processes: Process[] = []
  try {
    for (const variant of measured) processes.push({ variant, child: await open(framework, variant, home), used: [] })
    for (let block = 0; block < blocks; block++) {
      for (const { child, used } of block % 2 === 0 ? processes : processes.toReversed()) {
        used.push(await ask<Used>(child, 'block'))
      }
    }
  } finally {
    await Promise.all(processes.map(({ child }) => stop(child)))
  }
  const base = Math.min(...(processes[0]?.used ?? []).map(({ main }) => main))
  return processes.map(({ variant, used }) => {
    const main = used.map((one) => one.main)
    const all = used.map((one) => one.allThreads)
    const figures = [
      Math.min(...main),
      spread(main).median,
      Math.min(...main) - base,
      Math.min(...all),
      spread(all).median,
    ]
    return `| ${[framework, variants[variant], ...figures.map((one) => one.toFixed(1))].join(' | ')} |`
  })
}

async function open(framework: string, variant: Variant, root: string): Promise<ChildProcess> {
  const home = join(root, `${framework}-${variant}`)
  mkdirSync(home, { recursive: true })
  const out = openSync(join(home, 'stdout.log'), 'a')
  const script = fileURLToPath(new URL('./inside/block.ts', import.meta.url))
  const child = start(0, [script, framework, variant, home], homes(home), out)
  await hear(child)
  return child
}
