import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openAudit } from './audit.ts'
import { type Platform, readConfiguration } from './configuration.ts'
import { AuditError } from './errors.ts'
import type { AuditOptions } from './options.ts'
import { runtimeOf } from './runtime.ts'
import { testAudit } from './testing.ts'

function platform(env: Record<string, string> = {}, terminal = false): Platform {
  return { cwd: '/nowhere', env, stdoutTerminal: terminal, stderrTerminal: terminal }
}

const read = (options: AuditOptions, from: Platform) =>
  readConfiguration(options, from, { trust: () => false, hash: 'h' })

/** What the start answers to options that no compiler saw. */
function startWith(options: unknown): string {
  try {
    void openAudit(options as AuditOptions).close()
    return 'started'
  } catch (error) {
    return error instanceof AuditError ? `${error.code} ${error.message}` : String(error)
  }
}

describe('an option with a value it cannot have', () => {
  it.each([
    [{ dri: '/data' }, /^AUDIT_OPTION_INVALID dri: is not an option/],
    [{ dir: '' }, /^AUDIT_OPTION_INVALID dir:/],
    [{ dir: 7 }, /^AUDIT_OPTION_INVALID dir:/],
    [{ keysDir: 'a\0b' }, /^AUDIT_OPTION_INVALID keysDir:/],
    [{ service: 'a/b' }, /^AUDIT_OPTION_INVALID service.name:/],
    [{ service: '..' }, /^AUDIT_OPTION_INVALID service.name:/],
    [{ service: { name: 'a', version: 'a b' } }, /^AUDIT_OPTION_INVALID service.version:/],
    [{ service: 7 }, /^AUDIT_OPTION_INVALID service:/],
    [{ service: { nmae: 'clinic' } }, /^AUDIT_OPTION_INVALID service.nmae:/],
    [{ ledger: 'tape' }, /^AUDIT_OPTION_INVALID ledger:/],
    [{ ack: 'soon' }, /^AUDIT_OPTION_INVALID ack:/],
    [{ operational: 'stderr' }, /^AUDIT_OPTION_INVALID operational:/],
    [{ operational: {} }, /^AUDIT_OPTION_INVALID operational:/],
    [{ policy: {} }, /^AUDIT_OPTION_INVALID policy:/],
    [{ policy: [{ level: 'some' }] }, /^AUDIT_OPTION_INVALID .*policy\[0\]\.level/],
    [{ proxies: ['10.0.0.0/99'] }, /^AUDIT_OPTION_INVALID proxies\[0\]:/],
    [{ trust: ['everybody'] }, /^AUDIT_OPTION_INVALID trust\[0\]:/],
    [{ trust: true }, /^AUDIT_OPTION_INVALID trust:/],
    [{ undeclared: 'keep' }, /^AUDIT_OPTION_INVALID undeclared:/],
    [{ outbound: { trace: ['*'] } }, /^AUDIT_OPTION_INVALID outbound\.trace/],
    [{ outbound: { traces: [] } }, /^AUDIT_OPTION_INVALID outbound\.traces:/],
    [{ credentials: 'sid' }, /^AUDIT_OPTION_INVALID credentials:/],
    [{ credentials: [''] }, /^AUDIT_OPTION_INVALID credentials\[0\]:/],
    [{ queueBytesMax: 1 }, /^AUDIT_OPTION_INVALID queueBytesMax:/],
    [{ queueBytesMax: Number.NaN }, /^AUDIT_OPTION_INVALID queueBytesMax:/],
    [{ openingMs: '60s' }, /^AUDIT_OPTION_INVALID openingMs:/],
    [{ signals: 1 }, /^AUDIT_OPTION_INVALID signals:/],
    [{ logLevel: 'loud' }, /^AUDIT_OPTION_INVALID logLevel:/],
    [{ clock: {} }, /^AUDIT_OPTION_INVALID clock:/],
    [{ pseudonyms: { name: () => 'x' } }, /^AUDIT_OPTION_INVALID pseudonyms:/],
    [{ keys: {} }, /^AUDIT_OPTION_INVALID keys.dir:/],
    [{ events: { a: {} } }, /^AUDIT_OPTION_INVALID events:/],
    [{ actor: 'me' }, /^AUDIT_OPTION_INVALID actor:/],
    [null, /^AUDIT_OPTION_INVALID options:/],
    ['clinic', /^AUDIT_OPTION_INVALID options:/],
  ])('stops the start and is named: %j', (options, message) => {
    expect(startWith(options)).toMatch(message)
  })

  it.each([
    ['trust', { trust: 1n }],
    ['outbound.trace', { outbound: { trace: [1n] } }],
  ])('is named also where it is something JSON has no word for: %s', (name, options) => {
    const start = () => openAudit(Object(options), { platform: platform({ NODE_ENV: 'test' }) })
    expect(start).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(name) }),
    )
  })

  it('is never anything but a coded error, whatever it is', () => {
    const names = [
      'service',
      'policy',
      'events',
      'trust',
      'proxies',
      'outbound',
      'credentials',
      'operational',
      'keys',
      'clock',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.anything({ maxDepth: 2 }), { maxKeys: 3 }), (options) => {
        expect(startWith({ ...options, ledger: 'memory', signals: false })).toMatch(
          /^(started|AUDIT_OPTION_INVALID \S+)/,
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('production', () => {
  it.each([
    ['production', true],
    ['staging', true],
    ['', true],
    [undefined, true],
    ['development', false],
    ['test', false],
    ['Development', true],
  ])('NODE_ENV=%s', (mode, expected) => {
    expect(read({}, platform(mode === undefined ? {} : { NODE_ENV: mode })).production).toBe(expected)
  })

  it('acknowledges after fdatasync, development after the write', () => {
    expect(read({}, platform()).ack).toBe('durable')
    expect(read({}, platform({ NODE_ENV: 'development' })).ack).toBe('written')
  })

  it('prints raw errors nowhere, and development only on a terminal', () => {
    expect(read({}, platform({ NODE_ENV: 'production' }, true)).terminal).toBe(false)
    expect(read({}, platform({ NODE_ENV: 'development' }, true)).terminal).toBe(true)
    expect(read({}, platform({ NODE_ENV: 'development' }, false)).terminal).toBe(false)
    expect(read({}, platform({}, true)).terminal).toBe(true)
  })

  it('writes operational lines as JSON, a terminal in development reads them', () => {
    expect(read({}, platform({ NODE_ENV: 'production' }, true)).operational).toBe('stdout')
    expect(read({}, platform({ NODE_ENV: 'development' }, true)).operational).toBe('human')
    expect(read({}, platform({ NODE_ENV: 'development' })).operational).toBe('stdout')
    expect(read({}, platform({ NODE_ENV: 'test' }, true)).operational).toBe('none')
  })
})

describe('the level', () => {
  it.each([
    ['warn', 'WARNING'],
    ['fatal', 'CRITICAL'],
    ['Info', 'INFO'],
    ['debug', 'INFO'],
    ['verbose', 'INFO'],
    ['', 'INFO'],
  ])('LOG_LEVEL=%s in production is %s', (level, expected) => {
    expect(read({}, platform({ LOG_LEVEL: level })).logLevel).toBe(expected)
  })

  it('of the option wins over the environment', () => {
    expect(read({ logLevel: 'error' }, platform({ LOG_LEVEL: 'info' })).logLevel).toBe('ERROR')
  })
})

describe('the configuration hash', () => {
  const hashOf = (options: AuditOptions) => runtimeOf(testAudit(options)).options.hash

  it('stands on every record as its policy', () => {
    const audit = testAudit()
    audit.record('logout')
    expect(audit.records[0]?.['policy']).toBe(hashOf({}))
    expect(hashOf({})).toMatch(/^[0-9a-f]{16}$/)
  })

  it('changes with policy, trust, proxies and promise, and not with place or clock', () => {
    const plain = hashOf({})
    expect(hashOf({ openingMs: 5_000, metrics: false })).toBe(plain)
    const changed = [
      hashOf({ policy: [{ match: { route: '/health' }, level: 'none' }] }),
      hashOf({ trust: ['10.0.0.0/8'] }),
      hashOf({ proxies: ['10.0.0.0/8'] }),
      hashOf({ ack: 'queued' }),
    ]
    expect(new Set([plain, ...changed]).size).toBe(5)
  })
})
