/**
 * Servers that believe they listen: in a process that only rehearses an application, no port is opened.
 *
 * `http`, `https`, `http2` and `tls` servers inherit their `listen()` from `net.Server`. Replaced there, it announces `listening`
 * in a later turn, as the real one does, and answers `address()` as if it had been given what was asked for.
 */
import { Server } from 'node:net'

export interface ClosedPorts {
  /** Servers that were told to listen, in that order. */
  readonly servers: readonly Server[]
  /** Called after each. */
  onListen(told: () => void): void
}

/** From now on, in this whole process. */
export function closePorts(): ClosedPorts {
  const servers: Server[] = []
  const listeners: (() => void)[] = []

  function listen(this: Server, ...given: unknown[]): Server {
    const callback = given.findLast((one) => typeof one === 'function')
    if (typeof callback === 'function') this.once('listening', () => Reflect.apply(callback, this, []))
    if (!servers.includes(this)) servers.push(this)
    pretend(this, addressFrom(given))
    process.nextTick(() => {
      this.emit('listening')
      for (const told of listeners) told()
    })
    return this
  }
  Object.defineProperty(Server.prototype, 'listen', { value: listen, writable: true, configurable: true })
  return { servers, onListen: (told) => void listeners.push(told) }
}

type Address = string | { address: string; family: string; port: number }

function pretend(server: Server, address: Address): void {
  let listening = true
  const close = (callback?: unknown): Server => {
    listening = false
    process.nextTick(() => {
      server.emit('close')
      if (typeof callback === 'function') Reflect.apply(callback, server, [])
    })
    return server
  }
  Object.defineProperties(server, {
    listening: { get: () => listening, configurable: true },
    address: { value: () => (listening ? address : null), writable: true, configurable: true },
    close: { value: close, writable: true, configurable: true },
  })
}

/** A port nobody asked for is as good as any: nothing answers there. */
const portAssumed = 1

function addressFrom([first, second]: readonly unknown[]): Address {
  if (typeof first === 'object' && first !== null) {
    const path: unknown = Reflect.get(first, 'path')
    return typeof path === 'string' ? path : inet(Reflect.get(first, 'port'), Reflect.get(first, 'host'))
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return first
  return inet(first, second)
}

function inet(port: unknown, host: unknown): Address {
  const address = typeof host === 'string' && host !== '' ? host : '127.0.0.1'
  return { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port: Number(port) || portAssumed }
}
