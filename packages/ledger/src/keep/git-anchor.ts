/**
 * A git repository as an anchor: one commit for every checkpoint, in a branch of its own, with one file for each log.
 *
 * Whoever has a copy of the repository, or the remote it is pushed to, holds the history of checkpoints; git's own hashes chain
 * them. Working trees, indexes and other branches are never touched, and no hook runs.
 */
import { isAbsolute } from 'node:path'
import { LedgerError, systemCode } from '../errors.ts'
import type { Anchor, AnchorTree, PublishedCheckpoint } from './anchor.ts'
import { anchorName, anchorTimeoutMs, refused, unreachable, withDeadline } from './anchor-limits.ts'
import { GitBranch } from './git-branch.ts'
import { Git, GitFailed } from './git-command.ts'
import { findLastCheckpoint, heldFileName, isHeldAlready } from './held-note.ts'
import { addressOf } from './http-post.ts'

export interface GitAnchorOptions {
  /** A repository on this machine, bare or not. It must exist. */
  readonly repository: string
  /** The branch, `trailmark` by default: letters, digits, `-`, `_` and `/`. It must not be checked out anywhere. */
  readonly branch?: string
  /** An absolute path or an https address the branch is pushed to. A checkpoint counts when it has arrived there. */
  readonly remote?: string
  /** Who commits. By default `trailmark` with the address `trailmark@localhost`. */
  readonly identity?: { readonly name: string; readonly email: string }
  /** Names it in reports, `[a-z0-9-]{1,40}`; `git` by default. */
  readonly name?: string
  /** How long one publication may take, pushing included; 10,000 ms by default. */
  readonly timeoutMs?: number
}

/** More only where several processes commit to the branch at the same moment. */
const attemptsMax = 5

/**
 * Commits every checkpoint's note to `<origin>.<hash>.notes` in `branch`. Needs the program git, 2.29 or newer.
 *
 * Refuses with LEDGER_ANCHOR_ROLLBACK what does not continue the note that the branch, or the remote's, holds; with
 * LEDGER_ANCHOR_UNREACHABLE when git or the remote does not answer in time; with LEDGER_ANCHOR_REFUSED when git fails, for instance because
 * the branches here and there went different ways. Throws LEDGER_OPTION_INVALID for options that cannot be.
 *
 *     const anchors = [gitAnchor({ repository: '/var/lib/checkpoints.git', remote: 'https://git.example/checkpoints.git' })]
 */
export function gitAnchor(options: GitAnchorOptions): Anchor {
  const name = anchorName(options.name ?? 'git')
  const timeoutMs = anchorTimeoutMs(options.timeoutMs ?? 10_000)
  const settings = settingsOf(options)
  return {
    name,
    publish: (checkpoint, tree, signal) =>
      withDeadline(name, timeoutMs, signal, async (until) => {
        const branch = new GitBranch(new Git(options.repository, until), settings)
        try {
          const commit = await keep(name, branch, checkpoint, tree)
          return {
            suffix: 'json',
            detail: `commit ${commit} in ${settings.branch} of ${settings.remote ?? options.repository}`,
          }
        } catch (error) {
          if (error instanceof GitFailed) throw refused(name, error.message, error)
          if (systemCode(error) === 'ENOENT') throw unreachable(name, 'the program git is not installed', error)
          throw error
        }
      }),
  }
}

async function keep(
  name: string,
  branch: GitBranch,
  checkpoint: PublishedCheckpoint,
  tree: AnchorTree,
): Promise<string> {
  const file = heldFileName(checkpoint.origin)
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const tips = await branch.tips()
    let held = false
    // What the remote holds counts as much as what stands here: either may have been put back. The newest comes last.
    for (const tip of new Set([tips.local, tips.remote].filter((one) => one !== tips.base)).add(tips.base)) {
      const bytes = tip === undefined ? undefined : await branch.findFile(tip, file)
      const found = bytes && findLastCheckpoint(bytes, checkpoint.origin)
      if (bytes && !found) throw refused(name, `${file} in ${tip} holds no checkpoint of ${checkpoint.origin}`)
      held = await isHeldAlready(name, found, checkpoint, tree)
    }
    const { origin, size, note } = checkpoint
    const commit =
      held && tips.base !== undefined
        ? tips.base
        : await branch.commit(tips.base, { file, bytes: note, message: `checkpoint ${size} of ${origin}\n` })
    if (await branch.advance(tips, commit)) return commit
  }
  throw refused(name, `the branch was moved by others ${attemptsMax} times`)
}

function settingsOf({ repository, branch = 'trailmark', remote, identity }: GitAnchorOptions) {
  if (typeof repository !== 'string' || repository === '' || repository.includes('\0'))
    throw invalid('repository', 'names no repository')
  if (branch.length > 100 || !/^[A-Za-z0-9_][A-Za-z0-9_-]*(\/[A-Za-z0-9_][A-Za-z0-9_-]*)*$/.test(branch)) {
    throw invalid('branch', 'is not made of letters, digits, -, _ and /')
  }
  if (remote !== undefined && !isRemote(remote))
    throw invalid('remote', 'is neither an absolute path nor an https address')
  const { name, email } = identity ?? { name: 'trailmark', email: 'trailmark@localhost' }
  for (const [member, text] of Object.entries({ name, email })) {
    if (typeof text !== 'string' || !/^[^<>\u0000-\u001f\u007f]{1,200}$/.test(text) || text.trim() === '') {
      throw invalid(`identity.${member}`, 'is empty, too long or holds <, > or control characters')
    }
  }
  return { branch, remote, identity: { name, email } }
}

function isRemote(remote: string): boolean {
  if (remote.includes('\0')) return false
  return isAbsolute(remote) || addressOf('remote', remote).protocol === 'https:'
}

function invalid(option: string, why: string): LedgerError {
  return new LedgerError('LEDGER_OPTION_INVALID', `${option}: ${why}`)
}
