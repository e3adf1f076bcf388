/** The examples of frameworks the README does not print, started as they stand, in production and in a folder of their own. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Child, freePort, scratch, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

let child: Child | undefined
const home = scratch('frameworks')

afterEach(async () => {
  child?.process.kill('SIGKILL')
  await child?.ended
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function run(example: string): Promise<{ readonly url: string; readonly child: Child }> {
  const port = await freePort()
  const started = start(process.execPath, [fromSources, join(repository, 'examples', `${example}.ts`)], {
    cwd: repository,
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      TRAILMARK_DIR: join(home, example, 'trail'),
      TRAILMARK_KEYS_DIR: join(home, example, 'keys'),
    },
  })
  child = started
  const url = `http://127.0.0.1:${port}`
  while (started.process.exitCode === null) {
    const answer = await fetch(`${url}/hello/ada`).catch(() => undefined)
    if (answer !== undefined) return { url, child: started }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`ended with ${started.process.exitCode}:\n${started.stderr()}`)
}

describe('the example', () => {
  it.each(['hono', 'nestjs'])(
    '%s answers, with its id on the terminal line, and ends when told to',
    async (example) => {
      const { url, child } = await run(example)
      const answer = await fetch(`${url}/hello/ada`)
      expect([answer.status, await answer.json()]).toEqual([200, { hello: 'world' }])
      const id = answer.headers.get('x-request-id')
      await child.printed(new RegExp(`"request_id":"${id}"`))
      child.process.kill('SIGTERM')
      await child.ended
      expect(child.stderr()).not.toMatch(/error/i)
    },
  )

  it('nestjs lets a nurse read and refuses everybody else', async () => {
    const { url } = await run('nestjs')
    expect((await fetch(`${url}/patients/7`, { headers: { 'x-role': 'nurse' } })).status).toBe(200)
    expect((await fetch(`${url}/patients/7`)).status).toBe(403)
  })
})
