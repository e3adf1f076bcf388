import { afterEach, describe, expect, it } from 'vitest'
import { type AppDirectory, appDirectory } from '../run-app.fixture.ts'

let app: AppDirectory
afterEach(() => app?.remove())

async function run(source: string, env: Record<string, string> = {}) {
  app = appDirectory()
  return await app.start(`import { createAudit } from '@trailmark/core'\n${source}`, env).ended
}
const open = `const audit = createAudit({ operational: 'none' })`
const turn = 'await new Promise((resolve) => setTimeout(resolve, 20))'

describe('a process warning', () => {
  it('is printed as its type, code and template, never in its own words', async () => {
    const { stderr } = await run(`${open}
      process.emitWarning('hunter2 of ann@example.org', { type: 'hunter2', code: 'hunter2', detail: 'hunter2' })
      process.emitWarning('hunter2', 'DeprecationWarning', 'DEP0999')
      process.emitWarning(new TypeError('hunter2 is not a function'))
      new (await import('node:events')).EventEmitter().setMaxListeners(1).on('hunter2', () => {}).on('hunter2', () => {})
      ${turn}`)
    expect(stderr).not.toContain('hunter2')
    expect(stderr).not.toContain('ann@')
    const lines = stderr.split('\n').filter((line) => line.includes('process warning'))
    expect(lines.map((line) => line.slice('trailmark: process warning: '.length).split(' at ')[0])).toEqual([
      'Error',
      'DeprecationWarning (DEP0999)',
      'TypeError: * is not a function',
      'MaxListenersExceededWarning: Possible EventEmitter memory leak detected. # * listeners added to *. MaxListeners is 1. Use emitter.setMaxListeners() to increase limit'.replace(
        '#',
        '2',
      ),
    ])
  })

  it('still reaches a listener of the application', async () => {
    const { stdout } = await run(`
      process.on('warning', (warning) => console.log('mine', warning.message))
      ${open}
      process.emitWarning('theirs'); ${turn}`)
    expect(stdout).toContain('mine theirs')
  })

  it('is printed by Node again after the last audit was closed', async () => {
    const { stderr, stdout } = await run(`
      const before = process.listeners('warning').map(({ name }) => name)
      const audits = [1, 2].map((i) => createAudit({ operational: 'none', service: 's' + i }))
      await Promise.all(audits.map((audit) => audit.close()))
      console.log(JSON.stringify([before, process.listeners('warning').map(({ name }) => name)]))
      process.emitWarning('plain'); ${turn}`)
    const [before, after] = JSON.parse(stdout)
    expect(after).toEqual(before)
    expect(stderr).toContain('Warning: plain')
  })

  it.each([
    ['that are switched off', 'process.emitWarning("x", "DeprecationWarning", "DEP0999")', '--no-deprecation'],
    ['where all are', 'process.emitWarning("x")', '--no-warnings'],
    ['of one code', 'process.emitWarning("x", "Warning", "CODE_1")', '--disable-warning=CODE_1'],
  ])('is not printed by us %s', async (_what, emit, flag) => {
    const { stderr } = await run(`${open}\n${emit}; ${turn}`, { NODE_OPTIONS: flag })
    expect(stderr).not.toContain('process warning')
  })

  it('is left to Node where signals: false leaves the process alone', async () => {
    const { stderr } = await run(`createAudit({ operational: 'none', signals: false })
      process.emitWarning('plain'); ${turn}`)
    expect(stderr).toContain('Warning: plain')
  })
})
