/**
 * An audit trail as a competent team assembles it from what is there: a context library for the request id, pino's `redact`
 * for what must not be in a line, and a file of records, each with the SHA-256 of itself and the record before it. It writes
 * in blocks of 4 KiB and waits for no disk. No keys, no pseudonyms, no tree, no proofs, no failure classes, no recovery.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import * as tracer from 'cls-rtracer'
import { destination, pino } from 'pino'

/** What neither line nor record may show. */
export const redacted = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  'req.headers["x-user"]',
  'req.remoteAddress',
  'res.headers["set-cookie"]',
  'actor.email',
  'actor.name',
  'target.name',
  'metadata.password',
  'metadata.token',
  'metadata.secret',
]

export interface AssembledAudit {
  /** One `data_access` record when the answer is out. */
  follow(req: IncomingMessage, res: ServerResponse, facts: Facts): void
}

export interface Facts {
  readonly route: string
  /** Known only once the router has matched. */
  id(): string | undefined
}

export function assembleAudit(home: string): AssembledAudit {
  const file = destination({ dest: join(home, 'audit.log'), sync: false, minLength: 4096, mkdir: true })
  let previous = '0'.repeat(64)
  const chain = {
    write(line: string): void {
      previous = createHash('sha256').update(previous).update(line).digest('hex')
      file.write(`${line.slice(0, -2)},"hash":"${previous}"}\n`)
    },
  }
  const records = pino(
    { redact: redacted, base: { service: 'bench' }, timestamp: pino.stdTimeFunctions.isoTime },
    chain,
  )
  return {
    follow(req, res, facts) {
      const started = performance.now()
      const requestId = tracer.id()
      res.once('finish', () => {
        records.info({
          event: 'data_access',
          requestId,
          actor: { id: req.headers['x-user'], ip: req.socket.remoteAddress, userAgent: req.headers['user-agent'] },
          target: { type: 'note', id: facts.id() },
          action: 'read',
          outcome: res.statusCode < 400 ? 'success' : 'failure',
          http: { method: req.method, route: facts.route, status: res.statusCode },
          durationMs: Math.round(performance.now() - started),
        })
      })
    },
  }
}
