import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { repository } from '../process/repository.ts'
import { run as coldStart } from './cold-start.ts'
import { run as footprint } from './footprint.ts'
import { run as http } from './http.ts'
import { run as inside } from './inside-table.ts'
import { run as ledger } from './ledger.ts'
import { run as record } from './record.ts'
import { run as scrub } from './scrub.ts'
import { run as scrubStream } from './scrub-stream.ts'
import { run as size } from './size.ts'

/** Runs every benchmark, or those named on the command line, and writes docs/benchmarks.md from what was measured. */
export interface Section {
  readonly title: string
  readonly markdown: string
}

const all: Record<string, () => Promise<Section>> = {
  http,
  inside,
  record,
  ledger,
  scrub,
  'scrub-stream': scrubStream,
  'cold-start': coldStart,
  size,
  footprint,
}
const asked = process.argv.slice(2).filter((name) => name in all)
const names = asked.length > 0 ? asked : Object.keys(all)

const sections: Section[] = []
for (const name of names) {
  process.stderr.write(`bench: ${name}\n`)
  const section = await all[name]?.()
  if (section) sections.push(section)
}

const git = (...args: string[]): string => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim()
const changed = git('status', '--porcelain', '--', 'packages', 'test/bench') === '' ? '' : ' with uncommitted changes'
const memory = Math.round(totalmem() / 2 ** 30)
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${process.platform} ${process.arch}`
const commit = `commit ${git('rev-parse', '--short=12', 'HEAD')}${changed}`
const measured = `*${machine}; Node ${process.versions.node}; ${commit}; ${new Date().toISOString().slice(0, 10)}*`

const opening = `# Benchmarks

Written by \`pnpm bench\`; \`pnpm bench scrub\` measures one part anew and leaves the others. Everything is a ratio within one run: what
is compared ran in turns, in short slices, on the same machine. Absolute figures from a small shared machine are for scale only.
Spread is the middle half of the slices. Under each title stands where, with what and when it was measured.
`
const file = join(repository, 'docs/benchmarks.md')
const page = new Map<string, string>()
for (const part of readFileSync(file, 'utf8').split(/^## /m).slice(1)) {
  const title = part.slice(0, part.indexOf('\n'))
  page.set(title, part.slice(title.length).trim())
}
if (asked.length === 0) page.clear()
for (const { title, markdown } of sections) page.set(title, `${measured}\n\n${markdown.trim()}`)
writeFileSync(file, `${opening}\n${[...page].map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n')}`)
