import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figures, figure, measureInChild } from './measure-in-child.ts'
import { show, spread } from './median.ts'

/**
 * What does a request hold while it lives, what stays of it, and does the heap come back? Each sample is a process of its own, so
 * two run at once: a busy machine makes them slower and no larger.
 */
const frameworks = ['express', 'fastify', 'koa'] as const
const rounds = Math.min(Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 1), 3)
const atOnce = 2
const markBytes = 1000
const markPercent = 5

interface Question {
  readonly name: string
  readonly framework: string
  readonly args: readonly string[]
}

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const questions = frameworks.flatMap(questionsOf)
    const found = new Map<Question, Figures[]>(questions.map((question) => [question, []]))
    const waiting = Array.from({ length: rounds }, () => questions).flat()
    let started = 0
    const lane = async (): Promise<void> => {
      for (let question = waiting.shift(); question; question = waiting.shift()) {
        const place = join(home, `${started++}`)
        const env = { TRAILMARK_DIR: place, TRAILMARK_KEYS_DIR: `${place}-keys` }
        found.get(question)?.push(await measureInChild('memory', question.args, { flags: ['--expose-gc'], env }))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
    return { title: 'Memory', markdown: page(new Answers(found)) }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function questionsOf(framework: string): Question[] {
  const ask = (question: string, variant: string, ...users: string[]): Question => ({
    name: [question, variant, ...users].join(' '),
    framework,
    args: [question, framework, variant, ...users],
  })
  return [
    ask('open', 'bare'),
    ask('open', 'line'),
    ask('open', 'declared'),
    ask('kept', 'bare'),
    ask('kept', 'line'),
    ask('after', 'bare'),
    ask('after', 'declared'),
    ...(framework === 'express' ? [ask('after', 'declared', '100000')] : []),
  ]
}

class Answers {
  readonly #found: ReadonlyMap<Question, readonly Figures[]>

  constructor(found: ReadonlyMap<Question, readonly Figures[]>) {
    this.#found = found
  }

  of(framework: string, name: string): readonly Figures[] {
    for (const [question, figures] of this.#found)
      if (question.framework === framework && question.name === name) return figures
    return []
  }

  /** Bytes that one variant holds beyond another, round by round. */
  beyond(framework: string, name: string, base: string, of = 'bytes'): string {
    const bases = this.of(framework, base)
    const more = this.of(framework, name).map((one, round) => figure(one, of) - figure(bases[round] ?? one, of))
    return show(spread(more), 0)
  }

  /** How much larger the heap is at the end, in percent. */
  grown(framework: string, name: string): string {
    const found = this.of(framework, name)
    if (found.length === 0) return '–'
    const percent = found.map((one) => (figure(one, 'after') / figure(one, 'before') - 1) * 100)
    const megabytes = found.map((one) => figure(one, 'after') / 1e6)
    return `${show(spread(percent), 1)} % of ${spread(megabytes).median.toFixed(1)} MB`
  }
}

function page(answers: Answers): string {
  const rows = frameworks.map((framework) => {
    const cells = [
      framework,
      `**${answers.beyond(framework, 'kept line', 'kept bare')}**`,
      answers.beyond(framework, 'open line', 'open bare', 'idle'),
      answers.beyond(framework, 'open line', 'open bare'),
      answers.beyond(framework, 'open declared', 'open bare'),
      answers.grown(framework, 'after bare'),
      `**${answers.grown(framework, 'after declared')}**`,
      answers.grown(framework, 'after declared 100000'),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `Bytes of heap for each request beyond the bare framework's: what a context holds on to that the application keeps when its request is
over; what an idle connection holds on to of its last request; what a request holds, its connection included, that nobody has
answered yet (2,000 at once), with an access line and with a declared route besides.
Then by how much the heap is larger after 50,000 requests than it was after the first 8,000, each with a durable record, by 1,000
people and by 100,000, most of whom are new. Median of ${rounds} processes and their middle half. The marks: a context ≤ ${markBytes} bytes, the heap within
${markPercent} %.

| framework | kept context | idle connection | open, line | open, declared | heap, bare | heap, declared | by 100,000 people |
|---|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`
}
