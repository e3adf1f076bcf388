/**
 * The example service in a process of its own, and the two ends around it: a caller that owns the bytes of its request, and
 * a server that keeps the headers of what the service sends on.
 */
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { portOf } from '../conformance/listen.ts'
import { type Child, freePort, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

export interface Combination {
  readonly framework: 'express' | 'fastify' | 'koa'
  /** `none`: the SDK is there and makes no spans. */
  readonly sdk: 'without SDK' | 'with SDK' | 'with SDK and no spans'
  readonly client: 'http' | 'fetch'
}

/** Header lines as they go onto the wire, names and blanks included. */
export type Lines = readonly (readonly [name: string, value: string])[]

export interface W3cService {
  /** Has the service make `count` requests, and gives the header lines of each in the order they came. */
  ask(lines: Lines, count?: number): Promise<Lines[]>
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export const mainFile = join(repository, 'examples/w3c-trace-context/main.ts')

const environments: Readonly<Record<Combination['sdk'], Record<string, string | undefined>>> = {
  'without SDK': { TRAILMARK_W3C_SDK: undefined },
  'with SDK': { TRAILMARK_W3C_SDK: '1', OTEL_TRACES_EXPORTER: undefined },
  'with SDK and no spans': { TRAILMARK_W3C_SDK: '1', OTEL_TRACES_EXPORTER: 'none' },
}

export async function startService({ framework, sdk, client }: Combination): Promise<W3cService> {
  const port = await freePort()
  const child = start(process.execPath, [fromSources, mainFile, framework, String(port)], {
    cwd: repository,
    env: { NODE_ENV: 'production', TRAILMARK_W3C_CLIENT: client, ...environments[sdk] },
  })
  const heard = await listenForCalls()
  await child.printed(/listens on/)
  return {
    ask: (lines, count = 1) => ask(heard, port, lines, count),
    stop: () => stop(child, heard.server),
  }
}

interface Heard {
  readonly server: Server
  readonly calls: Map<string, Lines>
}

async function listenForCalls(): Promise<Heard> {
  const calls = new Map<string, Lines>()
  const server = createServer((req, res) => {
    const { rawHeaders } = req
    calls.set(
      req.url ?? '',
      rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [])),
    )
    req.resume().on('end', () => res.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, calls }
}

let asked = 0

async function ask({ server, calls }: Heard, port: number, lines: Lines, count: number): Promise<Lines[]> {
  const paths = Array.from({ length: count }, () => `/call/${++asked}`)
  const body = JSON.stringify(
    paths.map((path) => ({ url: `http://127.0.0.1:${portOf(server)}${path}`, arguments: [] })),
  )
  const answer = await post(port, lines, body)
  if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(`the service answered ${answer.slice(0, 300)}`)
  return paths.map((path) => {
    const call = calls.get(path)
    calls.delete(path)
    if (call === undefined) throw new Error(`the service did not call ${path}`)
    return call
  })
}

function post(port: number, lines: Lines, body: string): Promise<string> {
  const all = [
    ['Host', `127.0.0.1:${port}`],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close'],
    ...lines,
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
    socket.write(
      `POST /test HTTP/1.1\r\n${all.map(([name, value]) => `${name}:${value}\r\n`).join('')}\r\n${body}`,
      'latin1',
    )
  })
}

async function stop(child: Child, server: Server): Promise<Awaited<Child['ended']>> {
  child.process.kill('SIGTERM')
  const ended = await child.ended
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return ended
}
