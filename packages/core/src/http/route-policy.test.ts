import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createAudit } from '../audit.ts'
import { catalogue } from '../catalogue.ts'
import { AuditError } from '../errors.ts'
import { testAudit } from '../testing.ts'
import { compilePath, type RoutedRequest } from './route-paths.ts'
import { readRoutePolicy } from './route-policy.ts'
import type { RouteRule } from './route-rules.ts'

const dir = mkdtempSync(join(tmpdir(), 'trailmark-routes-'))
afterAll(() => rmSync(dir, { recursive: true }))

function refusal(work: () => unknown): AuditError {
  try {
    work()
  } catch (error) {
    if (error instanceof AuditError) return error
    throw error
  }
  throw new Error('was taken')
}

function file(name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}

describe('the option routes', () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['no object', 'x', /routes\[0\] must be an object/],
    ['no route', { read: 'patient' }, /routes\[0\]\.route must be a text/],
    ['a template that cannot be', { route: '/a/:', read: 'a' }, /routes\[0\]\.route has the segment/],
    ['nothing said', { route: '/a' }, /routes\[0\] names nothing; it must name one of read/],
    ['two verbs', { route: '/a', read: 'a', delete: 'a' }, /routes\[0\] names read and delete/],
    ['a member nobody knows', { route: '/a', read: 'a', subjects: 'params.id' }, /routes\[0\]\.subjects is no member/],
    [
      'a member of another kind',
      { route: '/a', login: true, id: 'params.id' },
      /routes\[0\]\.id is no member of a rule with login; it has user/,
    ],
    [
      'a parameter the route has not',
      { route: '/a/:id', read: 'a', id: 'params.pid' },
      /routes\[0\]\.id names a parameter/,
    ],
    ['a path from nowhere', { route: '/a', read: 'a', id: 'cookies.id' }, /routes\[0\]\.id must begin with params\., /],
    ['a path without an end', { route: '/a', read: 'a', id: 'query' }, /routes\[0\]\.id must name what it reads/],
    [
      'a ticket that is a secret',
      { route: '/a', read: 'a', ticket: 'headers.authorization' },
      /routes\[0\]\.ticket names a secret/,
    ],
    ['an exemption without a reason', { route: '/a', exempt: ' ' }, /routes\[0\]\.exempt must be a text/],
    ['a login that is no yes', { route: '/a', login: 'yes' }, /routes\[0\]\.login must be true/],
    ['a login method nobody knows', { route: '/a', login: true, authMethod: 'pass' }, /method must be one of password/],
    ['an event nobody knows', { route: '/a', event: 'nonsense' }, /routes\[0\]: there is no event "nonsense"/],
    ['an event without its purpose', { route: '/a', event: 'break_glass_access' }, /routes\[0\]: purpose is missing/],
    ['a method that is none', { route: '/a', method: 'GET /', read: 'a' }, /routes\[0\]\.method must be/],
    ['no methods', { route: '/a', method: [], read: 'a' }, /routes\[0\]\.method must be/],
  ]
  it.each(wrong)('with %s stops the start and names entry and member', (_what, rule, message) => {
    const path = file('wrong.json', JSON.stringify([rule]))
    for (const routes of [[rule], path]) {
      const error = refusal(() => readRoutePolicy(routes as readonly RouteRule[], dir, catalogue))
      expect(error.code).toBe('AUDIT_OPTION_INVALID')
      expect(error.message.replace(`: ${path}`, '')).toMatch(message)
    }
    expect(refusal(() => readRoutePolicy(path, dir, catalogue)).message).toContain(`routes: ${path}`)
  })

  it('that is a file that cannot be used is refused by name, and its content stays unsaid', () => {
    for (const [path, message] of [
      [join(dir, 'missing.json'), /missing\.json cannot be read \(ENOENT\)/],
      [file('broken.json', '[{"route": "/planted-4711"'), /broken\.json is no JSON/],
      [file('object.json', '{}'), /object\.json must hold a list/],
      [file('large.json', `[${' '.repeat(262_144)}]`), /large\.json has 262146 bytes; at most 262144/],
      ['', /must be a list of rules, or the path/],
    ] as const) {
      const { code, message: said } = refusal(() => readRoutePolicy(path, dir, catalogue))
      expect(code).toBe('AUDIT_OPTION_INVALID')
      expect(said).toMatch(message)
      expect(said).not.toContain('planted')
    }
    const many = Array.from({ length: 1_001 }, () => ({ route: '/', exempt: 'none' }))
    expect(refusal(() => readRoutePolicy(many, dir, catalogue)).message).toMatch(/has 1001 entries; at most 1000/)
  })

  it('is read where the process stands, and is part of the configuration in force', async () => {
    const read = { route: '/patients/:id', read: 'patient' }
    const path = file('routes.json', JSON.stringify([read]))
    const hashes = [
      testAudit({ routes: [read] }),
      testAudit({ routes: path }),
      testAudit(),
      testAudit({ routes: [] }),
    ].map((audit) => audit.startRecords[0]?.policy)
    expect(hashes[0]).toBe(hashes[1])
    expect(new Set(hashes.slice(1)).size).toBe(3)
    expect(refusal(() => createAudit({ routes: [{ route: 'x', read: 'y' }] })).message).toMatch(/routes\[0\]\.route/)
  })

  it('takes the first rule that matches', () => {
    const policy = readRoutePolicy(
      [
        { route: '/patients/new', exempt: 'an empty form' },
        { route: '/:kind/export', method: 'POST', export: 'anything' },
        { route: '/patients/*', read: 'patient' },
        { route: '/*', exempt: 'the rest' },
      ],
      dir,
      catalogue,
    )
    expect(policy?.coverageOf('/patients/new', 'GET')).toEqual({ reason: 'an empty form' })
    expect(policy?.coverageOf('/patients/export', 'POST')).toEqual({ verb: 'export' })
    expect(policy?.coverageOf('/patients/export', 'GET')).toEqual({ verb: 'read' })
    expect(policy?.coverageOf('/Patients/7/files', 'HEAD')).toEqual({ verb: 'read' })
    expect(policy?.coverageOf('/wards', 'GET')).toEqual({ reason: 'the rest' })
    expect(policy?.coverageOf('/wards', 'OPTIONS')).toBeUndefined()
  })

  it('is matched with what the client wrote, where a framework has taken a prefix away or rewritten it', () => {
    const policy = readRoutePolicy([{ route: '/api/patients/:id', read: 'patient', id: 'params.id' }], dir, catalogue)
    const res = new ServerResponse(new IncomingMessage(new Socket()))
    const declared = (url: string, originalUrl?: string) => {
      const req = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url, originalUrl })
      const found = policy?.declare(req, res, () => undefined)
      if (found === undefined || !('statement' in found.declaration)) return undefined
      const { statement, asked } = found.declaration
      if (statement.kind !== 'access') return undefined
      return statement.options.id && Reflect.apply(statement.options.id, undefined, asked)
    }
    expect(declared('/patients/7', '/api/patients/7')).toBe('7')
    expect(declared('/api/patients/8', '/v1/patients/8')).toBe('8')
    expect(declared('/patients/7')).toBeUndefined()
  })

  it('takes any JSON, or names what is wrong with it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.jsonValue(), fc.record({ route: fc.string(), read: fc.jsonValue() }))),
        (rules) => {
          try {
            readRoutePolicy(rules as readonly RouteRule[], dir, catalogue)
          } catch (error) {
            expect(error).toMatchObject({ code: 'AUDIT_OPTION_INVALID' })
          }
        },
      ),
    )
  })
})

describe('a path into a request', () => {
  const request = (body: unknown): RoutedRequest => ({
    params: {},
    query: () => [],
    header: () => undefined,
    body: () => body,
    redirect: () => undefined,
  })

  it('follows own values alone: no getter, no proxy, no prototype', () => {
    const asked = compilePath('body.a.b', [])
    if (typeof asked === 'string') throw new Error(asked)
    const trap = (): never => {
      throw new Error('asked')
    }
    expect(asked(request({ a: { b: 7 } }))).toBe(7)
    expect(asked(request({ a: [1] }))).toBeUndefined()
    expect(asked(request(new Proxy({}, { get: trap, getOwnPropertyDescriptor: trap })))).toBeUndefined()
    expect(asked(request(Object.create({ a: { b: 7 } })))).toBeUndefined()
    for (const body of [undefined, null, 'text', Object.defineProperty({}, 'a', { get: trap })])
      expect(() => asked(request(body))).not.toThrow()
  })

  it('is taken or named, whatever it is, and then asks anything without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (tail, body) => {
        for (const path of [tail, `body.${tail}`, `query.${tail}`, `params.${tail}`]) {
          const asked = compilePath(path, [])
          if (typeof asked !== 'string') asked(request(body))
        }
      }),
    )
  })
})
