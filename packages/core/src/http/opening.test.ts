import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenings, type Opened } from './opening.ts'

describe('openings', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const now = () => performance.now()
  function exchange(told: string[], name: string): Opened {
    return { startedMs: now(), earlier: undefined, later: undefined, tellOpening: () => void told.push(name) }
  }

  it('tells what is open for long, once, and nothing that ended before', () => {
    const told: string[] = []
    const openings = createOpenings(now, 60_000)
    const brief = exchange(told, 'brief')
    openings.add(brief)
    openings.add(exchange(told, 'long'))
    vi.advanceTimersByTime(30_000)
    openings.remove(brief)
    openings.add(exchange(told, 'later'))
    vi.advanceTimersByTime(30_000)
    expect(told).toEqual(['long'])
    vi.advanceTimersByTime(30_000)
    expect(told).toEqual(['long', 'later'])
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual(['long', 'later'])
  })

  it('keeps nothing of what was removed, in whatever order', () => {
    const told: string[] = []
    const openings = createOpenings(now, 60_000)
    const all = Array.from({ length: 9 }, (_, i) => exchange(told, String(i)))
    for (const one of all) openings.add(one)
    for (const i of [4, 0, 8, 3, 4, 5]) openings.remove(all[i] ?? exchange(told, 'none'))
    openings.remove(exchange(told, 'never added'))
    for (const i of [4, 0, 8, 3, 5]) expect([all[i]?.earlier, all[i]?.later]).toEqual([undefined, undefined])
    vi.advanceTimersByTime(60_000)
    expect(told).toEqual(['1', '2', '6', '7'])
  })

  it('needs one timer however many are open, and none when nothing is', () => {
    const openings = createOpenings(now, 60_000)
    const all = Array.from({ length: 1_000 }, () => exchange([], 'x'))
    for (const one of all) openings.add(one)
    expect(vi.getTimerCount()).toBe(1)
    for (const one of all) openings.remove(one)
    vi.advanceTimersByTime(60_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})
