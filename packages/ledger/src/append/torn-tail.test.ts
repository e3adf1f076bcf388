import { describe, expect, it } from 'vitest'
import { expectCutsHarmless, expectHolesHarmless, images } from '../torn-tail.fixture.ts'

/** Some of each; all of them are in test/full/ledger-crash.test.ts. */
describe.each(images)('64 KiB without a sync, of a ledger that $name,', ({ make }) => {
  it('take nothing acknowledged along, whichever sectors and names a loss of power leaves', async () => {
    await expectHolesHarmless(await make(), 0, 60)
  })

  it('take nothing acknowledged along when they are cut off at any byte', async () => {
    expect(await expectCutsHarmless(await make(), 0, 1009)).toBeGreaterThan(50)
  })
})
