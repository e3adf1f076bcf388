import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { repository } from './repository.ts'

/** A program started by a test: what it printed so far, and waiting for it to print something or to end. */
export interface Child {
  readonly process: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves when the pattern has been printed `times` times on either stream; rejects when the program ends first. */
  printed(pattern: RegExp, times?: number): Promise<void>
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export interface StartOptions {
  readonly cwd: string
  readonly env?: Record<string, string | undefined>
  readonly uid?: number
  /** Its own process group, so that a signal can reach what it starts in turn. */
  readonly detached?: boolean
}

export function start(file: string, args: readonly string[], options: StartOptions): Child {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...options.env }
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name as keyof typeof env]
  const child = spawn(file, args, {
    cwd: options.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    detached: options.detached ?? false,
  })
  let out = ''
  let err = ''
  const watchers = new Set<() => void>()
  const heard = (): void => {
    for (const watcher of watchers) watcher()
  }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
    heard()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
    heard()
  })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const printed = (pattern: RegExp, times = 1): Promise<void> =>
    new Promise((resolve, reject) => {
      const all = new RegExp(pattern.source, 'g')
      const look = (): void => {
        if (((out + err).match(all)?.length ?? 0) < times) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      ended.then(
        ({ code, signal }) => reject(new Error(`ended with ${code ?? signal} before ${pattern}:\n${out}\n${err}`)),
        reject,
      )
      look()
    })
  return { process: child, stdout: () => out, stderr: () => err, printed, ended }
}

/** An empty folder below test/ or examples/, so that what is written there resolves what is installed for them. */
export function scratch(name: string, below: 'test' | 'examples' = 'test'): string {
  return mkdtempSync(join(repository, below, `.tmp-${name}-`))
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
