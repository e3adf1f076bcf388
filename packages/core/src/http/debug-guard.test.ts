import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { compileProxies } from '../capture/client-ip.ts'
import { DebugGuard } from './debug-guard.ts'
import { compileDebugGuard, type DebugGuardOption, debugPatterns, healthPaths } from './debug-guard-patterns.ts'

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly peer?: string
}

function requestOf({ method = 'GET', headers = {}, peer = '203.0.113.7' }: Asked = {}): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  const req = new IncomingMessage(socket)
  req.method = method
  Object.assign(req.headers, headers)
  return req
}

function guardOf(
  option?: DebugGuardOption,
  prefixes: readonly string[] = [],
  proxies: readonly string[] = [],
): DebugGuard {
  const rules = compileDebugGuard(option, true)
  if (rules === undefined) throw new Error('a production guard has rules')
  return new DebugGuard({
    rules,
    proxies: compileProxies(proxies),
    coverage: { prefixes: () => prefixes },
    monotonicMs: () => 0,
  })
}

const guard = guardOf()
const ruleFor = (target: string, asked?: Asked): string | undefined => guard.judge(requestOf(asked), target)?.rule

describe('the debug guard', () => {
  test.each(debugPatterns.filter(({ only }) => only !== 'page'))('blocks $text', ({ rule, text }) => {
    const path = text.replace('/**', '').replace('*', 'x')
    expect(ruleFor(path)).toBe(rule)
    expect(ruleFor(path.toUpperCase())).toBe(rule)
    expect(ruleFor(`${path}/`)).toBe(rule)
    if (text.endsWith('/**')) expect(ruleFor(`${path}/below`)).toBe(rule)
    for (const method of ['HEAD', 'OPTIONS', 'POST', 'DELETE']) expect(ruleFor(path, { method })).toBe(rule)
  })

  test.each([
    '/',
    '/environment',
    '/env/list',
    '/api/env',
    '/tracer',
    '/traces',
    '/debugging-guide',
    '/metrics2',
    '/.well-known/security.txt',
    '/graphql',
    '/consoles',
    '/heaps',
    '/swagger',
    '/wp-admin',
    '/json/list',
    '/_next/static/x.js',
    '/search?path=/debug',
    '/articles/on%20debug',
    '/files/a;b=c/.github/x',
    ...healthPaths,
  ])('lets %s pass', (path) => {
    expect(ruleFor(path)).toBeUndefined()
  })

  test('blocks files of a repository at any depth', () => {
    expect(ruleFor('/static/app/.git/config')).toBe('dot_git')
    expect(ruleFor('/static/.env.production')).toBe('dot_env')
    expect(ruleFor('/a/b/.DS_Store')).toBe('dot_ds_store')
  })

  test('blocks TRACE for every path, and a request that a header or parameter turns into one', () => {
    expect(ruleFor('/', { method: 'TRACE' })).toBe('trace_method')
    expect(guard.judge(requestOf({ headers: { 'x-http-method-override': ' trace ' } }), '/')).toMatchObject({
      rule: 'trace_method',
      reason: 'method_override',
    })
    expect(ruleFor('/?a=1&_method=TRACE', { method: 'POST' })).toBe('trace_method')
    expect(ruleFor('/?_method=delete', { method: 'POST' })).toBeUndefined()
  })

  test('blocks the GraphQL page for browsers, and nothing else of GraphQL', () => {
    const page = { accept: 'Text/HTML,*/*' }
    expect(ruleFor('/graphql', { headers: page })).toBe('graphql_page')
    expect(ruleFor('/graphql', { headers: { accept: 'application/json' } })).toBeUndefined()
    expect(ruleFor('/graphql', { method: 'POST', headers: page })).toBeUndefined()
    expect(
      guard.judge(requestOf({ method: 'POST', headers: { ...page, 'x-http-method-override': 'GET' } }), '/graphql')
        ?.reason,
    ).toBe('method_override')
  })

  test.each([
    ['127.0.0.1', {}, undefined],
    ['::1', {}, undefined],
    ['::ffff:10.1.2.3', {}, undefined],
    ['192.168.0.9', {}, undefined],
    ['fd00::9', {}, undefined],
    ['203.0.113.7', {}, 'metrics'],
    ['2001:db8::7', {}, 'metrics'],
    ['127.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, 'metrics'],
    ['127.0.0.1', { 'x-forwarded-for': '10.0.0.9, 203.0.113.7' }, 'metrics'],
    ['127.0.0.1', { 'x-forwarded-for': '10.0.0.9' }, undefined],
    ['127.0.0.1', { 'x-real-ip': '203.0.113.7' }, 'metrics'],
    ['127.0.0.1', { forwarded: 'for=203.0.113.7' }, 'metrics'],
    ['127.0.0.1', { 'x-forwarded-for': 'unknown' }, 'metrics'],
  ])('/metrics asked by %s with %j is %s', (peer, headers, rule) => {
    expect(ruleFor('/metrics', { peer, headers })).toBe(rule)
  })

  test('/metrics believes the proxies it was told of', () => {
    const behind = guardOf({}, [], ['127.0.0.1'])
    const asked = (from: string) =>
      behind.judge(requestOf({ peer: '127.0.0.1', headers: { 'x-forwarded-for': from } }), '/metrics')?.reason
    expect(asked('203.0.113.7')).toBe('metrics_from_outside')
    expect(asked('203.0.113.7, 10.0.0.9')).toBeUndefined()
  })

  test('blocks below every prefix that something is mounted under', () => {
    const mounted = guardOf({}, ['/app', '/api/:tenant', '/v1/'])
    const rule = (target: string) => mounted.judge(requestOf(), target)?.rule
    expect(rule('/app/actuator/env')).toBe('actuator')
    expect(rule('/APP/%65nv')).toBe('env')
    expect(rule('/v1/x/../env')).toBe('env')
    expect(rule('/api/7/debug/pprof')).toBe('debug')
    // An everyday word below a parameter is a resource like any other.
    expect(rule('/api/7/env')).toBeUndefined()
    expect(rule('/other/env')).toBeUndefined()
    expect(rule('/app/health')).toBeUndefined()
  })

  test('lets through what the option allows, that path alone', () => {
    const open = guardOf({ allow: ['/Debug/Assets', '/metrics/:name'] })
    const rule = (target: string) => open.judge(requestOf(), target)?.rule
    expect(rule('/debug/assets')).toBeUndefined()
    expect(rule('/debug/assets/')).toBeUndefined()
    expect(rule('/metrics/daily')).toBeUndefined()
    expect(rule('/metrics')).toBe('metrics')
    expect(rule('/debug')).toBe('debug')
    expect(rule('/debug/assets/x')).toBe('debug')
    expect(rule('/debug/assets/../x')).toBe('debug')
    expect(rule('/debug/assets%3f/../../env')).toBe('env')
  })

  test('blocks what the option adds', () => {
    const closed = guardOf({ block: ['/Internal/**', '/tmp*', '/a/b'] })
    const rule = (target: string) => closed.judge(requestOf(), target)?.rule
    expect(rule('/internal/x')).toBe('block.0')
    expect(rule('/tmp-9')).toBe('block.1')
    expect(rule('/tmp-9/x')).toBeUndefined()
    expect(rule('/a/b')).toBe('block.2')
    expect(rule('/a/bc')).toBeUndefined()
    expect(rule('/env')).toBe('env')
  })

  test('blocks what cannot be read', () => {
    expect(ruleFor(`/${'%2e'.repeat(4_000)}`)).toBe('unreadable_path')
  })

  test('knows which registered routes nobody can reach', () => {
    const mounted = guardOf({ allow: ['/trace'] }, ['/api/:tenant'])
    expect(mounted.ruleOf('/debug/:what')).toBe('debug')
    expect(mounted.ruleOf('/api/:tenant/actuator')).toBe('actuator')
    expect(mounted.ruleOf('/trace')).toBeUndefined()
    expect(mounted.ruleOf('/metrics')).toBeUndefined()
    expect(mounted.ruleOf('/patients/:id')).toBeUndefined()
  })
})

describe('the option debugGuard', () => {
  test('cannot switch the guard off in production', () => {
    expect(() => compileDebugGuard(false, true)).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('debugGuard') }),
    )
    expect(compileDebugGuard(false, false)).toBeUndefined()
    expect(compileDebugGuard(undefined, false)).toBeUndefined()
  })

  test.each([
    [true, 'debugGuard:'],
    [{ alow: [] }, 'debugGuard.alow'],
    [{ allow: '/env' }, 'debugGuard.allow'],
    [{ allow: ['env'] }, 'debugGuard.allow[0]'],
    [{ allow: ['/'] }, 'debugGuard.allow[0]'],
    [{ allow: ['/debug/**'] }, 'debugGuard.allow[0]'],
    [{ allow: ['/%65nv'] }, 'debugGuard.allow[0]'],
    [{ allow: ['/x/../env'] }, 'debugGuard.allow[0]'],
    [{ block: ['/**'] }, 'debugGuard.block[0]'],
    [{ block: ['/a', '/health'] }, 'debugGuard.block[1]'],
    [{ block: ['/a?b'] }, 'debugGuard.block[0]'],
    [{ block: Array.from({ length: 101 }, () => '/a') }, 'debugGuard.block'],
  ])('%j is refused', (option, named) => {
    for (const production of [true, false]) {
      expect(() => Reflect.apply(compileDebugGuard, undefined, [option, production])).toThrow(
        expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(named) }),
      )
    }
  })
})
