/** The paths that need a process of their own, since it ends by them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type CanaryPath, textIn } from './paths.ts'

/** Beside this file, and compiled as this file is. */
const script = fileURLToPath(new URL(`./child${extname(import.meta.url)}`, import.meta.url))
const childMsMax = 30_000

function inProcess(name: string, ending: 'exception' | 'rejection'): CanaryPath {
  return {
    name,
    proof: /process warning[\s\S]*an exception nobody caught/,
    async run(_canaries, { dir, seed, signal }) {
      // Development conditions of this process, such as reading sources, are the child's, too.
      const child = spawn(process.execPath, [...process.execArgv, script, seed, dir, ending], {
        cwd: dir,
        env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: AbortSignal.any([signal, AbortSignal.timeout(childMsMax)]),
        killSignal: 'SIGKILL',
      })
      const ended = once(child, 'close')
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended])
      return { stdout, stderr, 'the ledgers': await textIn(join(dir, 'data')) }
    },
  }
}

export const exceptionPath = inProcess('console, warnings, uncaught exception', 'exception')
export const rejectionPath = inProcess('console, warnings, unhandled rejection', 'rejection')
