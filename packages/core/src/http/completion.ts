/**
 * How an exchange ended, and the moment to ask: one answer per exchange, decided when it closes.
 *
 *     completed  the whole answer was handed to the network
 *     timeout    the connection was idle too long, or the request took too long to arrive
 *     error      an error reached the framework, or broke the answer off, and was not the client leaving
 *     aborted    everything else: the client left
 *
 * An upgrade never gets here: `upgrade.ts` ends its exchange at the handshake.
 *
 * The moment is the response's 'close', with the connection's 'close' behind it: Node 22 never closes a pipelined response
 * that was still waiting for its turn when the client left. One listener of each kind stands on a connection however many
 * requests it carries, because eleven pipelined ones would otherwise set off Node's listener warning.
 */
import type { EventEmitter } from 'node:events'
import type { Completion } from '../draft.ts'
import type { RawRequest, RawResponse } from './exchange.ts'

/** What the connection tells about an exchange it carries. */
export interface Carried {
  timedOut: boolean
  /** May be called again and again. */
  finish(): void
}

/** A TCP or TLS socket, or an HTTP/2 session. */
export type Connection = EventEmitter & { readonly errored?: unknown; readonly destroyed?: boolean }

const CARRIED = Symbol('carried')

/** A list and no Set, for the reason that `opening.ts` gives. */
interface Carrying extends EventEmitter {
  [CARRIED]?: Carried[]
}

/** The connection a request came on. HTTP/2 hands out a proxy as `socket` that throws when touched late: its session stands in. */
export function connectionOf(req: RawRequest): Connection | undefined {
  const connection: unknown = 'stream' in req ? req.stream.session : req.socket
  return isEmitter(connection) ? connection : undefined
}

function isEmitter(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'function'
}

/** From now on the connection tells `carried` when it is idle for too long and when it is gone. */
export function carry(connection: Connection & Carrying, carried: Carried): void {
  let all = connection[CARRIED]
  if (all === undefined) {
    all = []
    connection[CARRIED] = all
    // On the connection alone: a 'timeout' listener on request, response or server switches off Node's own destroy.
    connection.on('timeout', connectionTimedOut)
    connection.on('close', connectionClosed)
  }
  all.push(carried)
  if (connection.destroyed === true) connectionClosed.call(connection) // Its 'close' may be over already.
}

/** The connection has nothing more to tell this exchange. */
export function drop(connection: Connection & Carrying, carried: Carried): void {
  const all = connection[CARRIED]
  const at = all === undefined ? -1 : all.indexOf(carried)
  if (all === undefined || at === -1) return
  // In whatever order they are told, and without a new list.
  const last = all.pop()
  if (last !== undefined && last !== carried) all[at] = last
}

function connectionTimedOut(this: Carrying): void {
  for (const carried of this[CARRIED] ?? []) carried.timedOut = true
}

function connectionClosed(this: Carrying): void {
  const left = this[CARRIED]
  // After the responses' own 'close', which know more.
  if (left !== undefined && left.length > 0) setImmediate(finishAll, left)
}

function finishAll(left: readonly Carried[]): void {
  for (const carried of [...left]) carried.finish()
}

export interface CompletionQuestion {
  readonly req: RawRequest
  readonly res: RawResponse
  readonly connection: Connection | undefined
  readonly timedOut: boolean
  /** What broke the exchange, if anything did: the first error that reached the framework, else what `brokeOff` finds. */
  readonly error: { readonly thrown: unknown } | undefined
}

/** The row of the table above that this exchange is in. To be asked once the response or its connection has closed. */
export function completionOf({ req, res, connection, timedOut, error }: CompletionQuestion): Completion {
  if (wasDelivered(res) && !clientLeft(req)) return 'completed'
  if (timedOut || codeOf(connection?.errored) === 'ERR_HTTP_REQUEST_TIMEOUT') return 'timeout'
  return error === undefined ? 'aborted' : 'error'
}

function wasDelivered(res: RawResponse): boolean {
  if (!('stream' in res)) return res.writableFinished
  // HTTP/2 emits 'finish' for destroyed streams too, and a stream destroyed without an error ends cleanly by its code.
  const { stream } = res
  return stream.writableFinished && stream.rstCode === 0 && !stream.aborted && stream.errored === null
}

/** What the application destroyed the response with, for example by a failing stream that was piped into it. */
export function brokeOff(
  req: RawRequest,
  res: RawResponse,
  connection: Connection | undefined,
): { readonly thrown: unknown } | undefined {
  const errored: unknown = 'stream' in res ? res.stream.errored : res.errored
  if (errored === null || errored === undefined) return undefined
  if ('stream' in res) {
    // HTTP/2 itself destroys a stream that the client reset, and each one of a session whose socket broke.
    const resetByPeer = codeOf(errored)?.startsWith('ERR_HTTP2_') === true
    return resetByPeer || (isDisconnect(errored) && connection?.destroyed === true) ? undefined : { thrown: errored }
  }
  // Node tells the request that the client left, and applications pass that on. A response that still waited for its turn on
  // the connection, and so has no socket, is destroyed with it by Node.
  const nodesOwn = errored === req.errored || (res.socket === null && isDisconnect(errored))
  return nodesOwn ? undefined : { thrown: errored }
}

/**
 * Whether the client left before its answer was out. What fails from then on fails for that, and what is still answered
 * reaches nobody, although Node 22 counts it as written.
 */
export function clientLeft(req: RawRequest): boolean {
  return 'stream' in req ? req.aborted : codeOf(req.errored) === 'ECONNRESET'
}

/**
 * Whether an error that has come up now only says that the client went away or broke the protocol. The connection decides:
 * an upstream or a database that goes away throws the same codes.
 */
export function tellsOfLeaving(error: unknown, res: RawResponse, connection: Connection | undefined): boolean {
  const gone = 'stream' in res ? res.stream.destroyed : res.destroyed
  return isDisconnect(error) && (gone || connection?.destroyed === true)
}

function isDisconnect(error: unknown): boolean {
  const code = codeOf(error)
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    code?.startsWith('HPE_') === true
  )
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    const code: unknown = Reflect.get(error, 'code')
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}
