import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createAudit } from './audit.ts'

test('a start with another version than the last one is a deployment, on record', async () => {
  const root = mkdtempSync(join(tmpdir(), 'trailmark-deployment-'))
  const dir = join(root, 'trail')
  const start = (version: string) =>
    createAudit({
      dir,
      keysDir: join(root, 'keys'),
      ledger: 'disk',
      service: { name: 'clinic', version },
      signals: false,
      metrics: false,
    })
  const first = start('1.0.0')
  await vi.waitFor(() => expect(readdirSync(join(dir, 'clinic'))).toContain('run'))
  await first.close()
  const second = start('1.1.0')
  const records = (): string =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jsonl'))
      .map((path) => readFileSync(join(dir, path), 'utf8'))
      .join('')
  await vi.waitFor(async () => {
    await second.flush()
    expect(records()).toContain('"event_type":"deployment"')
  })
  const told = records()
    .split('\n')
    .filter((line) => line.includes('"deployment"'))
  expect(told).toHaveLength(1)
  expect(JSON.parse(told[0] ?? '')).toMatchObject({
    reason: 'start',
    metadata: { version: '1.1.0', previous_version: '1.0.0' },
    actor: { type: 'system' },
  })
  await second.close()
})
