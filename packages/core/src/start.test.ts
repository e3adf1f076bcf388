import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppDirectory, appDirectory } from './run-app.fixture.ts'

let app: AppDirectory
beforeEach(() => {
  app = appDirectory()
})
afterEach(() => app.remove())

const once = (options = '') => `
  import { createAudit } from '@trailmark/core'
  const audit = createAudit(${options})
  await audit.record('login_success', { actor: { id: 'usr_8f3k2p' } }).durable
  await audit.close()`

describe('a start without options in an empty directory', () => {
  it('prints one line on stderr, and nothing on stdout', async () => {
    const { stdout, stderr, code } = await app.start(once()).ended
    expect(stderr).toBe(
      'trailmark: records go to ./.trailmark, keys are in ./.trailmark-keys (new, ignored by git) [AUDIT_CREATED]\n',
    )
    expect(stdout).toBe('')
    expect(code).toBe(0)
  })

  it('prints nothing the second time', async () => {
    await app.start(once()).ended
    expect((await app.start(once()).ended).stderr).toBe('')
  })

  it('makes both directories with a .gitignore, the keys for their owner alone', async () => {
    await app.start(once()).ended
    expect(readFileSync(join(app.dir, '.trailmark/.gitignore'), 'utf8')).toBe('*\n')
    expect(readFileSync(join(app.dir, '.trailmark-keys/.gitignore'), 'utf8')).toBe('*\n')
    expect(statSync(join(app.dir, '.trailmark-keys')).mode & 0o777).toBe(0o700)
    expect(existsSync(join(app.dir, '.trailmark/clinic/audit.standard'))).toBe(true)
    expect(existsSync(join(app.dir, '.trailmark/clinic/audit.long'))).toBe(true)
  })

  it('leaves git nothing to add', async () => {
    execFileSync('git', ['init', '-q'], { cwd: app.dir })
    await app.start(once()).ended
    const status = execFileSync('git', ['status', '--short', '--untracked-files=all'], {
      cwd: app.dir,
      encoding: 'utf8',
    })
    expect(status).not.toContain('.trailmark')
  })

  it('records the start, and what is weak about it', async () => {
    await app.start(once()).ended
    const [open, startup] = app.records()
    expect(open).toMatchObject({
      event_type: 'stream_open',
      seq: 0,
      service: { name: 'clinic' },
      metadata: { previous: 'new' },
    })
    expect(startup).toMatchObject({
      event_type: 'application_startup',
      metadata: {
        keys_generated: true,
        keys_beside_data: true,
        keys_in_git_tree: false,
        no_anchor: true,
        memory_ledger: false,
      },
    })
    expect(startup?.metadata?.['config_hash']).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('where things go', () => {
  it('follows TRAILMARK_DIR and TRAILMARK_KEYS_DIR', async () => {
    const { stderr } = await app.start(once(), { TRAILMARK_DIR: './data', TRAILMARK_KEYS_DIR: './secrets' }).ended
    expect(stderr).toContain('./data')
    expect(existsSync(join(app.dir, 'data/clinic/audit.standard'))).toBe(true)
    expect(existsSync(join(app.dir, 'secrets/log.pem'))).toBe(true)
    expect(existsSync(join(app.dir, '.trailmark'))).toBe(false)
  })

  it('follows options before the environment', async () => {
    await app.start(once("{ dir: 'mine', keysDir: 'my-keys' }"), {
      TRAILMARK_DIR: './data',
      TRAILMARK_KEYS_DIR: './secrets',
    }).ended
    expect(existsSync(join(app.dir, 'mine/clinic'))).toBe(true)
    expect(existsSync(join(app.dir, 'data'))).toBe(false)
  })

  it('is nowhere under NODE_ENV=test, and silent', async () => {
    const { stderr, stdout, code } = await app.start(once(), { NODE_ENV: 'test' }).ended
    expect({ stderr, stdout, code }).toEqual({ stderr: '', stdout: '', code: 0 })
    expect(existsSync(join(app.dir, '.trailmark'))).toBe(false)
    expect(existsSync(join(app.dir, '.trailmark-keys'))).toBe(false)
  })
})

const failing = (options = '') => `
  import { createAudit } from '@trailmark/core'
  try { createAudit(${options}); console.log('started') } catch (error) { console.log(error.code, error.message) }`

describe('a directory that cannot be used', () => {
  const block = (name: string) => writeFileSync(join(app.dir, name), 'a file in its place')

  it('means memory and a notice in development, where nobody chose it', async () => {
    block('.trailmark')
    const { stdout, stderr } = await app.start(failing(), { NODE_ENV: 'development' }).ended
    expect(stdout).toBe('started\n')
    expect(stderr).toContain('records stay in memory and end with the process')
    expect(stderr).toContain('[AUDIT_IN_MEMORY]')
  })

  it.each(['production', 'staging', ''])('stops the start under NODE_ENV=%s, and names the option', async (mode) => {
    block('.trailmark')
    const { stdout } = await app.start(failing(), { NODE_ENV: mode }).ended
    expect(stdout).toMatch(/^AUDIT_DIR_UNUSABLE .*\.trailmark .*option dir/)
  })

  it('stops the start everywhere when it was chosen', async () => {
    block('chosen')
    for (const mode of ['development', 'production', 'test']) {
      expect((await app.start(failing("{ dir: './chosen' }"), { NODE_ENV: mode }).ended).stdout).toMatch(
        /^AUDIT_DIR_UNUSABLE .*chosen \(option dir\)/,
      )
    }
    expect((await app.start(failing(), { NODE_ENV: 'development', TRAILMARK_DIR: './chosen' }).ended).stdout).toMatch(
      /^AUDIT_DIR_UNUSABLE .*chosen \(TRAILMARK_DIR\)/,
    )
  })

  it('stops the start when a stream of it cannot be made', async () => {
    mkdirSync(join(app.dir, '.trailmark/clinic'), { recursive: true })
    block('.trailmark/clinic/audit.long')
    expect((await app.start(failing()).ended).stdout).toMatch(/^AUDIT_DIR_UNUSABLE /)
  })

  it.skipIf(process.getuid?.() === 0)('stops the start when it is read-only', async () => {
    mkdirSync(join(app.dir, 'chosen'))
    chmodSync(join(app.dir, 'chosen'), 0o500)
    expect((await app.start(failing("{ dir: './chosen' }")).ended).stdout).toMatch(/^AUDIT_DIR_UNUSABLE /)
  })

  it('means keys in memory in development, and stops the start in production', async () => {
    block('.trailmark-keys')
    const development = await app.start(failing(), { NODE_ENV: 'development' }).ended
    expect(development.stdout).toBe('started\n')
    expect(development.stderr).toContain('[AUDIT_KEYS_IN_MEMORY]')
    const production = await app.start(failing(), { NODE_ENV: 'production' }).ended
    expect(production.stdout).toMatch(/^AUDIT_DIR_UNUSABLE .*option keysDir/)
  })

  it.skipIf(process.platform === 'win32')('never means going on with keys that others can read', async () => {
    mkdirSync(join(app.dir, '.trailmark-keys'), { mode: 0o755 })
    chmodSync(join(app.dir, '.trailmark-keys'), 0o755)
    const { stdout } = await app.start(failing(), { NODE_ENV: 'development' }).ended
    expect(stdout).toMatch(/^KEYS_READABLE_BY_OTHERS /)
  })
})

describe('a restart', () => {
  it('goes on in the same writer and says that the last end was orderly', async () => {
    await app.start(once()).ended
    await app.start(once()).ended
    const opens = app.records().filter((one) => one.event_type === 'stream_open')
    expect(opens.map((one) => one.metadata?.['previous'])).toEqual(['new', 'closed'])
    expect(new Set(opens.map((one) => one.service.writer)).size).toBe(1)
  })

  it('records a changed configuration by its part, and only once', async () => {
    await app.start(once()).ended
    await app.start(once("{ trust: ['10.0.0.0/8'] }")).ended
    await app.start(once("{ trust: ['10.0.0.0/8'] }")).ended
    const changes = app.records('audit.long').filter((one) => one.event_type === 'config_change')
    expect(changes.map((one) => [one.reason, one.metadata?.['part']])).toEqual([['start', 'options']])
  })

  it('survives a damaged memory of the last configuration', async () => {
    await app.start(once()).ended
    writeFileSync(join(app.dir, '.trailmark/clinic/configuration'), '{"policy":')
    expect((await app.start(once()).ended).code).toBe(0)
  })
})

describe('two processes in one directory', () => {
  it('record side by side, each in a writer of its own', async () => {
    const waiting = `
      import { createAudit } from '@trailmark/core'
      const audit = createAudit()
      for (let i = 0; i < 50; i++) await audit.record('login_success', { actor: { id: 'usr_' + i } }).acknowledged
      console.log('recorded')
      process.on('SIGTERM', () => process.exit(0))
      setInterval(() => {}, 1000)`
    const first = app.start(waiting)
    const second = app.start(waiting)
    await Promise.all([first.says('recorded'), second.says('recorded')])
    first.child.kill('SIGTERM')
    second.child.kill('SIGTERM')
    const ends = await Promise.all([first.ended, second.ended])
    expect(ends.map((one) => one.code)).toEqual([0, 0])
    const logins = app.records().filter((one) => one.event_type === 'login_success')
    expect(logins).toHaveLength(100)
    expect(new Set(logins.map((one) => one.service.writer)).size).toBe(2)
    expect(new Set(logins.map((one) => one.id)).size).toBe(100)
  })
})

describe('levels', () => {
  it('DEBUG is refused in production, on record', async () => {
    const { stderr } = await app.start(once(), { NODE_ENV: 'production', LOG_LEVEL: 'debug' }).ended
    expect(stderr).toContain('[LEVEL_REFUSED]')
    const refused = app.records().find((one) => one.event_type === 'level_refused')
    expect(refused).toMatchObject({
      reason: 'production',
      metadata: { requested: 'DEBUG', applied: 'INFO', source: 'environment' },
    })
  })

  it('DEBUG is accepted in development', async () => {
    await app.start(once(), { NODE_ENV: 'development', LOG_LEVEL: 'debug' }).ended
    expect(app.records().some((one) => one.event_type === 'level_refused')).toBe(false)
  })
})
