/**
 * One branch of a repository, here and perhaps in a remote, moved by plumbing alone: objects are written, then the reference is
 * advanced from the value that was looked at. Whoever moved it meanwhile is noticed and never overwritten.
 */
import { type Git, GitFailed } from './git-command.ts'

export interface BranchSettings {
  readonly branch: string
  readonly remote: string | undefined
  readonly identity: { readonly name: string; readonly email: string }
}

/** Where the branch stands. `base` is the newest of both, and what a new commit is put on; undefined when there is none yet. */
export interface Tips {
  readonly local: string | undefined
  readonly remote: string | undefined
  readonly base: string | undefined
}

export interface FileCommit {
  readonly file: string
  readonly bytes: string
  readonly message: string
}

/** Its calls reject with GitFailed where git says no, and with an Error where it, or the remote, does not answer. */
export class GitBranch {
  readonly #git: Git
  readonly #ref: string
  readonly #settings: BranchSettings

  constructor(git: Git, settings: BranchSettings) {
    this.#git = git
    this.#settings = settings
    this.#ref = `refs/heads/${settings.branch}`
  }

  /** Fetches what the remote has beyond this repository. Rejects with GitFailed when neither is the beginning of the other. */
  async tips(): Promise<Tips> {
    await this.#requireFree()
    const local = (await this.#find(`${this.#ref}^{commit}`)) || undefined
    const remote = await this.#fetch()
    if (local === undefined || remote === undefined || local === remote) return { local, remote, base: remote ?? local }
    if (await this.#isAncestor(local, remote)) return { local, remote, base: remote }
    if (await this.#isAncestor(remote, local)) return { local, remote, base: local }
    // What the remote holds is looked at all the same; `advance` then tells.
    return { local, remote, base: remote }
  }

  /** A file at the top of a commit, or undefined. */
  async findFile(commit: string, file: string): Promise<Buffer | undefined> {
    if ((await this.#git.read(['ls-tree', '--full-tree', commit, '--', file])) === '') return undefined
    const { code, stdout, stderr } = await this.#git.run(['cat-file', 'blob', `${commit}:${file}`])
    if (code !== 0) throw new GitFailed(`git cat-file: ${stderr}`)
    return stdout
  }

  /** Writes a commit on `base` in which one file is new; every other file stays as it is. Nothing refers to it yet. */
  async commit(base: string | undefined, { file, bytes, message }: FileCommit): Promise<string> {
    const blob = await this.#git.read(['hash-object', '-w', '--stdin'], { input: bytes })
    const others = base === undefined ? [] : await this.#entries(base)
    const entries = [...others.filter((entry) => !entry.endsWith(`\t${file}`)), `100644 blob ${blob}\t${file}`]
    const input = Buffer.from(entries.map((entry) => `${entry}\0`).join(''), 'latin1')
    const tree = await this.#git.read(['mktree', '-z'], { input })
    const { name, email } = this.#settings.identity
    const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
    const parent = base === undefined ? [] : ['-p', base]
    return this.#git.read(['commit-tree', tree, ...parent], { input: message, env })
  }

  /**
   * Pushes `commit` if there is a remote, then moves the branch here. False when somebody else moved either meanwhile. Never moves a
   * branch to where it did not come from.
   */
  async advance({ local, remote }: Tips, commit: string): Promise<boolean> {
    const { branch } = this.#settings
    if (local !== undefined && !(await this.#isAncestor(local, commit))) {
      throw new GitFailed(`${branch} went different ways here and in the remote: give each host a branch of its own`)
    }
    if (this.#settings.remote !== undefined && remote !== commit) {
      const target = [this.#settings.remote, `${commit}:${this.#ref}`]
      const pushed = await this.#git.run(['push', '--quiet', '--no-verify', '--', ...target])
      if (pushed.code !== 0) {
        if ((await this.#remoteTip()) !== remote) return false
        throw new GitFailed(`git push: ${pushed.stderr}`)
      }
    }
    if (local === commit) return true
    const before = local ?? '0'.repeat(commit.length)
    const moved = await this.#git.run(['update-ref', '-m', 'trailmark', this.#ref, commit, before])
    if (moved.code === 0) return true
    if ((await this.#find(this.#ref)) !== (local ?? '')) return false
    throw new GitFailed(`git update-ref: ${moved.stderr}`)
  }

  /** A branch that somebody works in would seem changed to them. */
  async #requireFree(): Promise<void> {
    if ((await this.#git.read(['rev-parse', '--is-bare-repository'])) === 'true') return
    const head = await this.#git.run(['symbolic-ref', '--quiet', 'HEAD'])
    const places = await this.#git.read(['for-each-ref', '--format=%(worktreepath)', this.#ref])
    if (places === '' && head.stdout.toString().trim() !== this.#ref) return
    throw new GitFailed(`the branch ${this.#settings.branch} is checked out; choose one that nobody works in`)
  }

  async #fetch(): Promise<string | undefined> {
    const tip = await this.#remoteTip()
    const { remote } = this.#settings
    if (tip === undefined || remote === undefined) return tip
    if ((await this.#git.run(['cat-file', '-e', `${tip}^{commit}`])).code === 0) return tip
    await this.#git.read(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, this.#ref])
    return tip
  }

  async #remoteTip(): Promise<string | undefined> {
    const { remote } = this.#settings
    if (remote === undefined) return undefined
    const { code, stdout, stderr } = await this.#git.run(['ls-remote', '--quiet', '--', remote, this.#ref])
    if (code !== 0) throw new Error(`the remote does not answer: ${stderr}`)
    const line = stdout
      .toString()
      .split('\n')
      .find((one) => one.endsWith(`\t${this.#ref}`))
    return line && /^[0-9a-f]{40,64}/.exec(line)?.[0]
  }

  /** Each as `<mode> <type> <hash>TAB<name>`, one character for each byte. */
  async #entries(commit: string): Promise<string[]> {
    const { code, stdout, stderr } = await this.#git.run(['ls-tree', '-z', '--full-tree', commit])
    if (code !== 0) throw new GitFailed(`git ls-tree: ${stderr}`)
    return stdout.toString('latin1').split('\0').slice(0, -1)
  }

  /** What a name stands for; empty for nothing. */
  async #find(name: string): Promise<string> {
    return (await this.#git.run(['rev-parse', '--verify', '--quiet', name])).stdout.toString().trim()
  }

  async #isAncestor(old: string, commit: string): Promise<boolean> {
    const { code, stderr } = await this.#git.run(['merge-base', '--is-ancestor', old, commit])
    if (code > 1) throw new GitFailed(`git merge-base: ${stderr}`)
    return code === 0
  }
}
