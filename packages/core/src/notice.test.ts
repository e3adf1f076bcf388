import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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

  it('for a stderr that nobody reads any more harms nobody either', async () => {
    const source = `
      import { createNotices } from ${JSON.stringify(fileURLToPath(new URL('./notice.ts', import.meta.url)))}
      const { notice } = createNotices()
      process.stdin.once('data', () => {
        notice('A', 'to nobody')
        setImmediate(() => notice('B', 'to nobody'))
        setTimeout(() => notice('C', 'to nobody'), 20)
        setTimeout(() => process.exit(42), 100)
      })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'pipe' })
    child.stderr.destroy()
    child.stdin.end('go')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(42)
  })
})
