import { spawnSync } from 'node:child_process'
import { memoryKeys } from '@trailmark/keys'
import { expect, test } from 'vitest'
import { openAudit } from './audit.ts'
import { thisPlatform } from './configuration.ts'
import { isInspectorOpen } from './inspector.ts'

test.each([
  [['--inspect'], {}, true],
  [['--inspect-brk=127.0.0.1:0'], {}, true],
  [[], { NODE_OPTIONS: '--no-warnings --inspect-wait' }, true],
  [['--inspect-port=0'], { NODE_OPTIONS: '--inspector-like' }, false],
  [[], {}, false],
])('a debugger can be attached with %j and %j: %s', (execArgv, env, open) => {
  expect(isInspectorOpen(env, execArgv)).toBe(open)
})

test('an inspector that is listening is seen, whoever opened it', () => {
  const script = `import { isInspectorOpen } from ${JSON.stringify(new URL('./inspector.ts', import.meta.url).href)}
    import inspector from 'node:inspector'
    const before = isInspectorOpen({}, [])
    inspector.open(0)
    console.log(before, isInspectorOpen({}, []))
    inspector.close()`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 10_000,
  })
  expect(stdout.trim()).toBe('false true')
})

test('in production it is weak and told; elsewhere it is nobody’s business', async () => {
  for (const [mode, open] of [
    ['production', true],
    ['development', false],
  ] as const) {
    const notices: string[] = []
    const env = { NODE_ENV: mode, NODE_OPTIONS: '--inspect', LOG_LEVEL: 'debug' }
    const audit = openAudit(
      { service: 'watched', ledger: 'memory', keys: memoryKeys(), signals: false, operational: 'none' },
      { platform: { ...thisPlatform(), env }, print: (line) => notices.push(line) },
    )
    const { weak } = audit.health()
    expect([weak.includes('inspector_open'), weak.includes('level_refused')]).toEqual([open, open])
    expect(notices.some((line) => line.includes('[INSPECTOR_OPEN]'))).toBe(open)
    await audit.close()
  }
})
