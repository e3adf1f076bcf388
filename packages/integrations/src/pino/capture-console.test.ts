import { Console } from 'node:console'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { captureConsole } from './capture-console.ts'
import { auditedPino } from './logger.ts'

function captured() {
  const lines: Record<string, unknown>[] = []
  const out = new PassThrough()
  const target = new Console({ stdout: out, stderr: out })
  const log = target.log
  const logger = auditedPino({ service: 'clinic', destination: { write: (line) => lines.push(JSON.parse(line)) } })
  return { target, log, lines, printed: () => String(out.read() ?? ''), restore: captureConsole(logger, target) }
}

describe('a captured console', () => {
  it('writes lines with levels instead of printing', () => {
    const { target, lines, printed } = captured()
    target.log('signed in %s times', 3)
    target.warn('careful')
    target.error('it broke', new TypeError('no bed for ann@clinic.example'))
    expect(lines.map((one) => [one['level'], one['message']])).toEqual([
      ['INFO', 'signed in 3 times'],
      ['WARNING', 'careful'],
      ['ERROR', 'it broke'],
    ])
    expect(lines[2]?.['error']).toMatchObject({ type: 'TypeError' })
    expect(JSON.stringify(lines)).not.toContain('ann@')
    expect(printed()).toBe('')
  })

  it('keeps what stands beside the message, scrubbed', () => {
    const { target, lines } = captured()
    target.log({ password: 'hunter2-plain', visits: 3 })
    target.log('two', { visits: 4 }, 5)
    expect(JSON.stringify(lines)).not.toContain('hunter2')
    expect(lines[0]).toMatchObject({ visits: 3 })
    expect(lines[1]).toMatchObject({ message: 'two', fields: { visits: 4 }, values: [5] })
  })

  it('is put back, but not over somebody else', () => {
    const { target, log, restore } = captured()
    const other = (): void => undefined
    target.warn = other
    restore()
    expect([target.log === log, target.warn === other]).toEqual([true, true])
  })

  it('takes only a logger that scrubs', () => {
    expect(() => captureConsole(pino({ enabled: false }))).toThrow(/^logger: /)
  })
})
