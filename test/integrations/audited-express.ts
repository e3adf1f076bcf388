/** A real Express application on loopback whose requests the trail follows, and a client that keeps its cookies. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuditOptions } from '@trailmark/core'
import { type RecordedEvent, type TestAudit, testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/express'
import express, { type Express, type RequestHandler } from 'express'

export interface Served {
  readonly audit: TestAudit
  readonly url: string
  /** Sends a request with the cookies received so far, reads the whole answer and waits until the trail has its line. */
  send(path: string, init?: RequestInit): Promise<Response>
  /** The same as a form. */
  post(path: string, form: Readonly<Record<string, string>>, init?: RequestInit): Promise<Response>
  /** A client that leaves before there is an answer. */
  leave(path: string, form: Readonly<Record<string, string>>): Promise<void>
  /** Type and reason of what was recorded since the last call, in order. */
  told(): string[]
  close(): Promise<void>
}

/** Serves what `mount` mounts behind the audit, and `first` in front of it. */
export async function serveExpress(
  mount: (app: Express) => void,
  options: AuditOptions = {},
  first?: RequestHandler,
): Promise<Served> {
  const audit = testAudit(options)
  const app = express()
  if (first !== undefined) app.use(first)
  app.use(auditMiddleware({ audit }))
  app.use(express.urlencoded({ extended: false }), express.json())
  mount(app)
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { ...clientOf(audit, `http://127.0.0.1:${port}`), close: () => stop(server, audit) }
}

export async function stop(server: ReturnType<typeof createServer>, audit: TestAudit): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await audit.close()
}

/** A client of whatever is served at `url`. */
export function clientOf(audit: TestAudit, url: string): Omit<Served, 'close'> {
  const jar = new Map<string, string>()
  let seen = 0
  const settled = async (lines: number): Promise<void> => {
    for (let tries = 0; audit.lines.length < lines && tries < 400; tries++) await pause()
    await pause()
  }
  const send: Served['send'] = async (path, init = {}) => {
    const lines = audit.lines.length + 1
    const headers = new Headers(init.headers)
    if (jar.size > 0 && !headers.has('cookie')) headers.set('cookie', [...jar].map((one) => one.join('=')).join('; '))
    const answer = await fetch(url + path, { redirect: 'manual', ...init, headers })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      jar.set(name, value)
    }
    const text = await answer.text()
    await settled(lines)
    return new Response(text === '' ? null : text, { status: answer.status, headers: answer.headers })
  }
  const posted = (form: Readonly<Record<string, string>>): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return {
    audit,
    url,
    send,
    post: (path, form, init) => send(path, { ...posted(form), ...init }),
    async leave(path, form) {
      const lines = audit.lines.length + 1
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 30)
      await fetch(url + path, { ...posted(form), signal: controller.signal }).catch(() => undefined)
      await settled(lines)
    },
    told() {
      const records = audit.records.slice(seen)
      seen = audit.records.length
      return records.map(short)
    },
  }
}

function short({ event_type: type, reason }: RecordedEvent): string {
  return typeof reason === 'string' ? `${type} ${reason}` : type
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
