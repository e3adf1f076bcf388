import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAudit } from './audit.ts'
import { thisPlatform } from './configuration.ts'

/** The sizes of the reserves of a service, by ledger. */
function reservesIn(service: string): Record<string, number> {
  const found: Record<string, number> = {}
  for (const lane of readdirSync(service).filter((name) => name.includes('.')))
    for (const writer of readdirSync(join(service, lane))) {
      const path = join(service, lane, writer, 'RESERVE')
      if (existsSync(path)) found[lane] = statSync(path).size
    }
  return found
}

function openIn(env: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-reserve-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const options = { service: 'clinic', dir: join(dir, 'data'), keysDir: join(dir, 'keys') } as const
  const platform = { ...thisPlatform(), env: { NODE_ENV: env } }
  const audit = openAudit(
    { ...options, ledger: 'disk', operational: 'none', signals: false },
    { platform, print: () => {} },
  )
  onTestFinished(() => audit.close())
  return join(options.dir, 'clinic')
}

describe('space for the day the disk is full', () => {
  it('is held in production, by the ledger that tells what is missing', { timeout: 60_000 }, async () => {
    const service = openIn('production')
    for (let i = 0; i < 1000 && reservesIn(service)['audit.standard'] !== 16 * 1024 * 1024; i++) await sleep(20)
    expect(reservesIn(service)).toEqual({ 'audit.standard': 16 * 1024 * 1024 })
  })

  it('is not held by tests and on a developer’s machine', async () => {
    const services = ['test', 'development'].map(openIn)
    await sleep(1500)
    for (const service of services) expect(reservesIn(service)).toEqual({})
  })
})
