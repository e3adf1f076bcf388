/** A policy server on loopback that answers as its test says, in the words of the API it stands for. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PolicyServer {
  readonly url: string
  /** What was asked, in order: method and path. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

/** An answer; `never` for a server that hangs, `cut` for one that breaks the connection. */
export type PolicyAnswer = { readonly status?: number; readonly body?: unknown } | 'never' | 'cut'

export async function servePolicies(answer: (path: string, body: unknown) => PolicyAnswer): Promise<PolicyServer> {
  const asked: string[] = []
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`)
    void read(req).then((body) => {
      const said = answer(new URL(req.url ?? '/', 'http://localhost').pathname, body)
      if (said === 'never') return
      if (said === 'cut') return void req.socket.destroy()
      res.writeHead(said.status ?? 200, { 'content-type': 'application/json' })
      res.end(JSON.stringify(said.body ?? {}))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function read(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString()
  return text === '' ? undefined : JSON.parse(text)
}
