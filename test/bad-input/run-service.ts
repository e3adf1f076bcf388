import { fileURLToPath } from 'node:url'
import type { AuditOptions } from '@trailmark/core'
import { type Child, type StartOptions, start } from '../process/child.ts'
import { fromSources } from '../process/repository.ts'

/** The service of `service.ts`, as a process of its own. */
export interface Service {
  readonly child: Child
  /** Asks for a path, on a connection of its own; an answer without JSON has an empty body. */
  ask(path: string): Promise<{ status: number; requestId: string; body: Readonly<Record<string, unknown>> }>
  /** Ends it by a signal and resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>
}

export interface ServiceOptions extends Partial<StartOptions> {
  readonly cwd: string
  readonly options?: AuditOptions
}

/** Starts it without waiting for anything: for starts that fail. */
export function spawnService({ cwd, options = {}, ...rest }: ServiceOptions): Child {
  const program = fileURLToPath(new URL('./service.ts', import.meta.url))
  const usual = {
    NODE_ENV: 'production',
    TRAILMARK_DIR: undefined,
    TRAILMARK_KEYS_DIR: undefined,
    LOG_LEVEL: undefined,
  }
  return start(process.execPath, [fromSources, program, JSON.stringify(options)], {
    cwd,
    ...rest,
    env: { ...usual, ...rest.env },
  })
}

/** Starts it and waits until it listens. */
export async function runService(options: ServiceOptions): Promise<Service> {
  const child = spawnService(options)
  await child.printed(/listening \d+\n/)
  const port = /listening (\d+)/.exec(child.stdout())?.[1]
  return {
    child,
    async ask(path) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } }).catch(
        (error) => {
          const { exitCode, signalCode } = child.process
          throw new Error(`${path} is not answered (${exitCode ?? signalCode ?? 'still running'}): ${child.stderr()}`, {
            cause: error,
          })
        },
      )
      const text = await answer.text()
      const body: Readonly<Record<string, unknown>> = text.startsWith('{') ? JSON.parse(text) : {}
      return { status: answer.status, requestId: answer.headers.get('x-request-id') ?? '', body }
    },
    async end(signal = 'SIGTERM') {
      child.process.kill(signal)
      await child.ended
    },
  }
}

/** True for a process that may do anything with any file, which hides what is tested here. */
export const isRoot = process.getuid?.() === 0

/** Somebody who may do nothing in particular; only root can start a process as somebody else. */
export const nobody = 65_534
