/** A server on loopback with a trail, and what tests of sockets ask of both. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuditOptions } from '@trailmark/core'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import { WebSocket } from 'ws'

export interface SocketStage {
  readonly audit: TestAudit
  readonly server: Server
  readonly port: number
  close(): Promise<void>
}

/** `listener` answers requests that are no handshake. */
export async function socketStage(options: AuditOptions = {}, listener?: RequestListener): Promise<SocketStage> {
  const audit = testAudit(options)
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    audit,
    server,
    port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await audit.close()
    },
  }
}

/** Opens a WebSocket; resolves with it open, or with the status it was refused with. */
export async function connect(port: number, path = '/', headers: Record<string, string> = {}): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  await once(client, 'open')
  return client
}

export async function refusal(port: number, path = '/', headers: Record<string, string> = {}): Promise<number> {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  return new Promise((resolve, reject) => {
    client.once('unexpected-response', (request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
      request.destroy()
    })
    client.once('open', () => reject(new Error('it was let in')))
    client.once('error', () => undefined)
  })
}

/** Waits until there are so many lines of this event. */
export async function linesOf(audit: TestAudit, type: string, count = 1) {
  const found = () => audit.lines.filter((line) => line['event_type'] === type)
  for (let tries = 0; found().length < count && tries < 500; tries++) await new Promise((done) => setTimeout(done, 5))
  return found()
}
