/** Lines as they leave, from both versions of pino that are supported. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import {
  type AuditError,
  currentContext,
  type RequestContext,
  runInContext,
  runWithCarrier,
  type Scrubber,
} from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AuditedPinoOptions } from './pino.ts'

type Line = Record<string, unknown>
const planted = 'planted-hunter2-x7'
const carried = JSON.stringify({
  v: 1,
  request_id: 'req-1',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03',
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const pinos: [string, () => Promise<unknown>][] = [
  ['pino 10', () => vi.importActual('pino')],
  ['pino 9', () => import('pino-9')],
]

describe.each(pinos)('with %s', (name, load) => {
  async function open(options: AuditedPinoOptions = {}) {
    vi.resetModules()
    vi.doMock('pino', load)
    const { auditedPino, redactionsOf, requestLogger } = await import('./pino.ts')
    const texts: string[] = []
    const logger = auditedPino({
      service: 'clinic',
      destination: { write: (text) => void texts.push(text) },
      ...options,
    })
    return { logger, redactionsOf, requestLogger, texts, lines: () => texts.map((text): Line => JSON.parse(text)) }
  }

  /** The ids of the request in progress as they should stand on its lines. */
  function ids(): Line {
    const { requestId, traceId, spanId } = currentContext() as RequestContext
    return { request_id: requestId, trace_id: traceId, span_id: spanId, trace_flags: '03' }
  }
  const inRequest = <T>(work: () => T): T => runWithCarrier(carried, work)

  it('the version is the one that is meant', async () => {
    const { logger } = await open()
    expect(Reflect.get(logger, 'version')).toMatch(name === 'pino 9' ? /^9\./ : /^10\./)
  })

  it('a line has the names of audit/1 and nothing else', async () => {
    const { logger, lines } = await open({ stream: 'operational' })
    logger.warn({ event_type: 'letters_sent', count: 3 }, 'letters sent')
    const [line] = lines()
    expect(line).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'WARNING',
      stream: 'operational',
      service: expect.objectContaining({ name: 'clinic', env: 'test' }),
      event_type: 'letters_sent',
      count: 3,
      message: 'letters sent',
    })
  })

  it('levels have our words', async () => {
    const { logger, lines } = await open({ level: 'debug' })
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('x')
    expect(lines().map((line) => line['level'])).toEqual(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'])
  })

  it('lines inside a request have its ids, lines outside have none', async () => {
    const { logger, lines } = await open()
    const expected = inRequest(() => {
      logger.info('inside')
      logger.child({ count: 1 }).info('inside a child')
      return ids()
    })
    logger.info('outside')
    const [inside, child, outside] = lines()
    expect(inside).toMatchObject(expected)
    expect(child).toMatchObject({ ...expected, count: 1 })
    for (const id of Object.keys(expected)) expect(outside).not.toHaveProperty(id)
  })

  it('a bound child keeps its ids where the request is lost, and has them once', async () => {
    const { logger, requestLogger, texts, lines } = await open()
    const [expected, bound] = inRequest(() => [ids(), requestLogger(logger)] as const)
    bound.info('late')
    runInContext(undefined, () => bound.child({ count: 1 }).info('later'))
    inRequest(() => bound.info('in another request'))
    for (const line of lines()) expect(line).toMatchObject(expected)
    for (const text of texts) expect(text.match(/"request_id"/g)).toHaveLength(1)
    expect(requestLogger(logger)).toBe(logger)
  })

  it('an error is its skeleton wherever it is put', async () => {
    const { logger, texts, lines } = await open()
    const error = Object.assign(new RangeError('secret-of-ann', { cause: new TypeError('secret-too') }), {
      code: 'E_CLASH',
      detail: 'secret-detail',
    })
    logger.error(error)
    logger.error(error, 'booking failed')
    logger.error({ err: error }, 'booking failed')
    logger.error({ error })
    logger.error({ nested: { deep: error } }, 'booking failed')
    logger.error('booking failed %s %o', error, error)
    logger.error({ count: 1 }, error as unknown as string)
    logger.child({ err: error }).error('booking failed')
    expect(texts.join('')).not.toContain('secret')
    for (const at of [0, 1, 2, 3, 6, 7])
      expect(lines()[at]?.['error']).toMatchObject({ type: 'RangeError', code: 'E_CLASH' })
    expect(lines()[0]).not.toHaveProperty('message')
    expect(lines()[4]).toMatchObject({ nested: { deep: { type: 'RangeError' } } })
  })

  it('with an audit errors have a fingerprint and lines its service', async () => {
    const audit = testAudit({ service: 'wards' })
    const { logger, lines } = await open({ audit })
    logger.error(new Error('x'))
    expect(lines()[0]).toMatchObject({
      service: { name: 'wards' },
      error: { fingerprint: expect.stringMatching(/^p1_/) },
    })
    await audit.close()
  })

  it('a request and a response are method and status', async () => {
    const { logger, texts, lines } = await open()
    const req = new IncomingMessage(new Socket())
    Object.assign(req, { method: 'POST', url: '/letters?token=secret' })
    req.headers['authorization'] = 'Bearer secret'
    const res = new ServerResponse(req)
    res.setHeader('set-cookie', 'secret')
    res.statusCode = 418
    logger.info(req, 'plain')
    logger.info({ req, res }, 'both')
    logger.info({ request: { raw: req }, reply: { raw: res } }, 'wrapped')
    logger.child({ req }).info('bound')
    logger.info('%o', req)
    logger.info({ list: [req] }, 'inside a list')
    logger.info({ req: { rawHeaders: ['cookie', 'secret'], headers: { secret: 'secret' }, method: 'PUT' } }, 'injected')
    logger.info({ req: new Request('http://a.test/secret', { headers: { cookie: 'secret' } }) }, 'fetch')
    expect(texts.join('')).not.toContain('secret')
    expect(lines()[0]?.['http']).toEqual({ method: 'POST' })
    expect(lines()[1]?.['http']).toEqual({ method: 'POST', status: 418 })
    expect(lines()[2]?.['http']).toEqual({ method: 'POST', status: 418 })
    expect(lines()[3]).not.toHaveProperty('http')
  })

  it('secrets are hidden by name and by look, in objects, bindings and interpolated values', async () => {
    const { logger, texts, lines } = await open()
    logger.info({ password: planted, visits: 41, deep: { mail: 'ann@example.org' } }, 'hello')
    logger.info('hello %s %d %j', 'ann@example.org', 7, { apiKey: planted })
    logger.info('token: %s', planted)
    logger.child({ password: planted, module: 'billing' }).info('hello')
    logger.setBindings({ secret: planted })
    logger.info(['ann@example.org'])
    logger.info(new Map([['password', planted]]), 'map')
    expect(texts.join('')).not.toMatch(/planted|ann@/)
    expect(lines()[0]).toMatchObject({ password: '[secret]', visits: 41, deep: { mail: expect.any(String) } })
    expect(lines()[1]?.['message']).toBe('hello [email] 7 {"apiKey":"[secret]"}')
    expect(lines()[3]).toMatchObject({ module: 'billing', password: '[secret]' })
  })

  it('a message keeps its words, and what looks like data is taken out', async () => {
    const { logger, lines } = await open()
    const written = (message: string, ...values: unknown[]): unknown => {
      Reflect.apply(logger.info, logger, [message, ...values])
      return lines().at(-1)?.['message']
    }
    for (const literal of [
      'letters sent',
      'retry 3 of 5 (in 20 ms).',
      'Grüße, wörtlich: schön!',
      'cache_miss - try again…',
      '%s',
    ]) {
      expect(written(literal)).toBe(literal)
    }
    expect(written('ann@example.com came')).toBe('[email] came')
    expect(written('password=%s', planted)).not.toContain('planted')
    expect(written('100%% of %s in %d steps', 'letters', 7)).toBe('100% of letters in 7 steps')
  })

  it('a message made with msg is written as it is, on every level and in fields', async () => {
    const { logger, lines } = await open()
    const { msg } = await import('@trailmark/core')
    logger.info(msg`the password: ${3} of ${5}`)
    logger.warn({ count: 1 }, msg`card ${4111111111111111}`)
    logger.error(new Error(planted), msg`failed`)
    Reflect.apply(logger.error, logger, [msg`failed`, new RangeError(planted)])
    logger.child({ count: 2 }).info({ note: msg`noted` })
    expect(lines()).toMatchObject([
      { message: 'the password: 3 of 5' },
      { message: 'card [withheld]', count: 1 },
      { message: 'failed', error: { type: 'Error' } },
      { message: 'failed', error: { type: 'RangeError' } },
      { count: 2, note: 'noted' },
    ])
  })

  it('an error behind a message is kept as its skeleton, wherever it stands', async () => {
    const { logger, texts, lines } = await open()
    const error = Object.assign(new RangeError(planted), { code: 'E_CLASH' })
    Reflect.apply(logger.error, logger, ['booking failed', error])
    Reflect.apply(logger.error, logger, ['booking of %s failed', 'ward', error, { password: planted }])
    Reflect.apply(logger.error, logger, [{ count: 1 }, 'booking failed', error])
    for (const line of lines()) expect(line['error']).toMatchObject({ type: 'RangeError', code: 'E_CLASH' })
    expect(lines()[1]?.['message']).toBe('booking of ward failed')
    expect(texts.join('')).not.toContain('planted')
  })

  it('errors that are built on the prototype alone are errors, too', async () => {
    const { logger, texts, lines } = await open()
    const made: unknown = Object.assign(Object.create(Error.prototype), {
      message: planted,
      stack: `Error: ${planted}\n    at x`,
      code: 'E_CLASH',
    })
    logger.error(made)
    logger.error({ err: made }, 'x')
    logger.error({ deep: { made } }, 'x')
    for (const at of [0, 1]) expect(lines()[at]?.['error']).toMatchObject({ type: 'Error', code: 'E_CLASH' })
    expect(texts.join('')).not.toContain('planted')
  })

  it('a Secret and a Personal are their placeholders, at every place', async () => {
    const { logger, texts } = await open()
    const { personal, secret } = await import('@trailmark/core')
    for (const hidden of [secret(planted), personal(planted)]) {
      logger.info(hidden)
      logger.info({ hidden }, 'x')
      logger.info('x %s %o %j', hidden, hidden, hidden)
      logger.info({ list: [hidden], map: new Map([['k', hidden]]) }, 'x')
      logger.child({ hidden }).info('x')
      logger.error(new Error('x', { cause: hidden }))
    }
    expect(texts.join('')).not.toContain('planted')
    expect(texts[1]).toContain('"hidden":"[secret]"')
  })

  it('a Secret is its placeholder in a logger that nobody audits, too', async () => {
    await open()
    const { pino } = await import('pino')
    const { personal, secret } = await import('@trailmark/core')
    const texts: string[] = []
    const plain = pino({}, { write: (text) => void texts.push(text) })
    for (const hidden of [secret(planted), personal(planted)]) {
      plain.info(hidden)
      Reflect.apply(plain.info, plain, [{ hidden, list: [hidden] }, 'x %s %o %O %j %d', ...new Array(5).fill(hidden)])
      plain.child({ hidden }).error(new Error(`${hidden}`, { cause: hidden }))
    }
    expect(texts).toHaveLength(6)
    expect(texts.join('')).not.toContain('planted')
    expect(texts[1]).toContain('"hidden":"[secret]"')
  })

  it('another scrubber decides about values and messages', async () => {
    const scrubber: Scrubber = {
      id: 'test/1',
      scrub: (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('ann', 'X')),
      text: (text) => text.replaceAll('ann', 'X'),
      account: (value) => ({ value: scrubber.scrub(value), redactions: [{ path: 'x', rule: 'test', n: 2 }] }),
    }
    const { logger, redactionsOf, lines } = await open({ scrubber })
    logger.info({ name: 'ann' }, 'ann came')
    expect(lines()[0]).toMatchObject({ name: 'X', message: 'X came' })
    expect(redactionsOf(logger)).toBe(3)
  })

  it('a scrubber that fails costs the value and not the line', async () => {
    const fail = (): never => {
      throw new Error(planted)
    }
    const { logger, redactionsOf, texts, lines } = await open({
      scrubber: { id: 'test/1', scrub: fail, text: fail, account: fail },
    })
    logger.info({ name: planted }, planted)
    logger.child({ name: planted }, { msgPrefix: planted }).info('x %s', planted)
    expect(lines()).toHaveLength(2)
    expect(texts.join('')).not.toContain('planted')
    expect(redactionsOf(logger)).toBeGreaterThan(3)
  })

  it('what was removed is counted: by the logger, its children and the audit', async () => {
    const audit = testAudit()
    const { logger, redactionsOf } = await open({ audit })
    logger.info({ visits: 3 }, 'letters sent')
    expect(redactionsOf(logger)).toBe(0)
    logger.info({ password: planted }, 'hello')
    const before = redactionsOf(logger)
    expect(before).toBeGreaterThan(0)
    const child = logger.child({ apiKey: planted })
    child.info('ann@example.org came')
    expect(redactionsOf(child)).toBe(redactionsOf(logger))
    expect(redactionsOf(logger)).toBeGreaterThan(before)
    expect(audit.health().counts.redactions).toBe(redactionsOf(logger))
    expect(redactionsOf({})).toBe(0)
    await audit.close()
  })

  it('what a line says of itself cannot be set from outside', async () => {
    const { logger, texts, lines } = await open()
    inRequest(() => {
      logger.info(
        { level: 'DEBUG', timestamp: 'x', stream: 'audit', service: 'x', request_id: 'x', message: 'x' },
        'own',
      )
      logger.child({ stream: 'audit', timestamp: 'x', trace_id: 'not one' }).info('child')
    })
    for (const line of lines()) {
      expect(line).toMatchObject({
        level: 'INFO',
        stream: 'application',
        service: { name: 'clinic' },
        request_id: 'req-1',
      })
    }
    for (const text of texts) {
      const own = text.replace(/"(?:fields|bound)":\{[^}]*\}/, '')
      expect(own.match(/"(timestamp|stream|service|request_id|message)":/g)).toHaveLength(5)
    }
    expect(lines()[0]).toMatchObject({
      message: 'own',
      fields: { level: 'DEBUG', timestamp: 'x', stream: 'audit', service: 'x', request_id: 'x', message: 'x' },
    })
    expect(lines()[1]).toMatchObject({ bound: { stream: 'audit', timestamp: 'x', trace_id: 'not one' } })
  })

  it('what a caller gives under a name of the line is kept', async () => {
    const { logger, texts, lines } = await open()
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    logger.info({ msg: 'letters sent to ann@example.org', count: 3 })
    logger.info({ message: 'letters sent', seq: 7, time: 1_726_000_000_000, request_id: 'req-9', trace_id: trace })
    logger.info({ message: { text: 'none' }, request_id: 'not an id', level: 30 }, 'own')
    logger.info({ msg: 'one %s', message: 'two' }, 'three')
    expect(lines()[0]).toMatchObject({ message: 'letters sent to [email]', count: 3 })
    expect(lines()[1]).toMatchObject({
      message: 'letters sent',
      request_id: 'req-9',
      trace_id: trace,
      fields: { seq: 7, time: 1_726_000_000_000 },
    })
    expect(lines()[2]).toMatchObject({
      message: 'own',
      fields: { message: { text: 'none' }, request_id: 'not an id', level: 30 },
    })
    expect(lines()[3]).toMatchObject({ message: 'three', fields: { msg: 'one %s', message: 'two' } })
    expect(texts.map((text) => text.match(/"(?:msg|message)":/g)?.length)).toEqual([1, 1, 2, 3])
  })

  it('the message of an error stands nowhere beside it', async () => {
    const { logger, texts, lines } = await open()
    const refused = new Error('password authentication failed for user "ann-x7"')
    const own = new RangeError('no bed for ann-x7')
    logger.error({ err: refused }, refused.message)
    logger.error(refused, `save failed: ${refused.message}`)
    logger.error({ err: own, reason: own.message }, 'save failed: %s', own.message)
    // As it is written in applications, although pino's types are against it.
    Reflect.apply(logger.error, logger, [`save failed: ${own.message}`, own])
    logger.error({ err: new Error('outer', { cause: own }) }, `save failed (${own.message})`)
    expect(texts.join('')).not.toContain('ann-x7')
    expect(lines().map((line) => line['message'])).toEqual([
      'password authentication failed for user *',
      'save failed: password authentication failed for user *',
      'save failed: RangeError',
      'save failed: RangeError',
      'save failed (RangeError)',
    ])
  })

  it('an object that was an error is its skeleton', async () => {
    const { logger, texts, lines } = await open()
    const error = Object.assign(new TypeError('no bed for ann-x7'), {
      code: 'ERR_NO_BED',
      detail: 'for ann-x7',
      ward: 3,
    })
    const { name: type, message, stack } = error
    logger.error({ ...error })
    logger.error({ err: { ...error } })
    logger.error({ err: { type, message, stack } })
    logger.error({ name: type, message, stack, ward: 3 })
    logger.error({ err: JSON.parse(JSON.stringify({ ...error, message, stack, cause: { message, stack } })) }, 'failed')
    expect(texts.join('')).not.toContain('ann-x7')
    for (const at of [0, 1, 4]) {
      const { error: kept, err } = lines()[at] ?? {}
      expect(kept ?? err).toMatchObject({ code: 'ERR_NO_BED', details: { ward: 3 } })
    }
    for (const at of [2, 4]) expect(lines()[at]?.['err']).toMatchObject({ type, frames: expect.any(Array) })
    expect(lines()[3]?.['error']).toMatchObject({ type, details: { ward: 3 }, frames: expect.any(Array) })
  })

  it('proxies among the ancestors of a value are not asked', async () => {
    const { logger, texts } = await open()
    const trapped = vi.fn(() => {
      throw new Error('asked')
    })
    const handler = { getPrototypeOf: trapped, get: trapped, has: trapped, getOwnPropertyDescriptor: trapped }
    const child = Object.create(new Proxy({}, handler))
    const grandchild = Object.create(child)
    for (const value of [child, grandchild, { raw: child }, { req: grandchild }]) {
      logger.info(value)
      logger.info({ value }, 'x')
      logger.info('%s', value)
      logger.child({ value }).info('x')
    }
    expect(trapped).not.toHaveBeenCalled()
    expect(texts).toHaveLength(16)
  })

  it('nothing that a child brings along undoes the scrubbing', async () => {
    const { logger, texts, lines } = await open()
    const leak = (): Line => ({ password: planted, mail: 'ann@example.org' })
    const child = logger.child(
      { user: 1 },
      {
        formatters: { log: leak, level: leak, bindings: leak },
        serializers: { user: leak, visits: leak, err: leak, error: leak, [Symbol.for('pino.*')]: leak },
        redact: { paths: ['note'], censor: () => 'ann@example.org' },
        msgPrefix: 'ann@example.org: ',
        customLevels: { loud: 35 },
      },
    )
    child.info({ user: { name: 'x' }, visits: 3, note: 'n' }, 'x')
    child.error({ err: new Error(planted) }, 'x')
    Reflect.apply(Reflect.get(child, 'loud'), child, [{ password: planted }, 'ann@example.org came'])
    child.child({ visits: 1 }, { serializers: { visits: leak } }).info('x')
    child.setBindings({ password: planted, visits: 5 })
    child.info(`ann@example.org`)
    expect(texts.join('')).not.toMatch(/planted|ann@/)
    expect(lines()).toHaveLength(5)
    expect(lines()[0]).toMatchObject({ level: 'INFO', message: '[email]: x', note: '[email]' })
    expect(JSON.stringify([child.bindings(), child.msgPrefix])).not.toMatch(/planted|ann@/)
  })

  it('a serializer that throws costs its value and not the line', async () => {
    const { logger, lines } = await open()
    const fail = (): never => {
      throw new Error(planted)
    }
    logger.child({}, { serializers: { visits: fail } }).info({ visits: 3 }, 'x')
    expect(lines()).toMatchObject([{ visits: '[serializer failed]', message: 'x' }])
  })

  it('a message stays one line and cannot steer a terminal', async () => {
    const { logger, texts, lines } = await open()
    logger.info('a\nb\u001b[31m\u2028c\u009b\u202ed')
    logger.info('x'.repeat(100_000))
    expect(texts[0]?.trimEnd()).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e]/)
    expect(String(lines()[1]?.['message']).length).toBeLessThan(10_000)
  })

  it('hostile values neither throw nor run', async () => {
    const { logger, lines } = await open()
    const boom = (): never => {
      throw new Error('ran')
    }
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const hostile: unknown[] = [
      new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom, getOwnPropertyDescriptor: boom }),
      Object.defineProperty({}, 'x', { enumerable: true, get: boom }),
      { toJSON: boom, toString: boom },
      circular,
      Object.create(null),
      { ['__proto__']: 1, constructor: 2 },
      JSON.parse('{"__proto__":{"a":"b"}}'),
      10n,
      Symbol('x'),
      boom,
      null,
    ]
    for (const value of hostile) {
      logger.info(value as object, 'x')
      logger.info({ value }, 'x')
      logger.info('x %s', value)
    }
    expect(lines()).toHaveLength(hostile.length * 3)
  })

  it('any value under a secret name gives one line of JSON without its text', async () => {
    const { logger, texts, lines } = await open()
    const value = fc.oneof(
      fc.constant(planted),
      fc.array(fc.constant(planted)),
      fc.dictionary(fc.string(), fc.constant(planted)),
    )
    const around = fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.boolean(), fc.string()))
    fc.assert(
      fc.property(
        fc.constantFrom('password', 'apiKey', 'user_password', 'x-api-key'),
        value,
        around,
        (name, one, more) => {
          texts.length = 0
          logger.info({ ...more, deep: { ...more, [name]: one }, [name]: one })
          expect(lines()).toHaveLength(1)
          expect(texts[0]).toMatch(/^[^\n]*\n$/)
          expect(texts[0]).not.toContain(planted)
        },
      ),
    )
  })

  it('any argument at all gives one line', async () => {
    const { logger, texts, lines } = await open()
    fc.assert(
      fc.property(
        fc.array(fc.anything({ withBigInt: true, withMap: true, withDate: true }), { minLength: 1, maxLength: 4 }),
        (args) => {
          texts.length = 0
          Reflect.apply(logger.info, logger, args)
          expect(lines()).toHaveLength(1)
          expect(texts[0]?.trimEnd()).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/)
        },
      ),
    )
  })

  describe('levels', () => {
    const enabled = (logger: object, texts: string[]): string[] => {
      texts.length = 0
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) {
        Reflect.apply(Reflect.get(logger, level), logger, ['x'])
      }
      return texts.map((text) => String(JSON.parse(text).level))
    }

    it('LOG_LEVEL decides, and the option before it', async () => {
      vi.stubEnv('LOG_LEVEL', 'error')
      const { logger, texts } = await open()
      expect(enabled(logger, texts)).toEqual(['ERROR', 'CRITICAL'])
      const other = await open({ level: 'CRITICAL' })
      expect(enabled(other.logger, other.texts)).toEqual(['CRITICAL'])
    })

    it('a wrong option is refused and named', async () => {
      const wrong = open({ level: 'loud' as 'info' })
      await expect(wrong).rejects.toThrow(/logLevel/)
      await expect(wrong).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' } satisfies Partial<AuditError>)
    })

    it.each(['production', 'staging', ''])('no way leads to DEBUG with NODE_ENV=%j', async (mode) => {
      // At a terminal notices go through the console, where a test can hear them; elsewhere straight to the descriptor.
      const stderr = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
      Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true })
      onTestFinished(() => {
        if (stderr) Object.defineProperty(process.stderr, 'isTTY', stderr)
        else Reflect.deleteProperty(process.stderr, 'isTTY')
      })
      const told = vi.spyOn(console, 'error').mockReturnValue()
      vi.stubEnv('NODE_ENV', mode)
      vi.stubEnv('LOG_LEVEL', 'debug')
      const { logger, texts } = await open()
      const open1 = ['INFO', 'WARNING', 'ERROR', 'CRITICAL']
      expect(enabled(logger, texts)).toEqual(open1)

      logger.level = 'trace'
      expect(logger.level).toBe('info')
      expect(logger.isLevelEnabled('debug')).toBe(false)
      expect(enabled(logger, texts)).toEqual(open1)

      const child = logger.child({}, { level: 'debug' })
      expect(enabled(child, texts)).toEqual(open1)
      child.level = 'debug'
      expect(enabled(child, texts)).toEqual(open1)

      const custom = logger.child({}, { level: 'info', customLevels: { chatty: 21 } })
      custom.level = 'chatty'
      expect(enabled(custom, texts)).toEqual(open1)
      expect(told.mock.calls.flat().join('\n')).toMatch(/LOG_LEVEL_REFUSED\][\s\S]*LOG_LEVEL_REFUSED_LATER/)
    })

    it('in production the level cannot fall below LOG_LEVEL, and can rise', async () => {
      vi.spyOn(console, 'error').mockReturnValue()
      vi.stubEnv('NODE_ENV', 'production')
      vi.stubEnv('LOG_LEVEL', 'warn')
      const { logger, texts } = await open()
      logger.level = 'info'
      expect(enabled(logger, texts)).toEqual(['WARNING', 'ERROR', 'CRITICAL'])
      logger.level = 'fatal'
      expect(enabled(logger, texts)).toEqual(['CRITICAL'])
    })

    it('outside production the level is free', async () => {
      const { logger, texts } = await open()
      logger.level = 'trace'
      expect(enabled(logger, texts)).toEqual(['DEBUG', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'])
    })
  })
})
