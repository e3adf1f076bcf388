import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandNames } from '../../packages/cli/src/commands.ts'
import { repository } from '../process/repository.ts'
import { build, measureInChild } from './measure-in-child.ts'
import { show, spread } from './median.ts'

/**
 * How long does an investigator wait? The questions that the command line answers today, of one trail, each asked by a fresh
 * process as it is typed, beside `grep` over the same files.
 */
const records = process.env['TRAILMARK_BENCH_LARGE'] === '1' ? 1_000_000 : 100_000
const rounds = Math.min(Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 5), 5)
const cli = join(repository, 'packages/cli/lib/main.js')
/** Commands that are planned; those the program does not know yet are named on the page. */
const planned = ['export', 'evidence', 'hold', 'retain', 'purge', 'erase', 'review', 'detect', 'console']

interface Question {
  readonly asks: string
  readonly file: string
  readonly args: readonly string[]
  /** Prints what is found; how many lines of it is told. */
  readonly lists?: true
}

export async function run(): Promise<{ title: string; markdown: string }> {
  build()
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  const [dir, keys] = [join(home, 'trail'), join(home, 'keys')]
  try {
    await measureInChild('write-trail', [dir, keys, `${records}`])
    const questions = await questionsOf(dir, keys)
    const waits = questions.map((): number[] => [])
    const lines: number[] = []
    for (let round = 0; round < rounds; round++) {
      for (const [i, question] of questions.entries()) {
        const { ms, printed } = await askOnce(question, { dir, keys })
        waits[i]?.push(ms)
        lines[i] = printed
      }
    }
    const rows = questions.map(({ asks, lists }, i) => {
      const cells = [asks, lists ? (lines[i] ?? 0).toLocaleString('en-US') : '–', show(spread(waits[i] ?? []), 0)]
      return `| ${cells.join(' | ')} |`
    })
    return { title: 'Asking the trail', markdown: page(rows, segmentsOf(dir)) }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function questionsOf(dir: string, keys: string): Promise<Question[]> {
  const ask = (line: string, ...more: string[]): Question => {
    const args = [cli, ...line.split(' '), '--dir', dir, ...more]
    return {
      asks: `\`trailmark ${line}\``,
      file: process.execPath,
      args,
      ...(line.endsWith('--json') && { lists: true }),
    }
  }
  const found = await promisify(execFile)(process.execPath, ask('query --last 1 --json').args)
  const id = /"id":"([0-9a-f-]{36})"/.exec(found.stdout)?.[1] ?? ''
  const files = segmentsOf(dir).map(({ file }) => file)
  return [
    { asks: '`trailmark --version`', file: process.execPath, args: [cli, '--version'] },
    { asks: '`grep -ch login_failure` over the same files', file: 'grep', args: ['-ch', 'login_failure', ...files] },
    ask('query --type login_failure --json', '--keys', keys),
    ask('query --type login_failure --limit 10 --json', '--keys', keys),
    ask('query --last 20 --json', '--keys', keys),
    ask('query --from 1m --outcome denied --json', '--keys', keys),
    ask('query --actor usr_500 --json', '--keys', keys),
    ask('timeline --actor usr_500 --last 20 --json', '--keys', keys),
    { ...ask(`prove ${id}`), asks: '`trailmark prove <record>`' },
    ask('verify'),
  ]
}

async function askOnce({ file, args }: Question, { dir, keys }: { dir: string; keys: string }) {
  const env = { ...process.env, NODE_OPTIONS: '', TRAILMARK_DIR: dir, TRAILMARK_KEYS_DIR: keys }
  const started = performance.now()
  const { stdout } = await promisify(execFile)(file, args, { env, maxBuffer: 2 ** 30 })
  return { ms: performance.now() - started, printed: stdout.split('\n').length - 1 }
}

function segmentsOf(dir: string): { file: string; bytes: number }[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => ({ file: join(dir, name), bytes: statSync(join(dir, name)).size }))
}

function page(rows: readonly string[], segments: readonly { readonly bytes: number }[]): string {
  const megabytes = (segments.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(0)
  const known = new Set(commandNames)
  const missing = planned.filter((name) => !known.has(name)).map((name) => `\`${name}\``)
  return `A trail of ${records.toLocaleString('en-US')} records, ${megabytes} MB with the ledgers beside it, by 1,000 people; each question in a fresh process on the built
packages, Node's own start included, ${rounds} times in turns. Every read but \`prove\` and \`verify\` is itself recorded.

| question | lines found | ms |
|---|---:|---:|
${rows.join('\n')}

There is no index yet: whatever is asked is read from the segments. Not there to be measured yet: ${missing.join(', ')}.`
}
