import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openAudit } from './audit.ts'
import { guardConsole } from './console-guard.ts'
import { scrubber } from './scrub/scrub.ts'

function capture(enabled = (_level: string) => true) {
  const printed = { out: '', err: '' }
  const into = (stream: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[stream] += String(chunk)
        done()
      },
    })
  const target = new Console({ stdout: into('out'), stderr: into('err') })
  const before = { ...target }
  return { target, printed, before, restore: guardConsole({ scrubber, enabled, target }) }
}

describe('a guarded console', () => {
  it('prints where it printed, without what is secret', () => {
    const { target, printed } = capture()
    target.log('signed in', { user: 'ann', password: 'hunter2-plain' }, 3)
    target.error(new Error('the key is sk-plain-4711'))
    target.warn('password: %s', 'correct-horse-9')
    expect(printed.out).toContain('signed in')
    expect(printed.out).toContain('3')
    expect(printed.out + printed.err).not.toMatch(/hunter2|4711|correct-horse/)
    expect(printed.err).toContain('Error')
  })

  it('keeps one call on one line, whatever is in it', () => {
    const { target, printed } = capture()
    target.log('a\nb\u2028c\u001b[31m', { text: 'x\ny' })
    target.table([{ password: 'hunter2-plain' }])
    target.dir({ nested: { deep: { deeper: { token: 'tok-4711-abc' } } } })
    target.trace('where')
    expect(printed.out.trimEnd().split('\n')).toHaveLength(3)
    expect(printed.err.trimEnd().split('\n')).toHaveLength(1)
    expect(printed.out).not.toMatch(/hunter2|4711|\u001b|\u2028/)
  })

  it('interprets a format once', () => {
    const { target, printed } = capture()
    target.log('%s', '%s %d', 1)
    expect(printed.out).toBe('%s %d 1\n')
  })

  it('leaves out what is below the level in force', () => {
    const { target, printed } = capture((level) => level !== 'DEBUG')
    target.debug('noise')
    target.info('news')
    expect(printed.out).toBe('news\n')
  })

  it('tells a failed assertion, and only that', () => {
    const { target, printed } = capture()
    target.assert(true, 'nothing')
    target.assert(false, 'failed with', { password: 'hunter2-plain' })
    expect(printed.err).toMatch(/^Assertion failed/)
    expect(printed.err).not.toContain('hunter2')
  })

  it('runs no code of what it prints', () => {
    const { target, printed } = capture()
    let ran = 0
    const hostile = {
      get a() {
        ran += 1
        return 1
      },
      toJSON: () => (ran += 1),
      [Symbol.for('nodejs.util.inspect.custom')]: () => (ran += 1),
    }
    target.log(hostile)
    expect(ran).toBe(0)
    expect(printed.out).not.toBe('')
  })

  it('is put back as it was, and only once', () => {
    const { target, before, restore } = capture()
    expect(guardConsole({ scrubber, enabled: () => true, target })()).toBeUndefined()
    restore()
    for (const [name, value] of Object.entries(before)) expect(Reflect.get(target, name), name).toBe(value)
  })
})

describe('the option console', () => {
  it('scrubs what the process prints while an audit is open, and leaves it alone afterwards', async () => {
    const before = console.log
    const audit = openAudit({ console: 'scrub' })
    expect(console.log).not.toBe(before)
    await audit.close()
    expect(console.log).toBe(before)
  })

  it('is named when it is something else', () => {
    // @ts-expect-error: not one of the words
    expect(() => openAudit({ console: 'capture' })).toThrow(/^console: /)
  })
})
