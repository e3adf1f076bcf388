import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { repository } from '../process/repository.ts'

/** Where, with what and when something was measured, as one line of Markdown. */
export function measured(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--', 'packages', 'test/bench') === '' ? '' : ' with uncommitted changes'
  const memory = Math.round(totalmem() / 2 ** 30)
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${process.platform} ${process.arch}`
  const commit = `commit ${git('rev-parse', '--short=12', 'HEAD')}${changed}`
  return `*${machine}; Node ${process.versions.node}; ${commit}; ${new Date().toISOString().slice(0, 10)}*`
}
