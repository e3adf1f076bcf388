/** One share of the crashes of `ledger-crash.test.ts`; posts how many there were. */
import { parentPort, workerData } from 'node:worker_threads'
import { dieAtEveryCall, failEveryCall } from '../../packages/ledger/src/every-call.fixture.ts'
import { stories } from '../../packages/ledger/src/life.fixture.ts'
import { expectCutsHarmless, expectHolesHarmless, images } from '../../packages/ledger/src/torn-tail.fixture.ts'

export type Share =
  | { readonly kind: 'holes'; readonly image: number; readonly from: number; readonly count: number }
  | { readonly kind: 'cuts'; readonly image: number; readonly from: number; readonly step: number }
  | {
      readonly kind: 'calls'
      readonly story: keyof typeof stories
      readonly when: 'before' | 'after'
      readonly losses: number
    }

async function crash(share: Share): Promise<number> {
  if (share.kind === 'calls') {
    const { when, losses } = share
    const story = stories[share.story]
    const died = await dieAtEveryCall(story, when, losses)
    for (const code of ['EIO', 'ENOSPC']) await failEveryCall(story, when, code, losses)
    return died
  }
  const image = await images[share.image]?.make()
  if (!image) throw new Error(`there is no image ${share.image}`)
  if (share.kind === 'cuts') return expectCutsHarmless(image, share.from, share.step)
  await expectHolesHarmless(image, share.from, share.count)
  return share.count
}

parentPort?.postMessage(await crash(workerData))
