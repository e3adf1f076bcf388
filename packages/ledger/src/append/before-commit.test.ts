import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { allIds, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { BeforeCommit, LedgerFact } from '../ledger.ts'
import { verify } from '../verify.ts'

/** Something else that has to be durable first: what was noted down, and what of it is safe. */
class Notes implements BeforeCommit {
  readonly noted = new Set<string>()
  readonly safe = new Set<string>()
  failures = 0
  error: Error = new Error('no such luck')
  calls = 0

  due(): boolean {
    return this.safe.size < this.noted.size
  }

  async persist(): Promise<void> {
    this.calls += 1
    const now = [...this.noted]
    await sleep(2)
    this.#keep(now)
  }

  persistSync(): void {
    this.#keep([...this.noted])
  }

  #keep(now: readonly string[]): void {
    if (this.failures > 0) {
      this.failures -= 1
      throw this.error
    }
    for (const one of now) this.safe.add(one)
  }
}

/** A disk that refuses lines before what they depend on is safe. */
function watchfulDisk(notes: Notes, broken: string[]): FaultDisk {
  const disk = new FaultDisk()
  const check = (bytes: Uint8Array): void => {
    for (const [, id] of Buffer.from(bytes)
      .toString()
      .matchAll(/"id":"(needs [^"]*)"/g)) {
      if (id !== undefined && !notes.safe.has(id)) broken.push(id)
    }
  }
  const { write } = disk
  disk.write = (fd, bytes, offset, position) => {
    check(bytes)
    return write(fd, bytes, offset, position)
  }
  const later = disk.later.write
  disk.later.write = (fd, bytes, offset, position) => {
    check(bytes)
    return later(fd, bytes, offset, position)
  }
  return disk
}

describe('beforeCommit', () => {
  it('is durable before any line that was appended after it became due is written', async () => {
    const notes = new Notes()
    const broken: string[] = []
    const root = temporaryDirectory()
    const ledger = openTest(root, { disk: watchfulDisk(notes, broken), beforeCommit: notes })
    const ids: string[] = []
    for (let i = 0; i < 40; i++) {
      const id = `needs ${i}`
      ids.push(id)
      notes.noted.add(id)
      const receipt = ledger.append(`"id":"${id}"`)
      if (i % 3 === 0) await receipt.durable
      if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await ledger.close()
    expect(broken).toEqual([])
    expect(await allIds(root)).toEqual(ids)
  })

  it('is not asked to persist for batches that need nothing', async () => {
    const notes = new Notes()
    const ledger = openTest(temporaryDirectory(), { beforeCommit: notes })
    for (let i = 0; i < 5; i++) await ledger.append(`"id":"${i}"`).durable
    await ledger.close()
    expect(notes.calls).toBe(0)
  })

  it('may be another ledger: neither holds a turn on the disk while it waits for the other', async () => {
    const inner = openTest(temporaryDirectory())
    const last: { receipt?: { durable: Promise<unknown> } } = {}
    const beforeCommit: BeforeCommit = {
      due: () => inner.state.queuedEntries > 0,
      persist: () => inner.flush(),
      persistSync: () => inner.flushSync(),
    }
    const outers = Array.from({ length: 6 }, () => openTest(temporaryDirectory(), { beforeCommit }))
    for (let round = 0; round < 10; round++) {
      const work = outers.map((outer, i) => {
        last.receipt = inner.append(`"id":"key ${round} ${i}"`)
        return outer.append(`"id":"record ${round} ${i}"`).durable
      })
      await Promise.all(work)
      expect(inner.state.queuedEntries).toBe(0)
    }
    await Promise.all(outers.map((outer) => outer.close()))
    await inner.close()
  })

  it('that fails is tried again, told as full and as writable, and nothing is lost or promised meanwhile', async () => {
    const notes = new Notes()
    notes.failures = 2
    notes.error = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const facts: LedgerFact[] = []
    const broken: string[] = []
    const root = temporaryDirectory()
    const disk = watchfulDisk(notes, broken)
    const ledger = openTest(root, { disk, beforeCommit: notes, onFact: (fact) => facts.push(fact) })
    notes.noted.add('needs a')
    let resolved = false
    const receipt = ledger.append('"id":"needs a"')
    void receipt.acknowledged.then(() => {
      resolved = true
    })
    await sleep(20)
    expect(resolved).toBe(false)
    expect(ledger.state.failure).toMatchObject({ code: 'LEDGER_FULL', final: false })
    await receipt.durable
    expect(facts.map(({ kind }) => kind)).toEqual(['full', 'writable'])
    await ledger.close()
    expect(broken).toEqual([])
    expect(await allIds(root)).toEqual(['needs a'])
    expect((await verify(root)).ok).toBe(true)
  })

  it('that never works keeps the line out of the log, also at the end of the process', async () => {
    const notes = new Notes()
    notes.failures = Number.POSITIVE_INFINITY
    const root = temporaryDirectory()
    const ledger = openTest(root, { beforeCommit: notes })
    await ledger.append('"id":"before"').durable
    notes.noted.add('needs a')
    const receipt = ledger.append('"id":"needs a"')
    ledger.closeSync()
    await expect(receipt.durable).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    const next = openTest(root)
    await next.append('"id":"after"').durable
    await next.close()
    expect(await allIds(root)).toEqual(['before', 'after'])
    expect((await verify(root)).ok).toBe(true)
  })

  it('is made durable by a blocking flush that steps in while it is under way', async () => {
    const notes = new Notes()
    const broken: string[] = []
    const root = temporaryDirectory()
    const ledger = openTest(root, { disk: watchfulDisk(notes, broken), beforeCommit: notes })
    notes.noted.add('needs a')
    const receipt = ledger.append('"id":"needs a"')
    while (notes.calls === 0) await new Promise((resolve) => setImmediate(resolve))
    ledger.flushSync()
    expect(ledger.state).toMatchObject({ queuedEntries: 0, durable: 0 })
    await receipt.durable
    await ledger.append('"id":"b"').durable
    await ledger.close()
    expect(broken).toEqual([])
    expect(await allIds(root)).toEqual(['needs a', 'b'])
  })
})
