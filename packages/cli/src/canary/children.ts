/** The paths that need a process of their own, since it ends by them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { crash } from './crash.ts'
import { type CanaryPath, textIn } from './paths.ts'

/** Compiled as this file is, and found beside it. */
const module = new URL(`./crash${extname(import.meta.url)}`, import.meta.url).href
const script = `import(${JSON.stringify(module)}).then((found) => found.${crash.name}(...process.argv.slice(1)))`
const childMsMax = 30_000

function inProcess(name: string, ending: 'exception' | 'rejection'): CanaryPath {
  return {
    name,
    proof: /process warning[\s\S]*an exception nobody caught/,
    async run(_canaries, { dir, seed, signal }) {
      // Development conditions of this process, such as reading sources, are the child's, too.
      const child = spawn(process.execPath, [...process.execArgv, '--eval', script, seed, dir, ending], {
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
