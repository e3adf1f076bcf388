import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figures, figure, measureInChild } from './measure-in-child.ts'
import { type Spread, show, spread } from './median.ts'

/** How much memory does an hour cost in which the disk takes nothing, and is each record that it costs told of? */
const rounds = 3
const records = 360_000
/** The record that fills the queue still goes in whole. */
const recordBytesMax = 65_536

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const found: Figures[] = []
    for (let round = 0; round < rounds; round++)
      found.push(await measureInChild('outage', [join(home, `${round}`), `${records}`], { flags: ['--expose-gc'] }))
    return { title: 'A disk that refuses', markdown: page(found) }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function page(found: readonly Figures[]): string {
  const of = (name: string): Spread => spread(found.map((one) => figure(one, name)))
  const megabytes = (name: string): string => show(spread(found.map((one) => figure(one, name) / 1e6)), 1)
  const whole = (name: string): string => show(of(name), 0)
  const silent = spread(found.map((one) => figure(one, 'offered') - figure(one, 'found') - figure(one, 'named')))
  const isBounded = found.every((one) => figure(one, 'queueBytes') < figure(one, 'queueBytesMax') + recordBytesMax)
  return `An hour of 100 records a second, lived through as fast as it goes, while every write and every \`fdatasync\` answers ENOSPC; then the
disk takes writes again. Median of ${rounds} processes and their middle half.

| question | figure |
|---|---:|
| records offered | ${whole('offered')} |
| found in the trail afterwards | ${whole('found')} |
| dropped, by \`health()\` | ${whole('dropped')} |
| missing by the trail's own \`audit_gap\` records | ${whole('named')} |
| **neither found nor named** | **${show(silent, 0)}** |
| most that waited, MB (bound ${(of('queueBytesMax').median / 1e6).toFixed(1)}: ${isBounded ? 'kept' : 'broken'}) | ${megabytes('queueBytes')} |
| heap before, MB | ${megabytes('heapBefore')} |
| heap at most, garbage included, MB | ${megabytes('heapMost')} |
| heap afterwards, MB | ${megabytes('heapAfter')} |
| resident memory grown by at most, MB | ${megabytes('rssGrown')} |
| CPU of a record during the outage, µs | ${show(of('cpuMicros'), 1)} |`
}
