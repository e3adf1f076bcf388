/**
 * What stays in the heap of a server with a declared route after 50,000 requests.
 *
 *     node --conditions=@trailmark/source --expose-gc test/guard/stay.ts express [leaking] > /dev/null
 */
import { type Arrangement, declared, type Framework, serve } from './arrangement.ts'
import { hand, inHome } from './report.ts'

/** Bytes in use after a collection. */
export interface Stayed {
  readonly before: number
  readonly after: number
}

/** Enough for every cache and every compiler. */
const warming = 10_000
const requests = 50_000
const [, , framework = 'express', mistake] = process.argv

await inHome(async () => {
  const kept: object[] = []
  const arrangement: Arrangement =
    mistake === 'leaking' ? { ...declared, within: () => kept.push({ at: 1 }) } : declared
  const ask = await serve(framework as Framework, arrangement)
  await ask(warming)
  const before = inUse()
  await ask(requests)
  hand({ before, after: inUse() } satisfies Stayed)
})

/** Twice: what the first collection finalises, the second takes. */
function inUse(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
