/**
 * Tells of upgrades (WebSocket and the like) at their handshake.
 *
 * Node hands an upgrade to the server's 'upgrade' listeners and past every framework, so nobody would write its line. We
 * listen too, but only on a server that somebody else already listens to: a first listener would make Node treat every
 * request with an Upgrade header as one. What the handshake was answered with is read off the first bytes written.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export interface Handshake {
  readonly req: IncomingMessage
  /** Of the status line; undefined when the connection closed, or went on, without one. */
  readonly status: number | undefined
}

const watchedServers = new WeakSet<object>()
const watchedSockets = new WeakSet<object>()
const statusLine = /^HTTP\/1\.[01] ([1-5]\d\d)/

/** Whether `watchUpgrades` was called for this server. */
export function areUpgradesWatched(server: Server): boolean {
  return watchedServers.has(server)
}

/** Calls `told` once for each upgrade that `server` answers from now on. Watching the same server again does nothing. */
export function watchUpgrades(server: Server, told: (handshake: Handshake) => void): void {
  if (watchedServers.has(server)) return
  watchedServers.add(server)
  const onUpgrade = (req: IncomingMessage, socket: Duplex): void =>
    watchHandshake(socket, (status) => told({ req, status }))
  if (server.listenerCount('upgrade') > 0) {
    server.prependListener('upgrade', onUpgrade)
    return
  }
  server.on('newListener', function joinFirst(name) {
    if (name !== 'upgrade') return
    server.off('newListener', joinFirst)
    server.prependListener('upgrade', onUpgrade)
  })
}

/**
 * Calls `told` once, with the status that the next bytes on `socket` begin with, or when it closes. Watching the same socket
 * again does nothing.
 */
export function watchHandshake(socket: Duplex, told: (status: number | undefined) => void): void {
  if (watchedSockets.has(socket)) return
  watchedSockets.add(socket)
  const watched: Written = socket
  const { write, end } = watched
  function tell(chunk: unknown): void {
    socket.off('close', onClose)
    if (watched.write === watchingWrite) watched.write = write
    if (watched.end === watchingEnd) watched.end = end
    told(statusOf(chunk))
  }
  const onClose = (): void => tell(undefined)
  const watchingWrite: Written['write'] = function (this: unknown, ...given) {
    tell(given[0])
    return write.apply(this, given)
  }
  const watchingEnd: Written['end'] = function (this: unknown, ...given) {
    tell(given[0])
    return end.apply(this, given)
  }
  watched.write = watchingWrite
  watched.end = watchingEnd
  socket.once('close', onClose)
}

interface Written {
  write(...given: unknown[]): boolean
  end(...given: unknown[]): unknown
}

function statusOf(chunk: unknown): number | undefined {
  const head = chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, 16)).toString('latin1') : chunk
  const found = typeof head === 'string' ? statusLine.exec(head) : null
  return found === null ? undefined : Number(found[1])
}
