import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit, personal } from '@trailmark/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkRedactions } from './redactions.ts'
import { checkStarts } from './starts.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-doctor-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const patient = () => ({
  root: join(home, 'data'),
  keysDir: join(home, 'keys'),
  cwd: home,
  env: { NODE_ENV: 'production' },
  nowMs: Date.now(),
})
const quiet = new AbortController().signal

const open = (env: string, service = 'clinic') =>
  createAudit({
    service: { name: service, env },
    dir: join(home, 'data'),
    keysDir: join(home, 'keys'),
    ledger: 'disk',
    operational: 'none',
    signals: false,
    metrics: false,
  })

describe('the doctor on what masking removed', () => {
  it('names event, path and rule, and says what to do about each', async () => {
    const audit = open('production')
    const record = (event: object) => Reflect.apply(audit.record, audit, ['data_access', event])
    for (let i = 0; i < 3; i++) record({ metadata: { ward: 'W-7' } })
    record({ reason: 'because the patient asked for it' })
    record({ actor: { id: 'usr_1' }, metadata: { note: personal('ill') } })
    await audit.close()
    const found = await checkRedactions(patient(), quiet)
    expect(found).toEqual([
      {
        name: 'redactions',
        state: 'note',
        text: 'clinic: data_access lost metadata.ward 3 times in 3 records (undeclared)',
        advice: expect.stringMatching(/defineEvents\(\).*undeclared: 'seal'/),
      },
      expect.objectContaining({ text: expect.stringMatching(/lost reason 1 times/), advice: expect.any(String) }),
      { name: 'sealed', state: 'ok', text: '1 personal values were sealed in the last 7 days' },
    ])
  })

  it('has nothing to say of an older trail', async () => {
    const audit = open('production')
    Reflect.apply(audit.record, audit, ['data_access', { metadata: { ward: 'W-7' } }])
    await audit.close()
    const later = { ...patient(), nowMs: Date.now() + 8 * 86_400_000 }
    expect(await checkRedactions(later, quiet)).toMatchObject([{ name: 'redactions', state: 'ok' }])
  })
})

describe('the doctor on the last start', () => {
  it('tells what the process itself knows to be weak, by its newest start', async () => {
    await open('production').close()
    const audit = open('production')
    audit.record('debug_endpoint_blocked', { reason: 'registered_route', metadata: { rule: 'heapdump' } })
    await audit.close()
    const found = await checkStarts(patient(), quiet)
    expect(found.map(({ name, state }) => [name, state])).toEqual([
      ['no_proxies', 'note'],
      ['debug_routes_registered', 'weak'],
    ])
    expect(found.every(({ text, advice }) => text.startsWith('clinic ') && advice !== undefined)).toBe(true)
    await open('production').close()
    expect((await checkStarts(patient(), quiet)).map(({ name }) => name)).toEqual(['no_proxies'])
  })

  it('leaves development alone, and is silent where nothing started', async () => {
    await open('development').close()
    expect(await checkStarts(patient(), quiet)).toMatchObject([{ name: 'start', state: 'ok' }])
    expect(await checkStarts({ ...patient(), root: home }, quiet)).toMatchObject([{ name: 'start' }])
    expect(await checkStarts({ ...patient(), root: join(home, 'keys') }, quiet)).toEqual([])
  })
})
