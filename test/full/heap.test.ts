/** A server that audits every request holds after 50,000 of them what it held before. */
import { expect, it } from 'vitest'
import { run } from '../guard/run.ts'
import type { Stayed } from '../guard/stay.ts'

const share = 0.05

it.each(['express', 'fastify', 'koa'])('%s keeps nothing of 50,000 requests', async (framework) => {
  const { before, after } = await run<Stayed>('stay.ts', [framework], ['--expose-gc'])
  expect(after).toBeLessThan(before * (1 + share))
})

it('a server that keeps a few bytes of each request would be seen', async () => {
  const { before, after } = await run<Stayed>('stay.ts', ['express', 'leaking'], ['--expose-gc'])
  expect(after).toBeGreaterThan(before * (1 + share))
})
