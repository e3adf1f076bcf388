import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { repository } from '../process/repository.ts'
import { hear, homes, start, stop } from './http-processes.ts'
import type { Profiled } from './inside/profiled.ts'
import type { Unavoidable } from './inside/unavoidable.ts'
import { measured } from './machine.ts'
import { others, parts } from './profile-parts.ts'

/** Where does the time of a declared request go? Writes docs/profile.md: a profile as text, beside what nobody can do without. */
const frameworks = { express: 'Express 5', fastify: 'Fastify', koa: 'Koa' }
const placesMost = 40

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-profile-'))
  try {
    const profiles: Profiled[] = []
    for (const framework of Object.keys(frameworks)) {
      const own = join(home, framework)
      mkdirSync(own)
      profiles.push(await told<Profiled>('profiled', [framework, own], homes(own)))
    }
    const floor = await told<Unavoidable>('unavoidable', [home])
    const table = partsTable(profiles)
    writeFileSync(join(repository, 'docs/profile.md'), page(table, profiles[0], floor))
    return {
      title: 'Where the time of a declared request goes',
      markdown: `${explained}\n\n${table}\n\nBy function: [profile.md](profile.md).`,
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const explained = `The servers of "CPU inside the process", with a declared route and one durable record a request. Shares are of samples of the
main thread, one every 100 µs, scaled to the CPU that a request cost it without the profiler. What our code calls of Node counts as
ours. Calls that block, as a sync of the disk does, are sampled while they wait, so a slow disk shows as a larger share.`

async function told<T>(script: string, args: readonly string[], env: Record<string, string> = {}): Promise<T> {
  const child = start(0, [fileURLToPath(new URL(`./inside/${script}.ts`, import.meta.url)), ...args], env)
  try {
    return await hear<T>(child)
  } finally {
    await stop(child)
  }
}

function partsTable(profiles: readonly Profiled[]): string {
  const row = (name: string, of: (one: Profiled) => number): string =>
    `| ${[name, ...profiles.map((one) => (of(one) * one.mainUs).toFixed(2))].join(' | ')} |`
  const sum = (names: readonly string[]) => (one: Profiled) =>
    names.reduce((all, name) => all + (one.parts[name] ?? 0), 0)
  return `| µs/request, main thread | ${Object.values(frameworks).join(' | ')} |
|---|${'---:|'.repeat(profiles.length)}
${parts.map((part) => row(part, sum([part]))).join('\n')}
${row('**ours**', sum(parts))}
${others.map((part) => row(part, sum([part]))).join('\n')}
${row('**a request**', () => 1)}`
}

function page(table: string, first: Profiled | undefined, floor: Unavoidable): string {
  const places = Object.entries(first?.places ?? {}).toSorted(([, a], [, b]) => b - a)
  const us = (share: number): string => (share * (first?.mainUs ?? 0)).toFixed(2)
  return `# Where the time of a declared request goes

Written by \`pnpm bench profile\`.

${measured()}

${explained}

${table}

## What nobody can do without

Each alone in a tight loop, minimum of its repetitions, in the same run. What one record needs of them: one serialisation, one
hash of its line, about one node of the tree, its share of a write; tokens come from a cache, and an envelope only where there
are personal fields.

| part | µs |
|---|---:|
${Object.entries(floor)
  .map(([name, cost]) => `| ${name} | ${cost.toFixed(2)} |`)
  .join('\n')}

## By function, Express

The ${placesMost} functions of ours that take most, with what they call of Node, in µs a request.

| µs | function |
|---:|---|
${places
  .slice(0, placesMost)
  .map(([place, share]) => `| ${us(share)} | ${place} |`)
  .join('\n')}
`
}
