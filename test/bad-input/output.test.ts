import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { query } from '@trailmark/query'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runService, type Service, type ServiceOptions } from './run-service.ts'

/** A service whose output nobody reads any more, or nobody ever looks at. */
let home: string
let service: Service | undefined
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-output-'))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'ward' }))
})
afterEach(async () => {
  await service?.end('SIGKILL')
  service = undefined
  rmSync(home, { recursive: true, force: true })
})

async function run(options: Partial<ServiceOptions> = {}): Promise<Service> {
  service = await runService({ cwd: home, ...options })
  return service
}

/** The requests whose refusal is on record. */
async function refused(): Promise<string[]> {
  const found: string[] = []
  for await (const record of query(join(home, '.trailmark'), { types: ['authz_deny'] })) {
    found.push(record.request_id ?? '')
  }
  return found
}

describe('a service whose stdout and stderr were closed by their reader', () => {
  it('goes on answering and recording, counts the lines, and ends as ever', async () => {
    const one = await run()
    const told = [await one.ask('/refused')]
    one.child.process.stdout?.destroy()
    one.child.process.stderr?.destroy()
    for (let i = 0; i < 20; i++) told.push(await one.ask('/refused'))
    expect(new Set(told.map((answer) => answer.status))).toEqual(new Set([403]))
    const lost = async (): Promise<number> => {
      const { counts } = (await one.ask('/health')).body as { counts: { linesLost: number } }
      return counts.linesLost
    }
    await expect.poll(lost, { timeout: 20_000 }).toBeGreaterThan(0)
    expect((await one.ask('/ready')).status).toBe(200)
    one.child.process.kill('SIGTERM')
    expect(await one.child.ended).toEqual({ code: null, signal: 'SIGTERM' })
    expect((await refused()).sort()).toEqual(told.map((answer) => answer.requestId).sort())
  })

  it('lives when it has something to tell there', async () => {
    const one = await run()
    one.child.process.stdout?.destroy()
    one.child.process.stderr?.destroy()
    await one.ask('/refused')
    // The ledger is taken away under it, of which it would tell on stderr.
    renameSync(join(home, '.trailmark'), join(home, 'gone'))
    const told = []
    for (let i = 0; i < 5; i++) told.push(await one.ask('/durable'))
    expect(told.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
  })
})

describe('a service without a terminal', () => {
  it.each([undefined, '', 'production', 'staging'])(
    'and NODE_ENV %j prints a line of JSON per request and nothing else',
    async (mode) => {
      const one = await run({ env: { NODE_ENV: mode } })
      const { requestId } = await one.ask('/refused')
      await one.end()
      const lines = one.child.stdout().trim().split('\n')
      expect(lines.shift()).toMatch(/^listening/)
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { event_type: 'http_request', request_id: requestId, http: { route: '/refused', status: 403 } },
      ])
      expect(one.child.stderr()).toMatch(/^trailmark: records go to .*\[AUDIT_CREATED\]\n$/)
      expect(await refused()).toEqual([requestId])
    },
  )

  it('says that it does not apply a level it does not know', async () => {
    const one = await run({ env: { LOG_LEVEL: 'shouting' } })
    expect((await one.ask('/refused')).status).toBe(403)
    expect(one.child.stderr()).toContain('[LEVEL_REFUSED]')
  })
})
