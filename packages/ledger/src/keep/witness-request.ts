/**
 * One POST to a witness: bounded in time and in bytes, and never sent anywhere else than where the configuration says.
 *
 * The witness is somebody else's machine. It may be slow, send without end, or point elsewhere; none of that may hold up
 * or mislead the one who asks.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

const answerBytesMax = 65_536

export interface WitnessAnswer {
  readonly status: number
  /** Without parameters, lower case; empty where there is none. */
  readonly contentType: string
  readonly body: Buffer
}

/** A connection that is kept for the few requests of one publication. */
export interface WitnessConnection {
  /** Rejects with an Error that says what went wrong, when `signal` aborts, and for an answer over 64 KiB. */
  post(body: Uint8Array, signal: AbortSignal): Promise<WitnessAnswer>
  close(): void
}

/**
 * The address `add-checkpoint` stands at below a submission prefix, or why there is none. Plain HTTP only to this machine:
 * elsewhere anybody on the way could hold a checkpoint back.
 */
export function addCheckpointUrl(prefix: string): URL | string {
  const url = URL.canParse(prefix) ? new URL(prefix) : undefined
  if (url === undefined) return 'is not a URL'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    return 'has to begin with https:, or with http: and a loopback address'
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return 'has to be a prefix without user, query and fragment'
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/add-checkpoint`
  return url
}

export function connectTo(url: URL): WitnessConnection {
  const secure = url.protocol === 'https:'
  const agent = secure ? new HttpsAgent({ keepAlive: true, maxSockets: 1 }) : new HttpAgent({ keepAlive: true })
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'trailmark' }
  return {
    post: (body, signal) =>
      new Promise((resolve, reject) => {
        const options = { method: 'POST', agent, signal, headers: { ...headers, 'content-length': body.length } }
        const request = secure ? httpsRequest(url, options) : httpRequest(url, options)
        request.on('error', reject)
        request.on('response', (response) => readAnswer(response).then(resolve, reject))
        // Upgrades and informational answers are nothing a witness gives; Node ends the former, and ignores the latter.
        request.end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** Redirects are answers like any other: they are not followed. */
async function readAnswer(response: IncomingMessage): Promise<WitnessAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > answerBytesMax) {
      response.destroy()
      throw new Error(`the answer is longer than ${answerBytesMax} bytes`)
    }
    chunks.push(bytes)
  }
  const contentType = (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return { status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks) }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
