/** The hot path gets no heavier: what a request makes our code do stays within budget.ts. The other frameworks: guard-all.test.ts. */
import { describe, expect, it } from 'vitest'
import { exceededBy, explained, measure } from './measure.ts'

describe.each(['express'] as const)('a request of %s', (framework) => {
  it('makes our code do no more than the budget says', { timeout: 120_000 }, async () => {
    const measured = await measure(framework)
    const exceeded = exceededBy(framework, measured)
    expect(exceeded, explained(framework, exceeded, measured)).toEqual([])
  })
})
