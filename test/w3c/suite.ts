/** The behaviours of the specification, asked of one combination of framework, SDK and client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { behaviours } from './behaviours.ts'
import { type Combination, startService, type W3cService } from './service.ts'

export function traceContext(combination: Combination): void {
  const { framework, sdk, client } = combination
  describe(`W3C Trace Context level 2: ${framework} ${sdk}, client ${client}`, () => {
    let service: W3cService
    beforeAll(async () => {
      service = await startService(combination)
    })
    afterAll(async () => {
      expect(await service.stop()).toEqual({ code: 0, signal: null })
    })

    it.each(behaviours)('$name', ({ check }) => check(service))
  })
}
