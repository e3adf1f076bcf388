import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testAudit } from '@trailmark/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLogStreams } from './log-streams.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-streams-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const lines = (...path: string[]): Record<string, unknown>[] =>
  readFileSync(join(dir, ...path), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('the log streams', () => {
  it('lie apart, each with a directory and a mode of its own', async () => {
    const logs = openLogStreams({ dir, service: 'clinic' })
    const audit = testAudit({ service: 'clinic', operational: logs.operational })
    logs.application.info('letters sent')
    logs.operational.info('pool is warm')
    await logs.close()
    await audit.close()
    expect(lines('application', 'application.log').map((one) => [one['stream'], one['message']])).toEqual([
      ['application', 'letters sent'],
    ])
    expect(lines('operational', 'operational.log').map((one) => one['stream'])).toEqual(['operational'])
    for (const name of ['operational', 'application']) {
      expect(statSync(join(dir, name)).mode & 0o777).toBe(0o750)
      expect(statSync(join(dir, name, `${name}.log`)).mode & 0o777).toBe(0o640)
    }
  })

  it('promote the worst of the application to the trail, by its skeleton', async () => {
    const logs = openLogStreams({ dir, service: 'clinic' })
    const audit = testAudit({ service: 'clinic' })
    logs.application.fatal(new RangeError('before there is a trail'))
    logs.promoteTo(audit)
    logs.application.error(new TypeError('not bad enough'))
    logs.application.fatal(new TypeError('ann@clinic.example has no bed'))
    await logs.close()
    const promoted = audit.recordsOf('application_error')
    expect(promoted.map((one) => one['metadata'])).toEqual([expect.objectContaining({ error_type: 'TypeError' })])
    expect(JSON.stringify(promoted)).not.toContain('ann@')
    expect(lines('application', 'application.log')).toHaveLength(3)
  })

  it('promote nothing where that is the wish', async () => {
    const logs = openLogStreams({ dir, service: 'clinic', promote: false })
    const audit = testAudit({ service: 'clinic' })
    logs.promoteTo(audit)
    logs.application.fatal('the end')
    await logs.close()
    expect(audit.recordsOf('application_error')).toEqual([])
  })

  it('go on in new files after a rotation, and lose no line', async () => {
    const logs = openLogStreams({ dir, service: 'clinic' })
    logs.application.info('before')
    renameSync(join(dir, 'application', 'application.log'), join(dir, 'application', 'application.log.1'))
    logs.application.info('between')
    logs.reopen()
    logs.application.info('after')
    await logs.close()
    expect(lines('application', 'application.log.1').map((one) => one['message'])).toEqual(['before', 'between'])
    expect(lines('application', 'application.log').map((one) => one['message'])).toEqual(['after'])
  })

  it('refuse a place that cannot be one, by the name of the option', () => {
    writeFileSync(join(dir, 'file'), '')
    expect(() => openLogStreams({ dir: join(dir, 'file') })).toThrow(
      expect.objectContaining({ code: 'AUDIT_DIR_UNUSABLE' }),
    )
    expect(() => openLogStreams({ dir: '' })).toThrow(/^dir: /)
    // @ts-expect-error: not one of the words
    expect(() => openLogStreams({ dir, promote: 'INFO' })).toThrow(/^promote: /)
  })
})
