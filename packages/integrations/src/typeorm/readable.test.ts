import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { watchReadable } from './readable.ts'

function watched(read: (this: Readable) => void) {
  const sent = { succeeded: vi.fn(), failed: vi.fn() }
  const readable = new Readable({ objectMode: true, highWaterMark: 2, read })
  watchReadable(readable, sent)
  return { readable, sent, count: () => sent.succeeded.mock.lastCall?.[0].countOf('patients') }
}

function rows(count: number): (this: Readable) => void {
  let at = 0
  return function () {
    this.push(at < count ? { id: at++ } : null)
  }
}

test('a stream that is read to its end is told once, with all of its rows', async () => {
  const { readable, sent, count } = watched(rows(50))
  expect(await readable.toArray()).toHaveLength(50)
  await vi.waitFor(() => expect(sent.succeeded).toHaveBeenCalledOnce())
  expect(count()).toBe(50)
  expect(sent.failed).not.toHaveBeenCalled()
})

test('a stream that is left half way is told with what had arrived', async () => {
  const { readable, sent, count } = watched(rows(50))
  for await (const row of readable) if (row.id === 9) break
  await vi.waitFor(() => expect(sent.succeeded).toHaveBeenCalledOnce())
  expect(count()).toBeGreaterThanOrEqual(10)
  expect(count()).toBeLessThan(50)
})

test('watching starts no stream, and one that nobody reads is told nothing of', async () => {
  const { readable, sent } = watched(rows(5))
  await new Promise(setImmediate)
  expect(readable.readableFlowing).toBeNull()
  expect(sent.succeeded).not.toHaveBeenCalled()
})

test("a stream that fails before its first row is a failed attempt, and its error is the stream's alone", async () => {
  const { readable, sent } = watched(function () {
    this.destroy(new Error('no'))
  })
  expect(readable.listenerCount('error')).toBe(0)
  await expect(readable.toArray()).rejects.toThrow('no')
  await vi.waitFor(() => expect(sent.failed).toHaveBeenCalledOnce())
})
