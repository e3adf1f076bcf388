/** Every way an error has out of a process that uses us properly: each gives the text that left. */
import { once } from 'node:events'
import { scrub } from '@trailmark/core'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/express'
import { auditedPino } from '@trailmark/integrations/pino'
import express from 'express'

export interface Exits {
  readonly audit: TestAudit
  /** The places this error came out at, and what was to be read there. */
  of(error: unknown): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

export async function openExits(): Promise<Exits> {
  const audit = testAudit()
  let thrown: unknown
  const app = express()
  app.use(auditMiddleware({ audit }))
  app.get('/fails', () => {
    throw thrown
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/fails`

  async function request(error: unknown): Promise<Record<string, string>> {
    thrown = error
    audit.clear()
    const answer = await fetch(url)
    const response = `${JSON.stringify([...answer.headers])}\n${await answer.text()}`
    // The line is written when the response has left, which the client may see first.
    for (let left = 500; audit.lines.length === 0 && left > 0; left--) await new Promise((next) => setTimeout(next, 2))
    return {
      response,
      'operational lines': JSON.stringify(audit.lines),
      'audit records': JSON.stringify(audit.records),
      notices: JSON.stringify(audit.notices),
    }
  }

  return {
    audit,
    of: async (error) => ({
      'scrub()': JSON.stringify(scrub(error)) ?? '',
      ...logged(audit, error),
      ...(await request(error)),
    }),
    async close() {
      server.closeAllConnections()
      server.close()
      await audit.close()
    },
  }
}

/** The lines of the calls that applications make. */
function logged(audit: TestAudit, error: unknown): Record<string, string> {
  const lines: string[] = []
  const log = auditedPino({ audit, destination: { write: (line) => void lines.push(line) } })
  const last = (): string => lines.splice(0).join('')
  log.error(error)
  const alone = last()
  log.error({ err: error })
  const err = last()
  log.error({ error, cause: error, reason: error }, 'failed')
  const fields = last()
  log.error('failed: %s', error)
  const message = last()
  // Types of pino know what each sign takes; applications without types do not.
  Reflect.apply(log.error, log, [{ failures: [error], nested: { error } }, 'failed with %o and %j', error, error])
  const nested = last()
  log.child({ err: error }).error('failed')
  return {
    'log.error(err)': alone,
    'log.error({ err })': err,
    'log.error({ error, cause })': fields,
    "log.error('%s', err)": message,
    'log.error({ failures: [err] })': nested,
    'log.child({ err })': last(),
  }
}
