/** One application being served for one test, its trail, and clients for it. Everything is closed when the test is over. */
import { onTestFinished } from 'vitest'
import type { Application, Harness, Serving } from './application.ts'
import { type Answer, type Ask, ask, askJson, type Wire, wire } from './client.ts'
import { type Line, openTrail, type Trail, type TrailOptions } from './trail.ts'

export interface Stage extends Trail {
  readonly port: number
  readonly server: Serving['server']
  ask(path: string, options?: Ask): Promise<Answer>
  askJson(path: string, value: unknown, headers?: Ask['headers']): Promise<Answer>
  wire(): Promise<Wire>
  /** Closes the server, so that nothing more can be written, and gives every terminal line there is. */
  end(): Promise<Line[]>
  /** `end()`, for tests with one request: its only terminal line. Throws when there are none, or several. */
  onlyLine(): Promise<Line>
}

export type StageOptions = Omit<Application, 'audit'> & {
  /** Options of the audit. */
  readonly options?: TrailOptions
}

export async function openStage(harness: Harness, { options, ...application }: StageOptions): Promise<Stage> {
  const trail = openTrail(options)
  const serving = await harness.serve({ ...application, audit: trail.audit })
  const wires: Wire[] = []
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    for (const one of wires) one.socket.destroy()
    closed ??= serving.close()
    return closed
  }
  onTestFinished(async () => {
    trail.set('works')
    trail.release()
    await close()
    await trail.audit.close()
  })
  const stage: Stage = {
    ...trail,
    port: serving.port,
    server: serving.server,
    ask: (path, asked) => ask(serving.port, path, asked),
    askJson: (path, value, headers) => askJson(serving.port, path, value, headers),
    async wire() {
      const opened = await wire(serving.port)
      wires.push(opened)
      return opened
    },
    async end() {
      await close()
      return trail.lines()
    },
    async onlyLine() {
      const lines = await stage.end()
      const [line] = lines
      if (line === undefined || lines.length !== 1) {
        throw new Error(`${lines.length} terminal lines instead of one:\n${trail.written()}`)
      }
      return line
    },
  }
  return stage
}
