import { describe, expect, it } from 'vitest'
import { createNotices } from './notice.ts'

describe('a notice', () => {
  it('is one line, and told once per code', () => {
    const lines: string[] = []
    const { notice } = createNotices((line) => lines.push(line))
    notice('DISK', 'first\nsecond \u001b[31mred')
    notice('DISK', 'again')
    notice('OTHER', 'x'.repeat(5_000))
    expect(lines).toHaveLength(2)
    expect(lines[0]).toBe('trailmark: first second  [31mred [DISK]')
    expect(lines[1]?.length).toBeLessThan(700)
  })

  it('that cannot be printed harms nobody', () => {
    const { notice, print } = createNotices(() => {
      throw new Error('EPIPE')
    })
    expect(() => {
      notice('A', 'b')
      print('c')
    }).not.toThrow()
  })
})
