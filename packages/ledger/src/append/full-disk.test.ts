/** A disk in memory that is full at each point of a ledger's life, so that writes end in the middle of a line or of a file. */
import { describe, expect, it } from 'vitest'
import { expectSurvived, openInMemory } from '../crash-image.fixture.ts'
import { LedgerError } from '../errors.ts'
import { Life } from '../life.fixture.ts'
import { MemoryDisk } from '../memory-disk.fixture.ts'
import { seededLoss } from '../seeded.fixture.ts'

const entries = 12

/** A disk that has `free` bytes left once a ledger is open; it has space again as soon as nothing more can be written. */
async function liveInLittleSpace(free: number): Promise<{ disk: MemoryDisk; life: Life; wasFull: boolean }> {
  const disk = new MemoryDisk()
  const life = new Life()
  let wasFull = false
  const ledger = openInMemory(disk, {
    onFact: ({ kind }) => {
      if (kind !== 'full') return
      wasFull = true
      // Nothing that was not written may have been promised, also when power is lost at this very moment.
      expectSurvived(disk.afterPowerLoss(seededLoss(free)), life, `${free} bytes, full`)
      disk.bytesMax = Number.POSITIVE_INFINITY
    },
  })
  disk.bytesMax = disk.bytesUsed() + free
  const first = Promise.all(Array.from({ length: entries / 2 }, (_, i) => life.give(ledger, `a${i}`)))
  await first
  await Promise.all(Array.from({ length: entries / 2 }, (_, i) => life.give(ledger, `b${i}`)))
  disk.bytesMax = Number.POSITIVE_INFINITY
  await ledger.close()
  return { disk, life, wasFull }
}

describe('a disk that gets full', () => {
  it('at any byte of a batch delays its entries, and none is lost, promised early, or there twice', async () => {
    const levels = Array.from({ length: 64 }, (_, i) => i * 89)
    const lives = await Promise.all(levels.map(liveInLittleSpace))
    for (const [i, { disk, life }] of lives.entries()) {
      expect(life.durable.length, `${levels[i]} bytes`).toBe(entries)
      expectSurvived(disk, life, `${levels[i]} bytes`)
    }
    expect(lives.filter((one) => one.wasFull).length).toBeGreaterThan(40)
  })

  it('while it is opened is told as LEDGER_DIR_FULL, and with space again the ledger opens', () => {
    let refused = 0
    for (let bytesMax = 0; bytesMax < 4000; bytesMax += 61) {
      const disk = new MemoryDisk()
      disk.bytesMax = bytesMax
      try {
        openInMemory(disk).closeSync()
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error
        expect(error.code).toBe('LEDGER_DIR_FULL')
        refused += 1
      }
      disk.bytesMax = Number.POSITIVE_INFINITY
      expectSurvived(disk, { durable: [], given: [] }, `${bytesMax} bytes`, { writers: 2 })
    }
    expect(refused).toBeGreaterThan(5)
  })
})
