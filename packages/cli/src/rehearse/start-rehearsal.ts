/**
 * Starts a rehearsal in a process of its own and reads its report: bounded in time and in bytes, with everything it started gone
 * at the end.
 *
 * The application prints nowhere: its output may hold anything. Should it bring a version of the core that knows no rehearsals, its
 * trail and keys go to a directory that is removed again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type RehearsalOrder, rehearse } from './rehearse.ts'
import { parseReport, type Rehearsed, reportBytesMax } from './report.ts'

/** Compiled as this file is, and found beside it. */
const module = new URL(`./rehearse${extname(import.meta.url)}`, import.meta.url).href
const script = `import { ${rehearse.name} } from ${JSON.stringify(module)}; await ${rehearse.name}(JSON.parse(process.argv[1]))`

export interface RehearsalPlan {
  /** Absolute path of the module. */
  readonly module: string
  readonly export?: string
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds until it is killed. */
  readonly msMax: number
  readonly signal: AbortSignal
}

/** Like a report; `ended` where the process left none. */
export type RehearsalResult =
  | Rehearsed
  | { readonly ok: false; readonly stage: 'time' | 'ended'; readonly detail: string }

export async function startRehearsal(plan: RehearsalPlan): Promise<RehearsalResult> {
  const home = await mkdtemp(join(tmpdir(), 'trailmark-rehearsal-'))
  const report = join(home, 'report.json')
  try {
    const order: RehearsalOrder = {
      module: pathToFileURL(plan.module).href,
      report,
      ...(plan.export !== undefined && { export: plan.export }),
    }
    const { how, late } = await runChild(plan, order, home)
    const found = parseReport(await readBounded(report))
    if (found !== undefined) return found
    if (late) return { ok: false, stage: 'time', detail: `within ${Math.round(plan.msMax / 1_000)} s` }
    return { ok: false, stage: 'ended', detail: how }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

interface ChildEnd {
  readonly how: string
  /** It was killed at the time limit. */
  readonly late: boolean
}

async function runChild(plan: RehearsalPlan, order: RehearsalOrder, home: string): Promise<ChildEnd> {
  // Development conditions of this process, such as reading sources, are the child's, too.
  const args = [...process.execArgv, '--input-type=module', '--eval', script, JSON.stringify(order)]
  const child = spawn(process.execPath, args, {
    cwd: plan.cwd,
    env: { ...plan.env, TRAILMARK_DIR: join(home, 'trail'), TRAILMARK_KEYS_DIR: join(home, 'keys') },
    stdio: 'ignore',
    // A group of its own: what the application starts ends with it.
    detached: process.platform !== 'win32',
  })
  let late = false
  const limit = setTimeout(() => {
    late = true
    end(child)
  }, plan.msMax)
  const stop = (): void => end(child)
  plan.signal.addEventListener('abort', stop, { once: true })
  try {
    const [code, signal]: unknown[] = await once(child, 'exit')
    return { how: typeof signal === 'string' ? `by ${signal}` : `with exit code ${code}`, late }
  } finally {
    clearTimeout(limit)
    plan.signal.removeEventListener('abort', stop)
    end(child)
  }
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { size } = await file.stat()
    return size > reportBytesMax ? '' : await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
