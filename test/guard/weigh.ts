/**
 * How many bytes one request makes our code allocate, and how many stay while somebody remembers its context.
 *
 *     node --conditions=@trailmark/source --expose-gc --no-opt --no-maglev --min-semi-space-size=128
 *          --max-semi-space-size=128 test/guard/weigh.ts express > /dev/null
 *
 * Without the optimising compilers every allocation that is written happens, so the figure repeats; with a young generation
 * that nothing fills, what is in use afterwards is what was allocated.
 */
import { currentContext } from '@trailmark/core'
import { type Arrangement, bare, context, declared, type Framework, serve } from './arrangement.ts'
import { hand, inHome } from './report.ts'

/** Bytes per request. */
export interface Weighed {
  /** What ours allocate beyond the bare framework. */
  readonly allocated: number
  /** What one remembered context holds. */
  readonly kept: number
}

const requests = 300
const warming = 400
const blocks = 2
/** More of them, because what else happens in between is shared among them. */
const kept = 1_000
const [, , framework = 'express', more] = process.argv

await inHome(async () => {
  const base = await weighed(bare)
  const results: Weighed[] = []
  for (const arrangement of [context, declared]) {
    const { allocated, kept } = await weighed(arrangement)
    results.push({ allocated: Math.round(allocated - base.allocated), kept: Math.round(kept - base.kept) })
  }
  hand(results)
})

async function weighed(arrangement: Arrangement): Promise<Weighed> {
  const heavier = more === 'heavier' && arrangement.audit
  const keeps: unknown[] = new Array<unknown>(kept).fill(undefined)
  let at = kept
  const ask = await serve(framework as Framework, {
    ...arrangement,
    within(req) {
      if (at < kept) keeps[at++] = heavier ? [currentContext(), req] : currentContext()
      else if (heavier) keeps[0] = new Array<number>(4_000).fill(0)
    },
  })
  await ask(warming)
  const grown: number[] = []
  for (let block = 0; block < blocks; block++) {
    const before = inUse()
    await ask(requests)
    grown.push((process.memoryUsage().heapUsed - before) / requests)
  }
  const before = inUse()
  at = 0
  await ask(kept)
  return { allocated: Math.min(...grown), kept: (inUse() - before) / kept }
}

function inUse(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
