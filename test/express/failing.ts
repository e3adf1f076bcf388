/**
 * A process that serves every arrangement with every kind of failure, asks each twice, and prints what the clients saw and
 * what was written. Its stderr is the test's: Express prints errors there, and so would we.
 *
 *     node --conditions=@trailmark/source failing.ts 4
 */
import { ask } from '../conformance/client.ts'
import { listen } from '../conformance/listen.ts'
import { openTrail } from '../conformance/trail.ts'
import { arrangements, kinds } from './arrangements.ts'
import { express4, express5 } from './versions.ts'

export interface Seen {
  readonly arrangement: string
  readonly kind: string
  /** Both answers; null for a broken connection. */
  readonly answers: readonly ({ readonly status: number; readonly text: string } | null)[]
  readonly lines: readonly {
    readonly status: number | undefined
    readonly completion: string | undefined
    readonly error: boolean
  }[]
  readonly records: readonly string[]
  readonly written: string
}

async function main(version: string | undefined): Promise<void> {
  const express = version === '4' ? express4 : express5
  const seen: Seen[] = []
  for (const [arrangement, build] of Object.entries(arrangements)) {
    for (const [kind, { handle }] of Object.entries(kinds)) {
      const trail = openTrail()
      const serving = await listen(build(express, trail.audit, handle))
      const answers = []
      for (let i = 0; i < 2; i++) answers.push(await answerOf(serving.port))
      await serving.close()
      seen.push({
        arrangement,
        kind,
        answers,
        lines: trail.lines().map((line) => ({
          status: line.http.status,
          completion: line.http.completion,
          error: 'error' in line,
        })),
        records: trail.records().map((record) => record.event_type),
        written: trail.written(),
      })
      await trail.audit.close()
    }
  }
  process.stdout.write(JSON.stringify(seen))
}

async function answerOf(port: number): Promise<Seen['answers'][number]> {
  try {
    const { status, headers, body } = await ask(port, '/fails')
    return { status, text: JSON.stringify(headers) + body }
  } catch {
    return null
  }
}

await main(process.argv[2])
