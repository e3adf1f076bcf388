/** Who outside has seen the trail, and how long ago: by the evidence that anchors left beside each anchor log. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { StreamInfo } from '@trailmark/ledger'
import { printable } from '../printable.ts'
import { age } from './age.ts'
import { type Finding, ok, weak } from './finding.ts'

/** Longer than any pause between two attempts, and than a service is stopped for an upgrade. */
const staleMsMax = 86_400_000

/** One finding for each service and anchor; services without an anchor log together. */
export async function checkAnchors(streams: readonly StreamInfo[], nowMs: number): Promise<Finding[]> {
  const logs = streams.filter(({ stream }) => stream === 'anchor')
  const anchored = new Set(logs.map(({ service }) => service))
  const without = [...new Set(streams.map(({ service }) => service))].filter((service) => !anchored.has(service))
  const findings: Finding[] = []
  const advice =
    'Give the service anchors, or run trailmark anchor; at least keep what trailmark verify --json prints elsewhere.'
  if (without.length > 0) {
    const names = printable(without.slice(0, 10).join(', '))
    findings.push(
      weak('no_anchor', `no anchor for ${names}: whoever holds the keys could rewrite or cut the trail unseen`, advice),
    )
  }
  for (const service of anchored) {
    const newest = await newestEvidence(logs.filter((log) => log.service === service))
    if (newest.size === 0)
      findings.push(weak('no_anchor', `${printable(service)} has an anchor log and no anchor took it`, advice))
    for (const [name, timeMs] of newest) {
      const text = `${printable(service)}: ${name} last took a checkpoint ${age(nowMs - timeMs)} ago`
      const stale = nowMs - timeMs > staleMsMax
      findings.push(
        stale
          ? weak('anchor_stale', text, 'Look at the health of the service, or run trailmark anchor.')
          : ok('anchors', text),
      )
    }
  }
  return findings
}

/** When each anchor last left something, by name. */
async function newestEvidence(logs: readonly StreamInfo[]): Promise<Map<string, number>> {
  const newest = new Map<string, { file: string; path: string }>()
  for (const { dir } of logs) {
    for (const file of (await readdir(join(dir, 'anchors')).catch(() => [])).sort()) {
      const name = /^[0-9]{12}\.([a-z0-9-]{1,40})\.[a-z0-9]{1,8}$/.exec(file)?.[1]
      if (name !== undefined) newest.set(`${dir} ${name}`, { file: name, path: join(dir, 'anchors', file) })
    }
  }
  const times = new Map<string, number>()
  for (const { file, path } of newest.values()) {
    const facts = await stat(path).catch(() => undefined)
    if (facts) times.set(file, Math.max(facts.mtimeMs, times.get(file) ?? 0))
  }
  return times
}
