import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readGitVersion, readService } from './service.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-service-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(path: string, content: string): void {
  mkdirSync(join(dir, path, '..'), { recursive: true })
  writeFileSync(join(dir, path), content)
}

const around = (cwd: string, script?: string) => ({ cwd, script, env: {} })

describe('the name of a service', () => {
  it('is that of the nearest package.json with a name', () => {
    write('package.json', '{"name":"whole"}')
    write('apps/api/package.json', '{"type":"module"}')
    mkdirSync(join(dir, 'apps/api/src'), { recursive: true })
    expect(readService(undefined, around(join(dir, 'apps/api/src'))).name).toBe('whole')
  })

  it('keeps its scope', () => {
    write('package.json', '{"name":"@acme/clinic","version":"1.2.3"}')
    expect(readService(undefined, around(dir))).toMatchObject({ name: 'acme-clinic', version: '1.2.3', env: 'unset' })
  })

  it('is looked for above the script where the working directory has none', () => {
    write('srv/package.json', '{"name":"clinic"}')
    write('srv/dist/main.js', '')
    expect(readService(undefined, around('/', join(dir, 'srv/dist/main.js'))).name).toBe('clinic')
  })

  it('is the directory without any package.json, even a damaged one', () => {
    write('My Clinic/package.json', '{"name":')
    expect(readService(undefined, around(join(dir, 'My Clinic'))).name).toBe('My-Clinic')
  })

  it('always fits into a path, whatever stands in package.json', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (name) => {
        write('package.json', JSON.stringify({ name }))
        expect(readService(undefined, around(dir)).name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the version of a service', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: dir,
      encoding: 'utf8',
    }).trim()

  it('is the commit that is checked out: by branch, packed, detached and in a worktree', () => {
    git('init', '-q', '-b', 'main')
    write('package.json', '{"name":"clinic","version":"1.2.3"}')
    git('add', '.')
    git('commit', '-q', '-m', 'first')
    const commit = git('rev-parse', 'HEAD')
    expect(commit).toMatch(/^[0-9a-f]{40}$/)
    expect(readService(undefined, around(dir)).version).toBe(commit)
    git('pack-refs', '--all')
    expect(readGitVersion(dir)).toBe(commit)
    git('checkout', '-q', '--detach')
    expect(readGitVersion(dir)).toBe(commit)
    git('worktree', 'add', '-q', 'tree', 'main')
    expect(readGitVersion(join(dir, 'tree'))).toBe(commit)
  })

  it('is that of package.json in a repository without a commit', () => {
    git('init', '-q')
    write('package.json', '{"name":"clinic","version":"1.2.3"}')
    expect(readService(undefined, around(dir)).version).toBe('1.2.3')
  })

  it('is what the option says', () => {
    expect(readService({ name: 'a', version: '9' }, around(dir)).version).toBe('9')
  })

  it('is left out where the repository cannot be looked at', () => {
    symlinkSync('.git', join(dir, '.git')) // ELOOP, as a stand-in for what permissions do: root has none.
    expect(readGitVersion(dir)).toBeUndefined()
  })

  it('does not follow a branch name out of the git directory', () => {
    write('.git/HEAD', 'ref: refs/../../secret\n')
    write('secret', 'a'.repeat(40))
    expect(readGitVersion(dir)).toBeUndefined()
  })
})
