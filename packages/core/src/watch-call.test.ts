import { expect, test } from 'vitest'
import { type CallEnd, watchCall } from './watch-call.ts'

class Lazy extends Promise<number> {}

test('tells values, errors and what promises settle to, once, and changes none of them', async () => {
  const ends: CallEnd[] = []
  const ended = (end: CallEnd): void => void ends.push(end)
  expect(watchCall(() => 7, ended)).toBe(7)
  const failure = new Error('deliberate')
  const fails = (): never => {
    throw failure
  }
  expect(() => watchCall(fails, ended)).toThrow(failure)
  await expect(watchCall(async () => 8, ended)).resolves.toBe(8)
  await expect(watchCall(async () => fails(), ended)).rejects.toBe(failure)
  expect(ends).toEqual([
    { value: 7, failed: false },
    { error: failure, failed: true },
    { value: 8, failed: false },
    { error: failure, failed: true },
  ])
})

test('a rejection that nobody handles stays one', async () => {
  const seen: unknown[] = []
  const listener = (error: unknown): void => void seen.push(error)
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', listener)
  const failure = new Error('deliberate')
  void watchCall(
    () => Promise.reject(failure),
    () => undefined,
  )
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', listener)
  for (const other of others) process.on('unhandledRejection', other)
  expect(seen).toEqual([failure])
})

test('a promise of another class is handed on as it is, and a query that runs when awaited is not run', async () => {
  const lazy = Lazy.resolve(1)
  expect(
    watchCall(
      () => lazy,
      () => undefined,
    ),
  ).toBe(lazy)
  let ran = 0
  // biome-ignore lint/suspicious/noThenProperty: the query builders this stands for have one.
  const query = { then: () => (ran += 1) }
  expect(
    watchCall(
      () => query,
      () => undefined,
    ),
  ).toBe(query)
  expect(ran).toBe(0)
})

test('what the watcher throws breaks nothing', () => {
  const throws = (): never => {
    throw new Error('deliberate')
  }
  expect(watchCall(() => 1, throws)).toBe(1)
})
