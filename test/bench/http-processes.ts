/** The processes of the HTTP benchmark: one for each server, one for the load, each kept to its core where that is possible. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Done, Task } from './http-load.ts'
import type { Asked, Told, Usage } from './servers/serve.ts'
import type { Variant } from './servers/variant.ts'

export const pinned = availableParallelism() > 1 && hasTaskset()
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A process of ours on one core. What it prints goes to `out`, as what a service prints goes to a file. */
export function start(
  core: number,
  args: readonly string[],
  env: Record<string, string> = {},
  out?: number,
): ChildProcess {
  const node = [process.execPath, '--conditions=@trailmark/source', ...args]
  const [command = '', ...rest] = pinned ? ['taskset', '-c', `${core}`, ...node] : node
  return spawn(command, rest, {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', out ?? 'ignore', 'inherit', 'ipc'],
  })
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** The answer to one message. */
export async function ask<T>(child: ChildProcess, message: object | string): Promise<T> {
  child.send(message)
  return hear(child)
}

/** What a process says next. Fails when it ends instead. */
export async function hear<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController()
  const dead = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error(`ended early: ${child.spawnargs.join(' ')}`)
  })
  try {
    const [told] = (await Promise.race([once(child, 'message', { signal: ended.signal }), dead])) as [T]
    return told
  } finally {
    ended.abort()
    dead.catch(() => undefined)
  }
}

export class Server {
  readonly variant: Variant
  readonly port: number
  readonly #child: ChildProcess

  private constructor(variant: Variant, port: number, child: ChildProcess) {
    this.variant = variant
    this.port = port
    this.#child = child
  }

  static async start(framework: string, variant: Variant, root: string): Promise<Server> {
    const home = join(root, `${framework}-${variant}`)
    mkdirSync(home, { recursive: true })
    const out = openSync(join(home, 'stdout.log'), 'a')
    const before = variant === 'opentelemetry' ? ['--import', script('./servers/opentelemetry.ts')] : []
    const child = start(0, [...before, script('./servers/serve.ts'), framework, variant, home], homes(home), out)
    closeSync(out)
    const told = await hear<Told>(child)
    if (typeof told === 'string' || !('port' in told)) throw new Error('no port')
    return new Server(variant, told.port, child)
  }

  async begin(): Promise<void> {
    await ask<Told>(this.#child, 'begin' satisfies Asked)
  }

  async end(): Promise<Usage> {
    const told = await ask<Told>(this.#child, 'end' satisfies Asked)
    if (typeof told === 'string' || !('usage' in told)) throw new Error('no usage')
    return told.usage
  }

  stop(): Promise<void> {
    return stop(this.#child)
  }
}

/** Where an audit of this process keeps its records and its keys. */
export const homes = (home: string): Record<string, string> => ({
  TRAILMARK_DIR: join(home, 'records'),
  TRAILMARK_KEYS_DIR: join(home, 'keys'),
})

export class Load {
  readonly #child = start(1, [script('./http-load.ts')])

  run(task: Task): Promise<Done> {
    return ask(this.#child, task)
  }

  stop(): Promise<void> {
    return stop(this.#child)
  }
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-c', '1', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
