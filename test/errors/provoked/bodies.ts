/** What parsers of requests raise: bodies, fields and file names in properties and messages. */
import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import bodyParser from 'body-parser'
import express from 'express'
import session from 'express-session'
import koaBodyParser from 'koa-bodyparser'
import { withHttp } from './loopback.ts'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'
import { raisedInExpress, raisedInKoa, sendRaw } from './raising-app.ts'

// It brings no types of its own.
const qs: { parse(text: string, options: object): unknown } = createRequire(import.meta.url)('qs')
const json = JSON.stringify(body)
// `depth` came after the types.
const nested: bodyParser.OptionsUrlencoded = Object.assign({ extended: true }, { depth: 2 })
const form = new URLSearchParams(body).toString()
const broken = json.replace('"password":"', '"password":').replace(/"}$/, '}')
const sessionId = 'qzs81f3-zebra9-kiwi'
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

export const bodies: readonly Provoked[] = [
  provoked('body-parser', 'json that is none', {
    planted: [...bodyPlanted, 'Tr0ub4dor'],
    expect: { type: 'SyntaxError', template: /not valid JSON|entity\.parse\.failed/ },
    work: () => raisedInExpress([bodyParser.json()], { body: broken }),
  }),
  provoked('body-parser', 'json that is no object', {
    planted: [person.email, 'quirina.z'],
    expect: { type: 'SyntaxError', template: /JSON|entity\.parse\.failed/ },
    work: () => raisedInExpress([bodyParser.json()], { body: `"${person.email}"` }),
  }),
  provoked('body-parser', 'json beyond the limit', {
    planted: bodyPlanted,
    expect: { type: 'PayloadTooLargeError', template: /too large/ },
    work: () => raisedInExpress([bodyParser.json({ limit: 20 })], { body: json }),
  }),
  provoked('body-parser', 'a charset nobody knows', {
    planted: [...bodyPlanted, person.user],
    expect: { type: 'UnsupportedMediaTypeError', template: /unsupported charset|charset\.unsupported/ },
    work: () =>
      raisedInExpress([bodyParser.json()], {
        headers: { 'content-type': `application/json; charset=${person.user}` },
        body: json,
      }),
  }),
  provoked('body-parser', 'an encoding nobody knows', {
    planted: [...bodyPlanted, person.user],
    expect: { type: 'UnsupportedMediaTypeError', template: /unsupported content encoding|encoding\.unsupported/ },
    work: () =>
      raisedInExpress([bodyParser.json()], {
        headers: { 'content-type': 'application/json', 'content-encoding': person.user },
        body: json,
      }),
  }),
  provoked('body-parser', 'a body its verifier refuses', {
    planted: bodyPlanted,
    expect: { type: /^(Error|ForbiddenError)$/, template: /entity\.verify\.failed|verif/ },
    work: () =>
      raisedInExpress(
        [
          bodyParser.json({
            verify: (_req, _res, buffer) => {
              throw new Error(`signature of ${buffer.toString()} does not match`)
            },
          }),
        ],
        { body: json },
      ),
  }),
  provoked('body-parser', 'a form with too many parameters', {
    planted: bodyPlanted,
    expect: { type: 'PayloadTooLargeError', template: /too many parameters|parameters\.too\.many/ },
    work: () => raisedInExpress([bodyParser.urlencoded({ parameterLimit: 2 })], { headers: formType, body: form }),
  }),
  provoked('body-parser', 'a form that is nested too deep', {
    planted: [person.email],
    expect: { type: 'BadRequestError', template: /exceeded the depth|querystring\.parse\.rangeError/ },
    work: () =>
      raisedInExpress([bodyParser.urlencoded(nested)], {
        headers: formType,
        body: `a[b][c][d][e]=${encodeURIComponent(person.email)}`,
      }),
  }),
  provoked('body-parser', 'a client that leaves in the middle', {
    planted: bodyPlanted,
    expect: { type: 'BadRequestError', code: 'ECONNABORTED', template: /request aborted/ },
    work: async () => {
      const app = express()
      app.use(bodyParser.json())
      const failed = new Promise<unknown>((resolve) => {
        app.use((error: unknown, _req: unknown, _res: unknown, _next: unknown) => resolve(error))
      })
      const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n'
      throw await withHttp(app, async (port) => {
        await sendRaw(port, head + json, true)
        return failed
      })
    },
  }),
  provoked('koa-bodyparser', 'json that is none', {
    planted: [...bodyPlanted, 'Tr0ub4dor'],
    expect: { type: 'SyntaxError', template: /not valid JSON/ },
    work: () => raisedInKoa([koaBodyParser()], { body: broken }),
  }),
  provoked('koa-bodyparser', 'json beyond the limit', {
    planted: bodyPlanted,
    expect: { type: 'PayloadTooLargeError', template: /too large/ },
    work: () => raisedInKoa([koaBodyParser({ jsonLimit: '20b' })], { body: json }),
  }),
  provoked('qs', 'a query nested too deep', {
    planted: [person.email],
    expect: { type: 'RangeError', template: /depth/ },
    work: () => qs.parse(`a[b][c][${person.email}]=1`, { depth: 1, strictDepth: true }),
  }),
  provoked('qs', 'a query with too many parameters', {
    planted: [person.email],
    expect: { type: 'RangeError', template: /Parameter limit exceeded/ },
    work: () => qs.parse(`${form}&${form}`, { parameterLimit: 2, throwOnLimitExceeded: true }),
  }),
  provoked('express', 'a path that cannot be decoded', {
    planted: ['quirina-zv'],
    expect: { type: 'URIError', template: /Failed to decode param/ },
    work: async () => {
      const router = express.Router()
      router.get('/patients/:id', (_req, res) => res.end())
      await raisedInExpress([router], { method: 'GET', path: '/patients/quirina-zv%E0%A4%A' })
    },
  }),
  provoked('express', 'a view that is not there', {
    planted: ['quirina-zv'],
    expect: { type: 'Error', template: /No default engine|Failed to lookup view/ },
    work: () => raisedInExpress([(_req, res) => res.render('letters/quirina-zv')], { method: 'GET' }),
  }),
  provoked('express', 'a file that is not there', {
    planted: ['quirina-zandvoort'],
    expect: { type: /^(NotFoundError|Error)$/, code: 'ENOENT', template: /no such file/, frames: false },
    work: () =>
      raisedInExpress([(_req, res) => res.sendFile('/srv/qz-archive/quirina-zandvoort.pdf')], { method: 'GET' }),
  }),
  provoked('express', 'a header with a line break', {
    planted: [person.email, secret.session],
    expect: { type: 'TypeError', code: 'ERR_INVALID_CHAR', template: /Invalid character in header content/ },
    work: () =>
      raisedInExpress([(_req, res) => void res.setHeader('x-patient', `${person.email}\r\n${secret.session}`)], {}),
  }),
  provoked('express', 'a cookie whose name is none', {
    planted: [person.email, secret.session],
    expect: { type: 'TypeError', template: /argument name is invalid|invalid/ },
    work: () => raisedInExpress([(_req, res) => void res.cookie(`${person.email};`, secret.session)], {}),
  }),
  provoked('express-session', 'a store that fails', {
    planted: [person.user, secret.databasePassword, secret.hmac, sessionId],
    expect: { type: 'Error' },
    work: () => {
      const store = Object.assign(new session.MemoryStore(), {
        get: (id: string, done: (error: unknown) => void) =>
          done(new Error(`redis://${person.user}:${secret.databasePassword}@cache/${id} is gone`)),
      })
      const signature = createHmac('sha256', secret.hmac).update(sessionId).digest('base64').replace(/=+$/, '')
      const cookie = `connect.sid=${encodeURIComponent(`s:${sessionId}.${signature}`)}`
      const handler = session({ secret: secret.hmac, store, resave: false, saveUninitialized: false })
      return raisedInExpress([handler], { method: 'GET', headers: { cookie } })
    },
  }),
  provoked('koa', 'ctx.throw with the properties of a body', {
    planted: bodyPlanted,
    expect: { type: /^(UnprocessableEntityError|HttpError)$/ },
    work: () => raisedInKoa([(ctx) => ctx.throw(422, `no ${person.name}`, { ...body })], { body: json }),
  }),
  provoked('koa', 'something thrown that is no error', {
    planted: bodyPlanted,
    expect: { type: 'Error', template: /non-error thrown/ },
    work: () =>
      raisedInKoa(
        [
          () => {
            throw { ...body }
          },
        ],
        { body: json },
      ),
  }),
]
