/** In production debugging endpoints answer as if they did not exist, however they are asked for; everything else goes on. */
import { expect } from 'vitest'
import type { Route } from './application.ts'
import { requestText } from './client.ts'
import type { Stage, StageOptions } from './stage.ts'
import type { Behaviour } from './suite.ts'

/** One path for each pattern of the table, and some that only their beginning or depth gives away. */
const endpoints = [
  '/debug',
  '/debug/pprof/heap',
  '/trace',
  '/env',
  '/actuator',
  '/actuator/env',
  '/__debug__',
  '/__webpack_hmr',
  '/__inspect/x',
  '/.env',
  '/.env.local',
  '/static/.env',
  '/.git/config',
  '/server-status',
  '/server-info',
  '/phpinfo.php',
  '/graphiql',
  '/playground',
  '/altair',
  '/heapdump',
  '/heap',
  '/profiler',
  '/_profiler/latest',
  '/pprof',
  '/console',
  '/.svn/entries',
  '/.hg/store',
  '/.DS_Store',
]

const escaped = (text: string): string => text.replace(/[a-z]/gi, (sign) => `%${sign.charCodeAt(0).toString(16)}`)

const spellings: Readonly<Record<string, (path: string) => string>> = {
  'as it is': (path) => path,
  'in capitals': (path) => path.toUpperCase(),
  'with its letters escaped': escaped,
  'with its letters escaped twice': (path) => escaped(path).replaceAll('%', '%25'),
  'with the escapes escaped': (path) => escaped(path).replace(/%(.)/g, (_, digit: string) => `%%3${digit}`),
  'with two slashes': (path) => `/${path}`,
  'with slashes escaped': (path) => `/${path.slice(1).replaceAll('/', '%2f')}`,
  'with an escaped slash in front': (path) => `/%2f${path.slice(1)}`,
  'with backslashes': (path) => path.replaceAll('/', '\\').replace('\\', '/\\'),
  'with escaped backslashes': (path) => `/x/..%5c${path.slice(1)}`,
  'behind a dot': (path) => `/.${path}`,
  'behind two dots': (path) => `/x/..${path}`,
  'behind escaped dots': (path) => `/api/%2e%2e${path}`,
  'with dots behind it': (path) => `${path}/.`,
  'with a slash at the end': (path) => `${path}/`,
  'with a dot at the end': (path) => `${path}.`,
  'with a blank at the end': (path) => `${path}%20`,
  'with a NUL at the end': (path) => `${path}%00`,
  'with a NUL and more at the end': (path) => `${path}%00.html`,
  'with a parameter': (path) => `${path};a=b`,
  'with a parameter in front': (path) => `/;a=b${path}`,
  'with an escaped parameter': (path) => `${path}%3Ba=b`,
  'with a query': (path) => `${path}?page=1`,
  'with an escaped query': (path) => `${path}%3Fpage=1`,
  'with a fragment': (path) => `${path}#top`,
  'in absolute form': (path) => `http://127.0.0.1${path}`,
  'behind a host without a scheme': (path) => `//127.0.0.1${path}`,
  'with an overlong slash': (path) => `/%c0%af${path.slice(1)}`,
  'in full width': (path) =>
    path.replace(/[a-z]/g, (sign) => encodeURI(String.fromCharCode(sign.charCodeAt(0) + 0xfee0))),
}

const lookAlikes = [
  '/environment',
  '/env/list',
  '/api/env',
  '/tracer',
  '/debugging-guide',
  '/metrics2',
  '/.well-known/security.txt',
  '/.well-known/acme-challenge/x',
  '/consoles',
  '/heaps/7',
  '/graphql',
  '/articles?about=/debug',
  '/articles/%65nvironment',
  '/json/list',
]
const probes = ['/health', '/healthz', '/live', '/ready', '/livez', '/readyz', '/status', '/HEALTH/', '/%68ealth']

interface Watched extends Stage {
  /** Targets of the requests that came as far as the application's authentication. */
  readonly reached: string[]
}

