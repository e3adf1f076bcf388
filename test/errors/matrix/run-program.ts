/** Runs the failing application in a folder of its own, asks it, and reads everything that it left behind. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, start } from '../../process/child.ts'
import { fromSources } from '../../process/repository.ts'
import { findPlanted } from '../find-planted.ts'
import { person, secret } from '../provoked/plants.ts'
import type { Place } from './places.ts'
import type { Order } from './program.ts'
import { representatives } from './representatives.ts'

export type Ending = Awaited<Child['ended']>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

export interface Running {
  /** Undefined when the connection was cut before an answer was complete. */
  ask(place: Place | 'alive', error?: string): Promise<Answer | undefined>
  post(path: string, body: string): Promise<Answer | undefined>
  /** Ends it where it still runs, and says how it ended. */
  end(): Promise<Ending>
  /** After its end: what planted values are where. Empty is good. */
  leaks(more?: readonly string[]): Promise<string[]>
  readonly printed: () => string
  remove(): void
}

/** Credentials that come with every request, and have nothing to do with its error. */
const carried = { token: secret.bearer, cookie: secret.session, query: person.user } as const

/** Compiled once for all processes of a run: most of what each would do is to compile the same libraries. */
const compiled = mkdtempSync(join(tmpdir(), 'trailmark-compiled-'))
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }))

export async function run(order: Order, env: Record<string, string>): Promise<Running> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-errors-'))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'ward' }))
  const program = fileURLToPath(new URL('./program.ts', import.meta.url))
  const child = start(process.execPath, [fromSources, program, JSON.stringify(order)], {
    cwd: home,
    env: {
      TRAILMARK_DIR: undefined,
      TRAILMARK_KEYS_DIR: undefined,
      LOG_LEVEL: undefined,
      DEBUG: undefined,
      NODE_COMPILE_CACHE: compiled,
      ...env,
    },
  })
  await child.printed(/listening \d+\n/)
  const url = `http://127.0.0.1:${/listening (\d+)/.exec(child.stdout())?.[1]}`
  const headers = { connection: 'close', authorization: `Bearer ${carried.token}`, cookie: `sid=${carried.cookie}` }
  const answers: string[] = []

  async function request(path: string, init: RequestInit): Promise<Answer | undefined> {
    try {
      const answer = await fetch(url + path, { ...init, signal: AbortSignal.timeout(10_000) })
      // Read piece by piece: what came before a cut counts as well.
      let body = ''
      try {
        const decoder = new TextDecoder()
        for await (const chunk of answer.body ?? []) body += decoder.decode(chunk, { stream: true })
      } catch {
        answers.push(body)
        return undefined
      }
      answers.push(`${JSON.stringify([...answer.headers])} ${body}`)
      return { status: answer.status, headers: answer.headers, body }
    } catch {
      return undefined
    }
  }

  return {
    ask: (place, error) =>
      request(error === undefined ? `/${place}` : `/${place}/${error}?user=${carried.query}`, { headers }),
    post: (path, body) =>
      request(path, { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } }),
    async end() {
      if (child.process.exitCode === null && child.process.signalCode === null) child.process.kill('SIGTERM')
      return child.ended
    },
    printed: () => `${child.stdout()}\n${child.stderr()}`,
    async leaks(more = []) {
      const kinds = await Promise.all(
        representatives.filter(({ key }) => order.errors.includes(key)).map(async ({ find }) => (await find()).planted),
      )
      const planted = [...new Set([...kinds.flat(), ...Object.values(carried), ...more])]
      const texts: [string, string][] = [
        ['stdout', child.stdout()],
        ['stderr', child.stderr()],
        ...answers.map((one): [string, string] => ['answer', one]),
        ...filesBelow(home).map((file): [string, string] => [
          file.slice(home.length + 1),
          readFileSync(file, 'latin1'),
        ]),
      ]
      return [
        ...new Set(texts.flatMap(([where, text]) => findPlanted(text, planted).map((found) => `${where}: ${found}`))),
      ]
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

function filesBelow(folder: string): string[] {
  return (
    readdirSync(folder, { withFileTypes: true, recursive: true })
      // Space that is held for a full disk: random bytes.
      .filter((one) => one.isFile() && one.name !== 'RESERVE')
      .map((one) => join(one.parentPath, one.name))
  )
}
