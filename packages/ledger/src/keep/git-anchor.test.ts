import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../ledger.fixture.ts'
import { type GitAnchorOptions, gitAnchor } from './git-anchor.ts'
import { type GrowingLog, growingLog } from './growing-log.fixture.ts'
import { heldFileName } from './held-note.ts'
import { missing } from './missing-program.fixture.ts'

const { signal } = new AbortController()
const log = growingLog()
const origin = log.at(0).origin
const file = heldFileName(origin)

const rollback = expect.objectContaining({ code: 'LEDGER_ANCHOR_ROLLBACK' })
const refused = (words: string) =>
  expect.objectContaining({ code: 'LEDGER_ANCHOR_REFUSED', message: expect.stringContaining(words) })
const unreachable = expect.objectContaining({ code: 'LEDGER_ANCHOR_UNREACHABLE' })

function git(repository: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@clinic.example', '-c', 'init.defaultBranch=main']
  return execFileSync('git', ['-C', repository, ...identity, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString()
}

function newRepository(...kind: string[]): string {
  const repository = join(temporaryDirectory(), 'checkpoints')
  mkdirSync(repository)
  git(repository, 'init', '--quiet', ...kind)
  return repository
}

function publish(options: GitAnchorOptions, size: number, from: GrowingLog = log) {
  return gitAnchor({ timeoutMs: 25_000, ...options }).publish(from.at(size), from.tree, signal)
}

const inBranch = (repository: string, branch = 'trailmark') => git(repository, 'show', `${branch}:${file}`)

describe.skipIf(missing('git'))('a git anchor', () => {
  it.each(['--bare', '--object-format=sha256'])(
    'commits every checkpoint, byte for byte, with its own identity (%s)',
    async (kind) => {
      const repository = newRepository('--bare', kind)
      const identity = { name: 'Clinic trail', email: 'trail@clinic.example' }
      for (const size of [0, 1, 5, 8]) await publish({ repository, identity }, size)
      const { detail } = await publish({ repository, identity }, 13)
      expect(inBranch(repository)).toBe(log.at(13).note)
      expect(detail).toContain(git(repository, 'rev-parse', 'trailmark').trim())
      const history = git(repository, 'log', '--format=%an <%ae> %cn %s', 'trailmark').trim().split('\n')
      expect(history).toEqual(
        [13, 8, 5, 1, 0].map(
          (size) => `Clinic trail <trail@clinic.example> Clinic trail checkpoint ${size} of ${origin}`,
        ),
      )
      expect(git(repository, 'fsck', '--strict', '--full')).toBe('')
    },
  )

  it('makes no second commit of the same checkpoint', async () => {
    const repository = newRepository('--bare')
    await publish({ repository }, 5)
    await publish({ repository }, 5)
    expect(git(repository, 'rev-list', '--count', 'trailmark').trim()).toBe('1')
  })

  it('refuses a smaller tree, another tree of that size and a larger one that does not continue', async () => {
    const repository = newRepository('--bare')
    await publish({ repository }, 8)
    await expect(publish({ repository }, 7)).rejects.toEqual(rollback)
    await expect(publish({ repository }, 8, growingLog(origin, 3))).rejects.toEqual(rollback)
    await expect(publish({ repository }, 13, growingLog(origin, 3))).rejects.toEqual(rollback)
    expect(inBranch(repository)).toBe(log.at(8).note)
    await publish({ repository }, 13, growingLog(origin, 8))
  })

  it('keeps a file for each log and leaves others alone', async () => {
    const repository = newRepository('--bare')
    const other = growingLog('clinic/anchor.long/w-aaaaaaaaaaaa')
    await publish({ repository }, 5)
    await publish({ repository }, 3, other)
    await publish({ repository }, 6)
    expect(inBranch(repository)).toBe(log.at(6).note)
    expect(git(repository, 'show', `trailmark:${heldFileName(other.at(0).origin)}`)).toBe(other.at(3).note)
  })

  it('leaves working tree, index and the branch somebody works in as they are', async () => {
    const repository = newRepository()
    writeFileSync(join(repository, 'code.ts'), 'one\n')
    git(repository, 'add', 'code.ts')
    git(repository, 'commit', '--quiet', '-m', 'first')
    writeFileSync(join(repository, 'code.ts'), 'two\n')
    git(repository, 'add', 'code.ts')
    writeFileSync(join(repository, 'code.ts'), 'three\n')
    const before = [git(repository, 'status', '--porcelain=v2', '--branch'), git(repository, 'ls-files', '--stage')]
    const index = readFileSync(join(repository, '.git', 'index'))
    await publish({ repository }, 5)
    await publish({ repository: join(repository, '.git') }, 6)
    expect(readFileSync(join(repository, '.git', 'index')).equals(index)).toBe(true)
    expect([git(repository, 'status', '--porcelain=v2', '--branch'), git(repository, 'ls-files', '--stage')]).toEqual(
      before,
    )
    expect(readdirSync(repository).sort()).toEqual(['.git', 'code.ts'])
    expect(inBranch(repository)).toBe(log.at(6).note)
  })

  it('refuses a branch that is checked out, also one without commits', async () => {
    const repository = newRepository()
    await expect(publish({ repository, branch: 'main' }, 5)).rejects.toEqual(refused('checked out'))
    git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'first')
    await expect(publish({ repository, branch: 'main' }, 5)).rejects.toEqual(refused('checked out'))
    await publish({ repository }, 5)
    git(repository, 'worktree', 'add', '--quiet', join(temporaryDirectory(), 'tree'), 'trailmark')
    await expect(publish({ repository }, 6)).rejects.toEqual(refused('checked out'))
  })

  it('runs no hook of its repository', async () => {
    const repository = newRepository('--bare')
    const remote = newRepository('--bare')
    const trace = join(temporaryDirectory(), 'ran')
    mkdirSync(join(repository, 'hooks'), { recursive: true })
    for (const hook of [
      'pre-commit',
      'commit-msg',
      'post-commit',
      'pre-push',
      'reference-transaction',
      'post-update',
    ]) {
      const path = join(repository, 'hooks', hook)
      writeFileSync(path, `#!/bin/sh\necho ${hook} >> ${trace}\n`)
      chmodSync(path, 0o755)
    }
    git(
      repository,
      'update-ref',
      'refs/heads/try',
      git(repository, 'commit-tree', git(repository, 'mktree').trim(), '-m', 'x').trim(),
    )
    expect(readFileSync(trace, 'utf8')).toContain('reference-transaction')
    writeFileSync(trace, '')
    await publish({ repository, remote }, 5)
    expect(readFileSync(trace, 'utf8')).toBe('')
  })

  it('takes nothing of the environment that leads git elsewhere', async () => {
    const repository = newRepository('--bare')
    const elsewhere = newRepository('--bare')
    process.env['GIT_DIR'] = elsewhere
    try {
      await publish({ repository }, 5)
    } finally {
      delete process.env['GIT_DIR']
    }
    expect(git(elsewhere, 'for-each-ref')).toBe('')
    expect(inBranch(repository)).toBe(log.at(5).note)
  })

  it('is refused where there is no repository, and makes none', async () => {
    const repository = temporaryDirectory()
    await expect(publish({ repository }, 5)).rejects.toEqual(refused('git'))
    expect(readdirSync(repository)).toEqual([])
    await expect(publish({ repository: join(repository, 'missing') }, 5)).rejects.toEqual(refused('git'))
  })

  it('refuses a file in its branch that holds something else', async () => {
    const repository = newRepository()
    git(repository, 'checkout', '--quiet', '-b', 'trailmark')
    writeFileSync(join(repository, file), 'shopping list\n')
    git(repository, 'add', '.')
    git(repository, 'commit', '--quiet', '-m', 'first')
    git(repository, 'checkout', '--quiet', '-b', 'main')
    await expect(publish({ repository }, 5)).rejects.toEqual(refused('holds no checkpoint'))
  })

  it('ends git, and what git started, when the time is over', async () => {
    const repository = newRepository('--bare')
    const remote = newRepository('--bare')
    const pid = join(temporaryDirectory(), 'pid')
    mkdirSync(join(remote, 'hooks'), { recursive: true })
    writeFileSync(
      join(remote, 'hooks', 'pre-receive'),
      `#!/bin/sh\necho $$ > ${pid}.tmp; mv ${pid}.tmp ${pid}; exec sleep 60\n`,
    )
    chmodSync(join(remote, 'hooks', 'pre-receive'), 0o755)
    const stop = new AbortController()
    const publishing = gitAnchor({ repository, remote, timeoutMs: 25_000 }).publish(log.at(5), log.tree, stop.signal)
    const ended = expect(publishing).rejects.toEqual(unreachable)
    await expect.poll(() => existsSync(pid), { timeout: 20_000 }).toBe(true)
    stop.abort()
    await ended
    const number = Number(readFileSync(pid, 'utf8'))
    await expect.poll(() => isRunning(number), { timeout: 20_000 }).toBe(false)
    expect(git(repository, 'for-each-ref')).toBe('')
  })

  it('commits what several processes publish at the same moment, each once', async () => {
    const repository = newRepository('--bare')
    const logs = Array.from({ length: 4 }, (_, i) => growingLog(`clinic/anchor.long/w-${String(i).repeat(12)}`))
    await Promise.all(logs.map((one) => publish({ repository }, 5, one)))
    for (const one of logs)
      expect(git(repository, 'show', `trailmark:${heldFileName(one.at(0).origin)}`)).toBe(one.at(5).note)
    expect(git(repository, 'rev-list', '--count', 'trailmark').trim()).toBe('4')
  })

  it('refuses options that cannot be, by name', () => {
    const invalid = (option: string) =>
      expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining(`${option}:`) })
    const make = (rest: Partial<GitAnchorOptions>) => () => gitAnchor({ repository: '/tmp', ...rest })
    expect(make({ repository: '' })).toThrow(invalid('repository'))
    for (const branch of ['', '-x', 'a..b', 'a/', '/a', 'a b', 'a.lock'])
      expect(make({ branch })).toThrow(invalid('branch'))
    for (const remote of [
      'origin',
      '../x',
      'ssh://host/x',
      '--upload-pack=x',
      'ext::sh',
      'http://x.example',
      'https://a:b@x.example',
    ]) {
      expect(make({ remote }), remote).toThrow(invalid('remote'))
    }
    expect(make({ identity: { name: 'a <b>', email: 'x' } })).toThrow(invalid('identity.name'))
    expect(make({ identity: { name: 'a', email: ' ' } })).toThrow(invalid('identity.email'))
  })
})

