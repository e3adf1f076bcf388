import { describe, expect, test } from 'vitest'
import { safeError } from '../fault/safe-error.ts'
import { createScrubber } from '../scrub/scrub.ts'
import { guardLogger, type LoggerRules } from './guard-logger.ts'

const planted = 'hunter2'

function open(more: Partial<LoggerRules> = {}) {
  const written: unknown[][] = []
  let refused = 0
  const rules: LoggerRules = {
    scrubber: createScrubber(),
    safeError: (error) => safeError(error),
    refused: new Set(),
    onRefused: () => refused++,
    ...more,
  }
  const make = (bindings: unknown) => ({
    level: 'info',
    bindings,
    info: (...given: unknown[]) => void written.push(['info', ...given]),
    debug: (...given: unknown[]) => void written.push(['debug', ...given]),
    fatal: (...given: unknown[]) => void written.push(['fatal', ...given]),
    child: (bound: unknown) => make(bound),
  })
  const logger = make({})
  guardLogger(logger, rules)
  return { logger, rules, written, refusals: () => refused }
}

describe('a guarded logger', () => {
  test('writes what is left of arguments, in the order and number they came', () => {
    const { logger, written } = open()
    logger.info({ password: planted, count: 3 }, 'done in %s ms', 4)
    logger.info('plain')
    logger.info(new Error(planted))
    logger.info({ err: Object.assign(new Error(planted), { code: 'E_X' }) }, planted)
    logger.info(null, 'nothing')
    expect(written[0]).toEqual(['info', { password: '[secret]', count: 3 }, 'done in 4 ms'])
    expect(written[1]).toEqual(['info', 'plain'])
    expect(written[2]).toMatchObject(['info', { error: { type: 'Error' } }])
    expect(written[3]).toMatchObject(['info', { error: { type: 'Error', code: 'E_X' } }, 'Error'])
    expect(written[4]).toEqual(['info', {}, 'nothing'])
    expect(JSON.stringify(written)).not.toContain(planted)
  })

  test('has guarded children, with bindings that are cleaned, whatever they inherit from', () => {
    const { logger, written } = open()
    const child = logger.child({ password: planted }).child({ token: planted })
    child.info({ authorization: `Bearer ${planted}` })
    expect(JSON.stringify([child.bindings, written])).not.toContain(planted)
    expect(written).toHaveLength(1)
  })

  test('is guarded once', () => {
    const { logger, rules, written } = open()
    const { info } = logger
    guardLogger(logger, rules)
    expect(logger.info).toBe(info)
    logger.info('x')
    expect(written).toHaveLength(1)
  })

  test('stays guarded when its methods are written anew', () => {
    const { logger, written } = open()
    logger.info = (...given) => void written.push(['new', ...given])
    logger.info({ password: planted })
    expect(written).toEqual([['new', { password: '[secret]' }]])
  })

  test('does not write refused levels, and says so', () => {
    const { logger, written, refusals } = open({ refused: new Set(['debug']) })
    logger.debug('x')
    logger.child({}).debug('y')
    expect([written.length, refusals()]).toEqual([0, 2])
  })

  test('takes the target of the request out of messages', () => {
    const { logger, written } = open({ target: () => '/patients/ann-miller?x=1' })
    logger.info('GET /patients/ann-miller?x=1 from /patients/ann-miller')
    expect(written).toEqual([['info', 'GET [url] from [url]']])
  })

  test('never throws for what it is given, and leaves frozen loggers alone', () => {
    const { logger, rules } = open()
    const proxy = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap')
        },
        ownKeys: () => {
          throw new Error('trap')
        },
      },
    )
    const hostile = {
      get password() {
        throw new Error('getter')
      },
      toJSON: () => {
        throw new Error('toJSON')
      },
    }
    for (const value of [proxy, hostile, [proxy], { proxy }, Symbol('x'), 3n, () => 1, new Map([[1, proxy]])]) {
      expect(() => logger.info(value)).not.toThrow()
      expect(() => logger.info('%s %j', value, value)).not.toThrow()
    }
    const frozen = Object.freeze({ level: 'info', info: () => 1, fatal: () => 2 })
    expect(() => guardLogger(frozen, rules)).not.toThrow()
  })
})
