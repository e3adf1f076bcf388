/**
 * The ways by which values could leave, each tried with every canary in a directory of its own: never the real trail.
 *
 * A path that wrote nothing proves nothing, so each one also says by what its output shows that it ran.
 */
import { once } from 'node:events'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Audit, createAudit, createScrubber } from '@trailmark/core'
import { followRequest } from '@trailmark/core/http'
import { scrubLines } from '@trailmark/core/integration'
import { memoryKeys } from '@trailmark/keys'
import { type Canary, errorOf } from './canaries.ts'

/** What came out: texts by the part of the path they came from. */
export type Output = Readonly<Record<string, string>>

export interface CanaryPath {
  readonly name: string
  /** Stands in what comes out of a path that ran. */
  readonly proof: RegExp
  run(canaries: readonly Canary[], around: PathSurroundings): Promise<Output>
}

export interface PathSurroundings {
  /** An empty directory, removed afterwards. */
  readonly dir: string
  readonly seed: string
  readonly signal: AbortSignal
}

export const scrubPath: CanaryPath = {
  name: 'scrub()',
  proof: /\[secret\]/,
  async run(canaries) {
    const { scrub } = createScrubber()
    const safe = canaries.map(({ payload, text }) => [scrub(payload()), scrub({ value: payload() }), scrub(text)])
    return { 'as JSON': JSON.stringify(safe), printed: inspect(safe, { depth: 12, maxArrayLength: 1_000 }) }
  },
}

export const linesPath: CanaryPath = {
  name: 'trailmark scrub',
  proof: /\[secret\]/,
  async run(canaries) {
    const stream = scrubLines({ scrubber: createScrubber() })
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    for (const { payload, text } of canaries) {
      stream.write(`${jsonOf({ level: 30, value: payload() })}\n`)
      stream.write(`${text.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}\n`)
    }
    stream.end()
    await once(stream, 'end')
    return { lines: Buffer.concat(chunks).toString('utf8') }
  },
}

/** A logger without any care. What an error says is written by others in ways of their own: its words stay out of the line. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (one instanceof Error ? { type: one.name } : one))
}

export const recordsPath: CanaryPath = {
  name: 'records',
  proof: /"event_type":"data_access"/,
  async run(canaries, { dir }) {
    const output: Record<string, string> = {}
    for (const undeclared of ['drop', 'seal'] as const) {
      const audit = await open(join(dir, undeclared), 'none', undeclared)
      try {
        for (const one of canaries) recordAll(audit, one)
      } finally {
        await audit.close()
      }
      output[`the ledgers, undeclared: '${undeclared}'`] = await textIn(join(dir, undeclared, 'data'))
    }
    return output
  },
}

/** The canary in every member of an event that takes data; the compiler, which refuses most of it, is not asked. */
function recordAll(audit: Audit, { name, values, payload, text }: Canary): void {
  const [value = ''] = values
  const key = name.replace(/[^A-Za-z]+/g, '_').slice(0, 40)
  const event = {
    actor: { id: value, type: text, sessionRef: value, authMethod: text, roles: [text] },
    targets: [{ type: 'patient', id: value, owner: value, class: text }],
    subjects: [value, payload()],
    metadata: { [key]: payload(), note: text, rows: payload(), command: text },
    changes: [{ field: 'name', before: value, after: text }],
    reason: text,
    purpose: text,
    ticketRef: text,
    caseRef: text,
    operationId: text,
  }
  Reflect.apply(audit.record, audit, ['data_access', event])
  Reflect.apply(audit.record, audit, [text, event])
  Reflect.apply(audit.record, audit, ['application_error', { metadata: { error_type: text, fingerprint: payload() } }])
}

export const requestsPath: CanaryPath = {
  name: 'requests',
  proof: /"status":500/,
  async run(canaries, { dir, signal }) {
    const lines: string[] = []
    const audit = await open(dir, (line) => lines.push(line))
    const answers: string[] = []
    let current: Canary | undefined
    const server = createServer((req, res) => {
      const exchange = followRequest(audit, req, res, { route: () => undefined, actor: () => undefined })
      exchange.run(() => {
        req.resume().once('end', () => {
          const error = current === undefined ? new Error('no canary') : errorOf(current)
          exchange.fail(error)
          exchange.answerError(error)
        })
      })
    })
    try {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (typeof address !== 'object' || address === null) throw new Error('no port')
      for (const one of canaries) {
        current = one
        const answer = await fetch(`http://127.0.0.1:${address.port}${pathOf(one)}`, {
          method: 'POST',
          headers: headersOf(one),
          body: one.text,
          signal,
        })
        answers.push([...answer.headers].map((pair) => pair.join(': ')).join('\n'), await answer.text())
      }
    } finally {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await audit.close()
    }
    const ledgers = await textIn(join(dir, 'data'))
    return { 'operational lines': lines.join('\n'), 'error answers': answers.join('\n'), 'the ledgers': ledgers }
  },
}

function pathOf({ values, text }: Canary): string {
  const [value = ''] = values
  return `/patients/${encodeURIComponent(value)}?q=${encodeURIComponent(text)}&ref=${encodeURIComponent(value)}`
}

function headersOf({ values }: Canary): Record<string, string> {
  const value = encodeURIComponent(values[0] ?? '')
  return {
    authorization: `Bearer ${value}`,
    cookie: `sid=${value}`,
    'x-api-key': value,
    referer: `https://planted.example/people/${value}?q=${value}`,
    'user-agent': `planted/1.0 (${value})`,
    baggage: `user=${value}`,
  }
}

/** An audit below `dir` that takes nothing from the configuration of this machine; its keys are never written. */
async function open(
  dir: string,
  operational: 'none' | ((line: string) => void),
  undeclared: 'drop' | 'seal' = 'drop',
): Promise<Audit> {
  const data = join(dir, 'data')
  // Made before, so that nobody is told of a new trail.
  await mkdir(data, { recursive: true })
  return createAudit({
    service: { name: 'canary', version: '1', env: 'production', instance: 'doctor' },
    dir: data,
    keys: memoryKeys(),
    ledger: 'disk',
    logLevel: 'info',
    operational,
    undeclared,
    signals: false,
    metrics: false,
    ack: 'written',
  })
}

/** Everything in the files below a directory. */
export async function textIn(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
  return texts.join('\n')
}
