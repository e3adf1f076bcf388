/**
 * `DEBUG=*`: what libraries print of themselves then is theirs, and no library of ours sees it. What they take apart must not
 * be in it: bodies, credentials, cookies. Addresses are: Express prints the path and the query of each request.
 */
import { describe, expect, it } from 'vitest'
import { frameworks } from './matrix/application.ts'
import { run } from './matrix/run-program.ts'
import { body, bodyPlanted } from './provoked/plants.ts'

describe.concurrent.each(frameworks)('with DEBUG=*, %s', (framework) => {
  it('and its parsers print nothing of a body, good or broken', async () => {
    const app = await run({ framework, audited: true, errors: [] }, { NODE_ENV: 'production', DEBUG: '*' })
    try {
      const json = JSON.stringify(body)
      expect((await app.post('/body', json))?.status).toBe(200)
      expect((await app.post('/body', json.replace('"password":"', '"password":')))?.status).toBe(400)
      expect((await app.post('/body', json.padEnd(3_000_000)))?.status).toBe(413)
      await app.end()
      if (framework.startsWith('express')) expect(app.printed()).toMatch(/body-parser:json/)
      expect(await app.leaks(bodyPlanted)).toEqual([])
    } finally {
      await app.end()
      app.remove()
    }
  })
})