describe.skipIf(missing('git'))('a git anchor with a remote', () => {
  const setUp = () => ({ repository: newRepository('--bare'), remote: newRepository('--bare') })

  it('pushes every checkpoint, and what was there before it had a remote', async () => {
    const { repository, remote } = setUp()
    await publish({ repository }, 3)
    await publish({ repository, remote }, 5)
    await publish({ repository, remote }, 8)
    expect(inBranch(remote)).toBe(log.at(8).note)
    expect(git(remote, 'rev-parse', 'trailmark')).toBe(git(repository, 'rev-parse', 'trailmark'))
    expect(git(remote, 'rev-list', '--count', 'trailmark').trim()).toBe('3')
  })

  it('refuses a rollback that only the remote can see: log and repository were both put back', async () => {
    const { repository, remote } = setUp()
    await publish({ repository, remote }, 5)
    const old = git(repository, 'rev-parse', 'trailmark').trim()
    await publish({ repository, remote }, 8)
    git(repository, 'update-ref', 'refs/heads/trailmark', old)
    await expect(publish({ repository, remote }, 6)).rejects.toEqual(rollback)
    await expect(publish({ repository: newRepository('--bare'), remote }, 6)).rejects.toEqual(rollback)
    await expect(publish({ repository, remote }, 9, growingLog(origin, 6))).rejects.toEqual(rollback)
    expect(inBranch(remote)).toBe(log.at(8).note)
    await publish({ repository, remote }, 9)
    expect(inBranch(repository)).toBe(log.at(9).note)
  })

  it('brings a remote that was put back up to date again', async () => {
    const { repository, remote } = setUp()
    await publish({ repository, remote }, 5)
    const old = git(remote, 'rev-parse', 'trailmark').trim()
    await publish({ repository, remote }, 8)
    git(remote, 'update-ref', 'refs/heads/trailmark', old)
    await publish({ repository, remote }, 8)
    expect(inBranch(remote)).toBe(log.at(8).note)
  })

  it('shares a branch between hosts, each with a repository of its own', async () => {
    const { repository, remote } = setUp()
    const other = { repository: newRepository('--bare'), remote, log: growingLog('clinic/anchor.long/w-aaaaaaaaaaaa') }
    await publish({ repository, remote }, 3)
    await publish(other, 4, other.log)
    await Promise.all([publish({ repository, remote }, 5), publish(other, 6, other.log)])
    expect(inBranch(remote)).toBe(log.at(5).note)
    expect(git(remote, 'show', `trailmark:${heldFileName(other.log.at(0).origin)}`)).toBe(other.log.at(6).note)
  })

  it('never overwrites a branch that went another way', async () => {
    const { repository, remote } = setUp()
    await publish({ repository }, 3)
    await publish({ repository: newRepository('--bare'), remote, identity: { name: 'b', email: 'b@localhost' } }, 3)
    const there = git(remote, 'rev-parse', 'trailmark')
    const here = git(repository, 'rev-parse', 'trailmark')
    await expect(publish({ repository, remote }, 5)).rejects.toEqual(refused('different ways'))
    expect(git(remote, 'rev-parse', 'trailmark')).toBe(there)
    expect(git(repository, 'rev-parse', 'trailmark')).toBe(here)
  })

  it('does not count what the remote did not take', async () => {
    const { repository, remote } = setUp()
    mkdirSync(join(remote, 'hooks'), { recursive: true })
    const hook = join(remote, 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\necho not today >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    await expect(publish({ repository, remote }, 5)).rejects.toEqual(refused('not today'))
    expect(git(repository, 'for-each-ref')).toBe('')
    await expect(publish({ repository, remote: join(remote, 'missing') }, 5)).rejects.toEqual(unreachable)
    await expect(publish({ repository, remote: 'https://127.0.0.1:1/x.git' }, 5)).rejects.toEqual(unreachable)
  })
})

/** A process that ended and that nobody has asked about yet is not running. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
