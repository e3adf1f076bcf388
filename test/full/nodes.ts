import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../process/repository.ts'

/**
 * Other versions of Node, each from its npm package, kept in the repository's cache folder. Fetched on first use, because
 * somebody who wants only the demo should not wait for them.
 */
const versions = { '22.15': '22.15.1', '22': '22.23.3', '24': '24.21.0', '26': '26.10.0' } as const
/** A line of Node's releases by its name here. */
export type NodeLine = keyof typeof versions

/** The newest of each line that is supported, and the oldest supported version: for what runs from packed tarballs. */
export const linesPacked: readonly NodeLine[] = ['22.15', '22', '24', '26']

/** The path of that Node's binary. */
export function nodeBinary(line: NodeLine): string {
  const prefix = join(repository, 'node_modules/.cache/trailmark-nodes', versions[line])
  const binary = join(prefix, 'node_modules/node/bin/node')
  if (!existsSync(binary)) {
    mkdirSync(prefix, { recursive: true })
    const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
    execFileSync('npm', ['install', '--prefix', prefix, ...quiet, `node@${versions[line]}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  return binary
}
