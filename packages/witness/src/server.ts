/**
 * The witness behind HTTP, for the open internet: every request is bounded in bytes and time, and so is their number.
 *
 * It speaks plain HTTP; where it is not reached over loopback, something that ends TLS stands in front of it.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { addCheckpointBytesMax } from '@trailmark/ledger/notes'
import { systemCode, WitnessError } from './errors.ts'
import type { Witness } from './witness.ts'

const patienceMsDefault = 5_000
const connectionsMaxDefault = 512
const drainMsMax = 5_000
/** A log needs a few. Whoever sends more has to come back, and so cannot pile up answers that it does not read. */
const requestsPerConnectionMax = 100

export interface ServeOptions {
  readonly witness: Witness
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: one that is free. */
  readonly port?: number
  /** The path of the submission prefix. Default none: `POST /add-checkpoint`. */
  readonly prefix?: string
  /** How long a client may take for its headers; twice as long for a whole request, three times in silence. Default 5,000. */
  readonly patienceMs?: number
  /** Connections at one time; more are closed at once. Default 512. */
  readonly connectionsMax?: number
}

export interface ServedWitness {
  /** The submission prefix as this machine reaches it. */
  readonly url: string
  /** Takes no more requests, answers those under way within 5 s, and closes the witness. */
  close(): Promise<void>
}

/**
 * Serves a witness. Rejects with WITNESS_LISTEN_FAILED or WITNESS_OPTION_INVALID; the witness then stays open.
 *
 *     const served = await serveWitness({ witness, port: 4747 })
 */
export async function serveWitness(options: ServeOptions): Promise<ServedWitness> {
  const { witness, host = '127.0.0.1', port = 0, prefix = '' } = options
  const { patienceMs = patienceMsDefault, connectionsMax = connectionsMaxDefault } = options
  const path = `${prefix.replace(/\/+$/, '')}/add-checkpoint`
  if (!/^(\/[A-Za-z0-9._~-]+)*\/add-checkpoint$/.test(path))
    throw invalid('prefix has to be a path of letters, digits and . _ ~ -, such as /w1')
  if (!isCount(patienceMs, 600_000)) throw invalid('patienceMs has to be a whole number from 1 to 600,000')
  if (!isCount(connectionsMax, 65_536)) throw invalid('connectionsMax has to be a whole number from 1 to 65,536')
  const server = createServer({
    headersTimeout: patienceMs,
    requestTimeout: 2 * patienceMs,
    connectionsCheckingInterval: Math.min(1_000, patienceMs),
    keepAliveTimeout: patienceMs,
    maxHeaderSize: 8_192,
  })
  server.maxConnections = connectionsMax
  server.maxRequestsPerSocket = requestsPerConnectionMax
  server.setTimeout(3 * patienceMs)
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(witness, path, request, response).catch(() => response.destroy())
  }
  server.on('request', handle)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // A body that will be refused is not asked for.
    if (!isTooLong(request)) response.writeContinue()
    handle(request, response)
  })
  await listen(server, host, port)
  const address = server.address()
  const shownPort = typeof address === 'object' && address ? address.port : port
  const shownHost = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${shownHost}:${shownPort}${path.slice(0, -'/add-checkpoint'.length)}`,
    async close() {
      await drain(server)
      await witness.close()
    },
  }
}

async function answer(
  witness: Witness,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [asked] = (request.url ?? '').split('?', 1)
  if (asked !== path) return refuse(response, 404, 'there is only add-checkpoint here')
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST')
    return refuse(response, 405, 'add-checkpoint is a POST')
  }
  const body = isTooLong(request) ? undefined : await readBody(request)
  if (body === undefined) return refuse(response, 413, `a request has at most ${addCheckpointBytesMax} bytes`)
  const { status, contentType, body: text } = await witness.add(body)
  send(response, status, contentType, text)
}

/** Whatever of the request was not read is not worth reading: the connection ends with the answer. */
function refuse(response: ServerResponse, status: number, why: string): void {
  response.setHeader('connection', 'close')
  send(response, status, 'text/plain; charset=utf-8', `${why}\n`)
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

function isTooLong(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > addCheckpointBytesMax
}

/** Undefined once it is longer than allowed. Rejects when the client leaves before its end. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > addCheckpointBytesMax) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function isCount(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= max
}

function invalid(why: string): WitnessError {
  return new WitnessError('WITNESS_OPTION_INVALID', why)
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const why = `${host}:${port}: ${systemCode(error) || 'cannot listen'}`
    throw new WitnessError('WITNESS_LISTEN_FAILED', why, { cause: error })
  }
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), drainMsMax)
  await closed
  clearTimeout(late)
}
