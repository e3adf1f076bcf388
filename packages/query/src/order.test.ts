import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from './heap.ts'
import { before, inOrder, merge, windowRecordsMax } from './order.ts'
import { parseRecord } from './parse-record.ts'
import type { StoredRecord } from './record.ts'
import { line } from './trail.fixture.ts'

function record(atMs: number, n: number, dir: string): StoredRecord {
  const parsed = parseRecord(line({ atMs }, n), { dir, writer: 'w', n })
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

async function* from<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* items
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const places = (records: readonly StoredRecord[]) =>
  records.map(({ timeMs, position }) => [timeMs, position.dir, position.n])

describe('a heap', () => {
  it('gives numbers back in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new Heap<number>((a, b) => a < b)
        for (const number of numbers) heap.push(number)
        const popped = numbers.map(() => heap.pop())
        expect(popped).toEqual(numbers.toSorted((a, b) => a - b))
        expect(heap.pop()).toBeUndefined()
      }),
    )
  })
})

describe('the order of the trail', () => {
  it('is that of one big sort, however records are spread over writers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(50), { maxLength: 30 }), { maxLength: 5 }), async (writers) => {
        const logs = writers.map((times, writer) => times.map((atMs, n) => record(atMs, n, `w${writer}`)))
        const merged = await collect(merge(logs.map((log) => inOrder(from(log)))))
        const sorted = logs.flat().toSorted((a, b) => (before(a, b) ? -1 : 1))
        expect(places(merged)).toEqual(places(sorted))
      }),
      { numRuns: 50 },
    )
  })

  it('survives a record that is later than the window is wide: it comes late and is not lost', async () => {
    const late = windowRecordsMax + 10
    const log = Array.from({ length: late }, (_, n) => record(1_000 + n, n, 'w'))
    const shown = await collect(inOrder(from([...log, record(0, late, 'w')])))
    expect(shown).toHaveLength(late + 1)
    expect(shown[0]?.timeMs).toBe(log[0]?.timeMs)
    expect(shown.findIndex(({ position }) => position.n === late)).toBe(10)
  })

  it('closes every source when the reader leaves early', async () => {
    const closed: string[] = []
    async function* source(name: string) {
      try {
        for (let n = 0; ; n++) yield record(n, n, name)
      } finally {
        closed.push(name)
      }
    }
    for await (const { position } of merge([source('a'), source('b')])) if (position.n === 3) break
    expect(closed.toSorted()).toEqual(['a', 'b'])
  })

  it('closes every source when one fails', async () => {
    const closed: string[] = []
    async function* healthy() {
      try {
        for (let n = 0; ; n++) yield record(n, n, 'a')
      } finally {
        closed.push('a')
      }
    }
    async function* failing(): AsyncGenerator<StoredRecord, void, undefined> {
      yield record(5, 0, 'b')
      throw new Error('disk')
    }
    await expect(collect(merge([healthy(), failing()]))).rejects.toThrow('disk')
    expect(closed).toEqual(['a'])
  })
})
