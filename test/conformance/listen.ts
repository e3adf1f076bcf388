/** Servers on the loopback interface, on a port of the system's choice, that are gone for certain once closed. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Serving } from './application.ts'

export async function listen(listener: RequestListener, options: ServerOptions = {}): Promise<Serving> {
  const server = createServer(options, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: portOf(server), close: () => closeServer(server) }
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return address.port
}

export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
  // Exchanges that only learn of their end from the connection are told one turn later.
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
}
