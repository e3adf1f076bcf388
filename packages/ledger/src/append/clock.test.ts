/** Clocks that stand still or go back: between two lives, and between what they wrote into the files. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectSurvived, forgetHolders, idsOn, memoryRoot, minuteAhead, openInMemory } from '../crash-image.fixture.ts'
import { MemoryDisk } from '../memory-disk.fixture.ts'

const noon = minuteAhead.now()
const day = 86_400_000

/** A disk on which somebody died in the middle of a line, `aheadMs` from now. */
async function tornDisk(aheadMs: number): Promise<{ disk: MemoryDisk; dir: string }> {
  const disk = new MemoryDisk()
  disk.now = () => noon + aheadMs
  const ledger = openInMemory(disk, { clock: { now: () => noon + aheadMs } })
  await ledger.append('"id":"x"').durable
  const left = disk.killed()
  left.now = disk.now
  ledger.closeSync()
  tear(left, ledger.dir)
  return { disk: left, dir: ledger.dir }
}

function tear(disk: MemoryDisk, dir: string): void {
  const path = join(dir, 'seg', '000000000000.jsonl')
  const fd = disk.open(path, 'write')
  disk.write(fd, Buffer.from(`{"n":1,"d":0,"id":"torn ${disk.now()}`), 0, disk.content(path).length)
  disk.close(fd)
}

describe('a clock', () => {
  it.each([day, 400 * day, -day])('that was %d ms ahead when the last process died costs nothing', async (aheadMs) => {
    const { disk } = await tornDisk(aheadMs)
    forgetHolders(disk)
    disk.now = () => noon
    const ledger = openInMemory(disk, { clock: { now: () => noon } })
    expect(ledger.opening).toMatchObject({ next: 1, previous: 'crashed', refused: [] })
    await ledger.append('"id":"y"').durable
    await ledger.close()
    expect(idsOn(disk)).toEqual(['x', 'y'])
    expectSurvived(disk, { durable: ['x', 'y'], given: ['x', 'y'] }, 'behind')
  })

  it('that goes back while a ledger is open stops nothing', async () => {
    let aheadMs = 0
    const disk = new MemoryDisk()
    const ledger = openInMemory(disk, { clock: { now: () => noon + aheadMs } })
    for (const [i, ms] of [0, -day, 3_700_000, -7_200_000, 400 * day, 0].entries()) {
      aheadMs = ms
      await ledger.append(`"id":"${i}"`).durable
    }
    await ledger.close()
    expect(idsOn(disk)).toEqual(['0', '1', '2', '3', '4', '5'])
  })

  it('that stands still does not let one quarantine replace another', async () => {
    const { disk, dir } = await tornDisk(0)
    for (const round of [1, 2, 3]) {
      forgetHolders(disk)
      openInMemory(disk, { clock: { now: () => noon } }).closeSync()
      const kept = disk
        .list(join(dir, 'quarantine'))
        .map((name) => disk.content(join(dir, 'quarantine', name)).toString())
      expect(kept.map((text) => text.slice(0, 20))).toEqual(Array.from({ length: round }, () => '{"n":1,"d":0,"id":"t'))
      tear(disk, dir)
    }
    expect(disk.list(memoryRoot)).toHaveLength(1)
  })
})