export function debugGuard(behaviour: Behaviour): void {
  async function watched(
    open: (application: StageOptions) => Promise<Stage>,
    { options, ...application }: StageOptions = { routes: [] },
  ): Promise<Watched> {
    const reached: string[] = []
    const user = (req: { url?: string | undefined }): unknown => void reached.push(req.url ?? '')
    const stage = await open({ ...application, user, options: { mode: 'production', ...options } })
    return Object.assign(stage, { reached })
  }
  const inProduction = (routes: readonly Route[] = [], options: StageOptions['options'] = {}): StageOptions => ({
    routes,
    options,
  })

  for (const [how, spell] of Object.entries(spellings)) {
    behaviour(`a debugging endpoint ${how} does not exist`, async ({ open }) => {
      const stage = await watched(open)
      const targets = endpoints.map(spell)
      expect(
        await statuses(
          stage,
          targets.map((target) => requestText(target)),
        ),
      ).toEqual(targets.map(() => 404))
      expect(stage.reached).toEqual([])
      const lines = await stage.end()
      expect(lines.map(({ http }) => http)).toEqual(
        targets.map(() => expect.objectContaining({ method: 'GET', status: 404, completion: 'completed' })),
      )
      await stage.audit.close()
      const records = stage.records('debug_endpoint_blocked')
      expect(records.reduce((sum, { aggregate }) => sum + (aggregate?.count ?? 1), 0)).toBe(targets.length)
    })
  }

  behaviour('a debugging endpoint does not exist for any method', async ({ open }) => {
    const stage = await watched(open, inProduction([{ path: '/env', handle: (call) => call.answer(200, 'all of it') }]))
    const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND']
    expect(
      await statuses(
        stage,
        methods.map((method) => requestText('/env', [], method)),
      ),
    ).toEqual(methods.map(() => 404))
    expect(stage.reached).toEqual([])
  })

  behaviour(
    'a debugging endpoint that is answered anyway is answered 404, byte for byte like any unknown path',
    async ({ open }) => {
      const stage = await watched(
        open,
        inProduction([{ path: '/console', handle: (call) => call.answer(200, 'open') }]),
      )
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE']) {
        const [unknown, blocked] = [await whole(stage, '/unknown', method), await whole(stage, '/console', method)]
        expect(blocked).toBe(unknown)
      }
      expect(stage.reached).toHaveLength(5)
    },
  )

  behaviour('a TRACE does not exist for any path', async ({ open }) => {
    const stage = await watched(open)
    expect(await statuses(stage, [requestText('/ok', [], 'TRACE'), requestText('/', [], 'TRACE')])).toEqual([404, 404])
    expect(stage.reached).toEqual([])
    expect(stage.records('debug_endpoint_blocked')[0]).toMatchObject({ metadata: { rule: 'trace_method' } })
  })

  behaviour('a method that a header or a parameter puts in place of the own one changes nothing', async ({ open }) => {
    const stage = await watched(open)
    const page = ['accept', 'text/html'] as const
    const asked = [
      requestText('/env', [['x-http-method-override', 'GET']], 'POST'),
      requestText('/anything', [['x-http-method-override', 'TRACE']], 'POST'),
      requestText('/anything', [['X-Method-Override', 'trace']], 'POST'),
      requestText('/anything?_method=TRACE', [], 'POST'),
      requestText('/graphql', [['x-http-method-override', 'get'], page], 'POST'),
    ]
    expect(await statuses(stage, asked)).toEqual(asked.map(() => 404))
    expect(stage.reached).toEqual([])
    expect(stage.records('debug_endpoint_blocked').map(({ reason }) => reason)).toEqual([
      'debug_route',
      'method_override',
      'method_override',
      'method_override',
      'method_override',
    ])
  })

  behaviour('a debugging endpoint does not exist below a prefix either', async ({ open }) => {
    const stage = await watched(
      open,
      inProduction([{ under: '/app', path: '/ok', handle: (call) => call.answer(200, 'ok') }]),
    )
    const targets = [
      '/app/env',
      '/app/actuator/env',
      '/APP/%65nv/',
      '/app//env',
      '/app/ok/../debug',
      '/x/../app/console',
    ]
    expect(
      await statuses(
        stage,
        targets.map((target) => requestText(target)),
      ),
    ).toEqual(targets.map(() => 404))
    expect(stage.reached).toEqual([])
    expect(
      await statuses(
        stage,
        ['/app/ok', '/app/ok/env', '/other/env'].map((path) => requestText(path)),
      ),
    ).toEqual([200, 404, 404])
    expect(stage.reached).toHaveLength(3)
  })

  behaviour('what is only spelt alike is let through', async ({ open }) => {
    const stage = await watched(
      open,
      inProduction([{ path: '/environment', handle: (call) => call.answer(200, 'ok') }]),
    )
    await statuses(
      stage,
      lookAlikes.map((target) => requestText(target)),
    )
    await statuses(stage, [requestText('/graphql', [['accept', 'text/html']], 'POST')])
    expect(stage.reached).toHaveLength(lookAlikes.length + 1)
    expect(stage.records('debug_endpoint_blocked')).toEqual([])
    expect((await stage.ask('/environment')).status).toBe(200)
  })

  behaviour('a health path is never blocked', async ({ open }) => {
    const stage = await watched(open, inProduction([{ path: '/healthz', handle: (call) => call.answer(200, 'well') }]))
    await statuses(
      stage,
      probes.map((target) => requestText(target)),
    )
    expect(stage.reached).toHaveLength(probes.length)
    expect((await stage.ask('/healthz')).body).toBe('well')
  })

  behaviour('metrics are for the inside alone', async ({ open }) => {
    const metrics: Route = { path: '/metrics', handle: (call) => call.answer(200, 'up 1') }
    const stage = await watched(open, inProduction([metrics], { proxies: ['127.0.0.1'] }))
    const from = async (address?: string): Promise<number> =>
      (await stage.ask('/metrics', address === undefined ? {} : { headers: { 'x-forwarded-for': address } })).status
    expect(await from()).toBe(200)
    expect(await from('10.1.2.3')).toBe(200)
    expect(await from('203.0.113.7')).toBe(404)
    expect(await from('10.0.0.1, 2001:db8::7')).toBe(404)
    expect(await from('203.0.113.7, 10.0.0.1')).toBe(200)
    await stage.end()
    expect(stage.records('debug_endpoint_blocked')[0]).toMatchObject({
      reason: 'metrics_from_outside',
      ip_address: '203.0.113.0',
    })
  })

  behaviour('the GraphQL page does not exist for browsers, and GraphQL goes on', async ({ open }) => {
    const graphql: Route = { path: '/graphql', handle: (call) => call.answer(200, { data: {} }) }
    const stage = await watched(open, inProduction([graphql, { ...graphql, method: 'POST' }]))
    const html = { accept: 'text/html,application/xhtml+xml' }
    expect((await stage.ask('/graphql', { headers: html })).status).toBe(404)
    expect(
      (await stage.ask('/graphql?query={__schema{types{name}}}', { headers: { accept: 'application/json' } })).status,
    ).toBe(200)
    expect((await stage.ask('/graphql', { method: 'POST', headers: html })).status).toBe(200)
  })

  for (const mode of ['development', 'test'] as const) {
    behaviour(`debugging endpoints exist where NODE_ENV is ${mode}`, async ({ open }) => {
      const stage = await watched(
        open,
        inProduction([{ path: '/env', handle: (call) => call.answer(200, 'all') }], { mode }),
      )
      expect((await stage.ask('/env')).status).toBe(200)
      expect(stage.records('debug_endpoint_blocked')).toEqual([])
    })
  }

  behaviour('a path that the option allows is let through, alone', async ({ open }) => {
    const routes: Route[] = ['/env', '/trace'].map((path) => ({ path, handle: (call) => call.answer(200, path) }))
    const stage = await watched(
      open,
      inProduction(routes, { debugGuard: { allow: ['/env'], block: ['/internal/**'] } }),
    )
    expect((await stage.ask('/env')).status).toBe(200)
    expect((await stage.ask('/trace')).status).toBe(404)
    expect((await stage.ask('/internal/x')).status).toBe(404)
    expect(stage.reached).toEqual(['/env'])
    expect(stage.audit.health().weak).toContain('debug_paths_allowed')
  })

  behaviour('a blocked request has its id, its one line and a record without its path', async ({ open }) => {
    const stage = await watched(open)
    const { id } = await stage.ask('/actuator/env?token=verysecret')
    const line = await stage.onlyLine()
    expect(line).toMatchObject({ request_id: id, level: 'WARNING', http: { status: 404, completion: 'completed' } })
    expect(line.http.route).toBeUndefined()
    expect(stage.records()).toEqual([
      expect.objectContaining({
        event_type: 'debug_endpoint_blocked',
        outcome: 'denied',
        reason: 'debug_route',
        request_id: id,
        metadata: { rule: 'actuator', status: 404 },
        actor: { type: 'anonymous' },
      }),
    ])
    expect(stage.written()).not.toContain('verysecret')
    expect(stage.notices().filter((line) => line.includes('debugGuard.allow'))).toHaveLength(1)
  })

  behaviour('a scan leaves a line for every request, and a record of them all', async ({ open }) => {
    const stage = await watched(open)
    expect(
      await statuses(
        stage,
        Array.from({ length: 60 }, () => requestText('/env')),
      ),
    ).toHaveLength(60)
    expect(await stage.end()).toHaveLength(60)
    const single = stage.records('debug_endpoint_blocked')
    expect(single).toHaveLength(10)
    await stage.audit.close()
    expect(stage.records('debug_endpoint_blocked').at(-1)).toMatchObject({
      aggregate: { count: 50 },
      metadata: { rule: 'env' },
    })
    expect(stage.notices().filter((line) => line.includes('/env'))).toHaveLength(1)
  })

  behaviour('a debugging route that is registered is told before anybody asks for it', async ({ open }) => {
    const routes: Route[] = ['/env', '/ok'].map((path) => ({ path, handle: (call) => call.answer(200, path) }))
    const stage = await watched(open, inProduction(routes))
    expect((await stage.ask('/ok')).status).toBe(200)
    await stage.until(() => stage.audit.health().weak.includes('debug_routes_registered'))
    expect(stage.records('debug_endpoint_blocked').map(({ reason }) => reason)).toEqual(['registered_route'])
    expect(stage.notices().filter((line) => line.includes('GET /env'))).toHaveLength(1)
  })

  behaviour('what was mounted before the audit sees nothing of a blocked request', async ({ open }) => {
    const seen: string[] = []
    const stage = await watched(open, { routes: [], before: (req) => void seen.push(req.url ?? '') })
    expect((await stage.ask('/env')).status).toBe(404)
    await stage.ask('/ok')
    expect(seen).toEqual(['/ok'])
  })
}

/** Requests that wait on a connection at once: more make Express's own listeners on the socket too many. */
const batch = 8

/** The statuses of requests on one connection, in their order. */
async function statuses(stage: Stage, requests: readonly string[]): Promise<number[]> {
  const wire = await stage.wire()
  const found = (): number[] => [...wire.received().matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
  for (let i = 0; i < requests.length; i += batch) {
    const some = requests.slice(i, i + batch)
    wire.send(some.join(''))
    await stage.until(() => found().length >= i + some.length)
  }
  wire.socket.destroy()
  return found()
}

/** One whole answer, without what differs from request to request, or with the path that a page quotes. */
async function whole(stage: Stage, path: string, method: string): Promise<string> {
  const wire = await stage.wire()
  wire.send(requestText(path, [['connection', 'close']], method))
  return (await wire.closed()).replace(/^(date|x-request-id|etag): .*$/gim, '$1').replaceAll(path, '(path)')
}
