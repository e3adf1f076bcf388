import { describe, expect, it } from 'vitest'
import { progressBar } from './progress.ts'

function bar(tty: boolean) {
  const drawn: string[] = []
  const time = { ms: 0 }
  const draw = (text: string) => void drawn.push(text)
  const screen = {
    tty,
    fits: tty,
    columns: 80,
    paint: (_: unknown, text: string) => text,
    write: () => Promise.resolve(),
    draw,
  }
  return { drawn, time, progress: progressBar('verify', screen, () => time.ms) }
}

describe('a progress bar', () => {
  it('shows after a second, at most ten times a second, and goes away', () => {
    const { drawn, time, progress } = bar(true)
    for (time.ms = 0; time.ms <= 2_000; time.ms += 10) progress.update(time.ms, 4_000)
    expect(drawn[0]).toContain('25 %')
    expect(drawn.length).toBeGreaterThan(5)
    expect(drawn.length).toBeLessThanOrEqual(11)
    progress.clear()
    expect(drawn.at(-1)).toBe('\r\u001b[K')
    progress.clear()
    expect(drawn.filter((text) => text === '\r\u001b[K')).toHaveLength(1)
  })

  it('never shows where no person looks, nor for quick work', () => {
    const pipe = bar(false)
    for (pipe.time.ms = 0; pipe.time.ms <= 5_000; pipe.time.ms += 100) pipe.progress.update(1, 2)
    const quick = bar(true)
    quick.progress.update(1, 2)
    quick.progress.clear()
    expect([...pipe.drawn, ...quick.drawn]).toEqual([])
  })

  it('stays within its bounds when more was done than was expected', () => {
    const { drawn, time, progress } = bar(true)
    time.ms = 1_000
    progress.update(10, 5)
    time.ms = 2_000
    progress.update(1, 0)
    expect(drawn[0]).toContain('100 %')
    expect(drawn[1]).toContain(' 0 %')
  })
})
