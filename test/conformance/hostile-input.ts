/** Input meant to break, to leak or to forge: the request is answered, the line is written, nothing planted is found in it. */
import { expect } from 'vitest'
import type { Access, Route } from './application.ts'
import { requestText } from './client.ts'
import type { Behaviour } from './suite.ts'

const planted = 'zq9planted'

const ok: Route = { path: '/ok', handle: (call) => call.answer(200, 'ok') }

function circular(): object {
  const one: Record<string, unknown> = { name: planted }
  one.self = one
  return one
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function bristling(): object {
  return Object.defineProperty({}, 'id', {
    enumerable: true,
    get() {
      throw new Error(planted)
    },
  })
}

const hostileValues: readonly (readonly [string, () => unknown])[] = [
  ['circular', circular],
  ['a revoked proxy', revoked],
  ['an object whose getters throw', bristling],
  ['a symbol', () => Symbol(planted)],
  ['a BigInt', () => 42n],
  ['a function', () => () => planted],
  ['a string of a megabyte', () => planted.repeat(100_000)],
  ['an object with toJSON that throws', () => ({ id: 1, toJSON: () => revoked() })],
  ['NaN', () => Number.NaN],
  ['deep', () => Array.from({ length: 5_000 }).reduce((inner) => ({ inner }), { id: planted })],
]

export function hostileInput(behaviour: Behaviour): void {
  behaviour(
    'nothing planted in query, headers, cookies, body or errors is in any line, record or answer',
    async ({ open }) => {
      const secret = (place: string): string => `${planted}-${place}`
      const access: Access = {
        verb: 'update',
        resource: 'patient',
        id: (call) => call.params.id,
        subject: (call) => call.params.id,
      }
      const failing: Route['handle'] = (call) => {
        throw Object.assign(new Error(`${secret('message')} ${JSON.stringify(call.body)}`), {
          body: call.body,
          config: { headers: call.req.headers },
          code: secret('code'),
        })
      }
      const stage = await open({
        options: { credentials: ['sid'] },
        user: () => ({ id: secret('user'), email: secret('email'), password: secret('password') }),
        routes: [
          { method: 'POST', path: '/patients/:id', access, handle: (call) => call.answer(200, { ok: true }) },
          { method: 'POST', path: '/fails/:id', access, handle: failing },
          { method: 'POST', path: '/denied/:id', access, handle: (call) => call.answer(401, { ok: false }) },
        ],
      })
      const headers = {
        authorization: `Bearer ${secret('authorization')}`,
        cookie: `sid=${secret('cookie')}`,
        'user-agent': secret('agent'),
        referer: `http://${secret('referer')}/`,
        'x-api-key': secret('key'),
        'x-request-id': secret('request-id'),
        traceparent: secret('traceparent'),
        baggage: `user=${secret('baggage')}`,
        'x-forwarded-for': secret('address'),
      }
      const answers: string[] = []
      for (const path of ['patients', 'fails', 'denied', 'unmatched']) {
        const url = `/${path}/${secret('id')}?token=${secret('query')}`
        const answer = await stage.askJson(url, { password: secret('body') }, headers)
        // A 404 page may name the path to whoever asked for it; that is the framework's page.
        if (path !== 'unmatched') answers.push(answer.body, JSON.stringify(answer.headers))
      }
      expect(await stage.end()).toHaveLength(4)
      expect(stage.written()).not.toContain(planted)
      expect(answers.join('\n')).not.toContain(planted)
    },
  )

  for (const [what, make] of hostileValues) {
    behaviour(`a user that is ${what} costs nothing but the actor`, async ({ open }) => {
      const access: Access = { verb: 'read', resource: 'patient' }
      const stage = await open({ routes: [{ ...ok, access }], user: make })
      expect((await stage.ask('/ok')).status).toBe(200)
      await stage.onlyLine()
      expect(stage.records('data_access')).toHaveLength(1)
      expect(stage.written()).not.toContain(planted)
    })

    behaviour(`metadata, identifiers and volume that are ${what} cost nothing but themselves`, async ({ open }) => {
      const access: Access = {
        verb: 'read',
        resource: 'patient',
        id: make,
        subject: make,
        volume: make,
        metadata: make,
      }
      const stage = await open({ routes: [{ ...ok, access }] })
      expect((await stage.ask('/ok')).status).toBe(200)
      await stage.onlyLine()
      expect(stage.records('data_access')).toHaveLength(1)
      expect(stage.written()).not.toContain(planted)
    })
  }

  behaviour('line breaks and control characters in input forge no line', async ({ open }) => {
    const forged = '\r\n{"event_type":"http_request","forged":true}'
    const access: Access = {
      verb: 'read',
      resource: 'patient',
      id: () => forged,
      metadata: () => ({ [forged]: forged }),
    }
    const stage = await open({ routes: [{ ...ok, access }], user: () => ({ id: forged, roles: [forged] }) })
    await stage.ask('/ok', { headers: { 'user-agent': 'a\tb\x7fc'.replace('\x7f', ' ') } })
    await stage.onlyLine()
    expect(
      stage
        .written()
        .split('\n')
        .every((line) => !line.includes('"forged":true')),
    ).toBe(true)
  })

  const targets: readonly (readonly [string, string])[] = [
    ['with percent signs that mean nothing', '/%E0%A4%A'],
    ['of 8,000 characters', `/${'a'.repeat(8_000)}`],
    ['with two slashes', '//ok'],
    ['in absolute form', 'http://elsewhere.example/ok'],
    ['with dots', '/../../etc/passwd'],
    ['of an asterisk', '*'],
    ['with a NUL escape', '/%00'],
    ['with markup', '/<script>'],
  ]
  for (const [what, target] of targets) {
    behaviour(`a request target ${what} is answered and leaves one line`, async ({ open }) => {
      const stage = await open({ routes: [ok, { path: '/things/:id', handle: (call) => call.answer(200, 'ok') }] })
      const connection = await stage.wire()
      connection.send(requestText(target, [['connection', 'close']], target === '*' ? 'OPTIONS' : 'GET'))
      expect(await connection.closed()).toMatch(/^HTTP\/1\.1 [2-5]\d\d /)
      const line = await stage.onlyLine()
      expect(line.http.completion).toBe('completed')
    })
  }

  behaviour('a request target of Latin-1 bytes is refused by Node, and harms nobody', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    const refused = await stage.wire()
    refused.send(requestText('/caf\xe9'))
    expect(await refused.closed()).toMatch(/^HTTP\/1\.1 400 /)
    expect((await stage.ask('/ok')).status).toBe(200)
    await stage.onlyLine()
  })

  behaviour('bytes that are no HTTP leave no line and harm nobody', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    const garbage = await stage.wire()
    garbage.send('\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n')
    await garbage.closed()
    expect((await stage.ask('/ok')).status).toBe(200)
    await stage.onlyLine()
  })

  behaviour('two requests smuggled into one body are one request', async ({ open }) => {
    const stage = await open({
      routes: [{ method: 'POST', path: '/in', handle: (call) => call.answer(200, 'in') }, ok],
    })
    const connection = await stage.wire()
    const inner = requestText('/ok')
    const headers = [
      ['content-type', 'application/octet-stream'],
      ['content-length', String(inner.length)],
      ['connection', 'close'],
    ] as const
    connection.send(requestText('/in', headers, 'POST') + inner)
    await connection.closed()
    expect((await stage.onlyLine()).http.route).toBe('/in')
  })
}
