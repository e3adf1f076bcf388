import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../process/repository.ts'
import { run as coldStart } from './cold-start.ts'
import { run as connections } from './connections.ts'
import { run as footprint } from './footprint.ts'
import { run as growth } from './growth.ts'
import { run as http } from './http.ts'
import { run as inside } from './inside-table.ts'
import { run as ledger } from './ledger.ts'
import { measured } from './machine.ts'
import { run as memory } from './memory.ts'
import { run as outage } from './outage.ts'
import { run as profile } from './profile.ts'
import { run as query } from './query.ts'
import { run as record } from './record.ts'
import { run as scrub } from './scrub.ts'
import { run as scrubStream } from './scrub-stream.ts'
import { run as size } from './size.ts'
import { run as streams } from './streams.ts'

/** Runs every benchmark, or those named on the command line, and writes docs/benchmarks.md from what was measured. */
export interface Section {
  readonly title: string
  readonly markdown: string
}

const all: Record<string, () => Promise<Section>> = {
  http,
  inside,
  profile,
  record,
  ledger,
  scrub,
  'scrub-stream': scrubStream,
  'cold-start': coldStart,
  size,
  memory,
  outage,
  connections,
  streams,
  growth,
  query,
  footprint,
}
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in all))
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(all).join(', ')}`)
const chosen = Object.entries(all).filter(([name]) => asked.length === 0 || asked.includes(name))

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
const stale = new Set(asked.length === 0 ? page.keys() : [])
for (const [name, run] of chosen) {
  const started = performance.now()
  const { title, markdown } = await run()
  process.stderr.write(`bench: ${name} took ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
  // Written after each part: a run that is broken off leaves what it has measured, and of the rest what was there.
  if (stale.delete(title)) page.delete(title)
  page.set(title, `${measured()}\n\n${markdown.trim()}`)
  write()
}
for (const title of stale) page.delete(title)
write()

function write(): void {
  writeFileSync(file, `${opening}\n${[...page].map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n')}`)
}
