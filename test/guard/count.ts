/**
 * What one request makes our code do, in counts: started by the test, or by hand to see where a count comes from.
 *
 *     node --conditions=@trailmark/source test/guard/count.ts express [why | heavier] > /dev/null
 *
 * `why` adds the lines of ours that call what Node gives; `heavier` makes every mistake of heavier.ts.
 */

import type { Arrangement, Framework } from './arrangement.ts'
import { countBuiltins, takeBuiltins, takeCallers } from './builtins.ts'
import { countSites, type Site, takeSites } from './sites.ts'

export interface Counted {
  /** Per request, by name. */
  readonly counts: Record<string, number>
  /** Where our sources were reached most, as `12.0 closure packages/…:34`. */
  readonly most: readonly string[]
}

const requests = 400
const warming = 600
/** The one place that makes a record's text, and the mistake that plays it. */
const serialisers = ['packages/core/src/record/serialise.ts', 'test/guard/heavier.ts']

const [, , framework = 'express', more] = process.argv
countBuiltins(more === 'why')
countSites(['test/guard/heavier.ts'])
const { bare, context, declared, serve } = await import('./arrangement.ts')
const { heavier } = await import('./heavier.ts')
const { inHome, hand } = await import('./report.ts')

await inHome(async () => {
  const within = more === 'heavier' ? { within: heavier } : {}
  const base = await counted(bare)
  const results = [await counted({ ...context, ...within }), await counted({ ...declared, ...within })]
  hand(results.map((one) => minus(one, base)))
})

interface Raw {
  readonly counts: Record<string, number>
  readonly sites: ReadonlyMap<Site, number>
  readonly callers: ReadonlyMap<string, number>
  readonly own: ReadonlySet<string>
}

async function counted(arrangement: Arrangement): Promise<Raw> {
  const own = new Set<string>()
  const ask = await serve(framework as Framework, {
    ...arrangement,
    before(req, res) {
      res.once('finish', () => {
        for (const [of, object] of [
          ['req', req],
          ['res', res],
        ] as const)
          for (const key of Reflect.ownKeys(object)) own.add(`${of}.${String(key)}`)
      })
    },
  })
  await ask(warming)
  const warmed = takeBuiltins()
  takeCallers()
  const warmedSites = takeSites()
  await ask(requests)
  const counts = takeBuiltins()
  const places = takeSites()
  // The tree is hashed later than the lines are written, so what all requests caused is shared among all of them.
  const shared = (before: number, since: number): number => (before + since) * (requests / (warming + requests))
  counts['hash'] = shared(warmed['hash'] ?? 0, counts['hash'] ?? 0)
  for (const [site, times] of places) {
    if (site.file.startsWith('packages/ledger/')) places.set(site, shared(warmedSites.get(site) ?? 0, times))
  }
  return { counts, callers: takeCallers(), sites: places, own }
}

/** What ours add. Of our sources only what is reached at least once per request: how large a batch is, is the disk's affair. */
function minus(one: Raw, base: Raw): Counted {
  const counts: Record<string, number> = { call: 0, closure: 0, object: 0, array: 0, spread: 0, new: 0 }
  for (const [name, times] of Object.entries(one.counts)) counts[name] = (times - (base.counts[name] ?? 0)) / requests
  const places: [number, string][] = [...one.callers].map(([caller, times]) => [times / requests, caller])
  const serialised = 'serialised'
  counts[serialised] = 0
  for (const [{ kind, file, line, name }, times] of one.sites) {
    const each = times / requests
    if (each < 0.9) continue
    counts[kind] = (counts[kind] ?? 0) + Math.round(each)
    places.push([each, `${kind} ${name ?? ''} ${file}:${line}`])
    if (serialisers.includes(file) && kind === 'call' && name === 'serialise') counts[serialised] += each
  }
  const added = [...one.own].filter((key) => !base.own.has(key))
  counts['own property'] = added.length
  for (const key of added) places.push([1, `own property ${key}`])
  const most = places
    .filter(([each]) => each > 0.02)
    .sort(([a], [b]) => b - a)
    .map(([each, what]) => `${each.toFixed(2)} ${what}`)
  return { counts, most }
}
