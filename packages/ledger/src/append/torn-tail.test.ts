import { describe, expect, it } from 'vitest'
import { expectCutsHarmless, expectHolesHarmless, images } from '../torn-tail.fixture.ts'

/** Some of each; all of them are in test/full/ledger-torn-tail.test.ts. */
describe.each(images)('64 KiB without a sync, of a ledger that $name,', ({ make }) => {
  it('take nothing acknowledged along, whichever sectors and names a loss of power leaves', async () => {
    await expectHolesHarmless(await make(), 0, 200)
  })

  it('take nothing acknowledged along when they are cut off at any byte', async () => {
    expect(await expectCutsHarmless(await make(), 331)).toBeGreaterThan(150)
  })
})
