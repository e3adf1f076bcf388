import { AuditError } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { type ExpressOptions, auditMiddleware as onExpress } from '@trailmark/express'
import auditPlugin from '@trailmark/fastify'
import { type KoaOptions, auditMiddleware as onKoa } from '@trailmark/koa'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'

/** Options as JavaScript can give them: what is wrong stops the start with a code, and is named. */
const mounts: Readonly<Record<string, (options: unknown) => Promise<void>>> = {
  express: async (options) => void onExpress(options as ExpressOptions),
  fastify: async (options) => void (await Fastify().register(auditPlugin, options as { readonly audit?: undefined })),
  koa: async (options) => void onKoa(options as KoaOptions),
}

const memory = { ledger: 'memory' }
const wrong: readonly [name: string, options: unknown][] = [
  ['proxys', { proxys: [] }],
  ['Dir', { Dir: './trail' }],
  ['dir', { dir: 7 }],
  ['dir', { dir: '' }],
  ['dir', { dir: 'a\0b' }],
  ['keysDir', { keysDir: [] }],
  ['service', { service: 42 }],
  ['service', { service: { nmae: 'ward' } }],
  ['ledger', { ledger: 'ram' }],
  ['ledger', { ledger: {} }],
  ['keys', { keys: {} }],
  ['pseudonyms', { pseudonyms: { name: 'mine' } }],
  ['policy', { policy: {} }],
  ['policy[0]', { policy: ['all'] }],
  ['policy[0]', { policy: [{ level: 'loud' }] }],
  ['policy[1]', { policy: [{}, { match: { rout: '/x' } }] }],
  ['events', { events: { mine: { code: 'MIN001' } } }],
  ['trust', { trust: true }],
  ['trust', { trust: 'all' }],
  ['trust[0]', { trust: ['everybody'] }],
  ['proxies', { proxies: '10.0.0.0/8' }],
  ['proxies[1]', { proxies: ['10.0.0.0/8', '10.0.0.0/33'] }],
  ['outbound', { outbound: ['https://api.example'] }],
  ['outbound.trace', { outbound: { trace: ['api.example'] } }],
  ['credentials[0]', { credentials: [7] }],
  ['operational', { operational: 'file' }],
  ['ack', { ack: 'later' }],
  ['queueBytesMax', { queueBytesMax: 1 }],
  ['queueBytesMax', { queueBytesMax: Number.NaN }],
  ['queueBytesMax', { queueBytesMax: '16777216' }],
  ['commitDelayMs', { commitDelayMs: -1 }],
  ['commitDelayMs', { commitDelayMs: 1_001 }],
  ['logLevel', { logLevel: 'LOUD' }],
  ['signals', { signals: 'no' }],
  ['serverTiming', { serverTiming: 1 }],
  ['actor', { actor: 'me' }],
  ['clock', { clock: Date }],
  ['openingMs', { openingMs: 0 }],
  ['metrics', { metrics: {} }],
  ['audit', { audit: {} }],
  ['audit', { audit: 'mine' }],
]

describe.each(Object.keys(mounts))('%s', (name) => {
  const mount = async (options: unknown): Promise<void> => mounts[name]?.(options)

  it.each(wrong)('names %s of %j', async (option, options) => {
    const error: unknown = await mount({ ...memory, ...(options as object) }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AuditError)
    expect(error).toMatchObject({ code: 'AUDIT_OPTION_INVALID' })
    // By its own name, or by that of the member in it.
    expect(
      String(error)
        .split(/[\s:]+/)
        .filter((word) => word.startsWith(option)),
    ).not.toEqual([])
  })

  it.each([[null], ['ward'], [7], [[]], [true]])('refuses %j in the place of options', async (options) => {
    // Fastify itself looks at what is registered with a plugin, and takes what is no object for none.
    if (name === 'fastify') return
    await expect(mount(options)).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' })
  })

  it('refuses an audit together with options for another', async () => {
    const both = { audit: testAudit(), dir: './trail' }
    await expect(mount(both)).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID', message: /dir/ })
  })

  it('takes options that were left undefined for left out', async () => {
    await expect(mount({ ...memory, dir: undefined, policy: undefined, audit: undefined })).resolves.toBeUndefined()
  })
})
