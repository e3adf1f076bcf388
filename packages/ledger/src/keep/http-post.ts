/**
 * One POST and its answer, for anchors that speak HTTP: a connection of its own, no redirect followed, no more read than asked for.
 *
 * Whoever answers is a stranger: it may be slow, endless, or point to somewhere else.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { LedgerError } from '../errors.ts'

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** More of an answer is not read. */
  readonly answerBytesMax: number
  readonly signal: AbortSignal
  /** PEM: trusted instead of what the system trusts, for https. */
  readonly ca?: string | undefined
}

export interface Answer {
  readonly status: number
  /** Lower case, without parameters; empty where there is none. */
  readonly type: string
  readonly body: Buffer
}

/** Rejects with the system's error, with the signal's, and with an Error for an answer that is too long. */
export function post({ url, headers, body, answerBytesMax, signal, ca }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'content-length': String(body.length), 'user-agent': 'trailmark' },
    } as const
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...(ca !== undefined && { ca }) })
        : httpRequest(url, options)
    request.once('response', (response) => {
      readAnswer(response, answerBytesMax).then(resolve, reject)
    })
    request.on('error', reject)
    // Somebody who answers with another protocol ends in neither an answer nor an error, and no deadline reaches him there.
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('the answer changes to another protocol'))
    })
    request.end(body)
  })
}

/**
 * The address in an option. Throws LEDGER_OPTION_INVALID, naming `option`, for what is no http or https address, and for one with a
 * user or password in it, since addresses are shown in reports.
 */
export function addressOf(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new LedgerError('LEDGER_OPTION_INVALID', `${option}: is no http or https address`)
  }
  if (url.username || url.password) {
    throw new LedgerError('LEDGER_OPTION_INVALID', `${option}: holds a user or a password, which reports would show`)
  }
  return url
}

/** Whether what is sent there stays on this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

async function readAnswer(response: IncomingMessage, bytesMax: number): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    const bytes: Buffer = chunk
    length += bytes.length
    if (length > bytesMax) {
      response.destroy()
      throw new Error(`the answer is longer than ${bytesMax} bytes`)
    }
    chunks.push(bytes)
  }
  const [type = ''] = (response.headers['content-type'] ?? '').split(';')
  return { status: response.statusCode ?? 0, type: type.trim().toLowerCase(), body: Buffer.concat(chunks) }
}
