/** What validation in front of handlers raises: Fastify with its own Ajv, and Ajv alone. */

import multipart from '@fastify/multipart'
import { Ajv, ValidationError } from 'ajv'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'
import { raisedInFastify } from './raising-app.ts'

const json = JSON.stringify(body)
const patient = {
  type: 'object',
  required: ['email', 'age'],
  properties: { email: { type: 'string', maxLength: 8 }, age: { type: 'integer' }, sex: { enum: ['f', 'm'] } },
}
const route = (schema: object, url = '/') => ({
  method: 'POST' as const,
  url,
  schema,
  handler: async () => 'ok',
})
const validation = { type: 'Error', code: 'FST_ERR_VALIDATION', template: /required|must|maxLength|enum|pattern/ }

export const frameworks: readonly Provoked[] = [
  provoked('fastify', 'a body without what is required', {
    planted: bodyPlanted,
    expect: validation,
    work: () => raisedInFastify((app) => app.route(route({ body: patient })), { body: json }),
  }),
  provoked('fastify', 'a body with a value of the wrong type', {
    planted: [person.ssn],
    expect: validation,
    work: () =>
      raisedInFastify((app) => app.route(route({ body: patient })), {
        body: JSON.stringify({ email: 'x', age: person.ssn }),
      }),
  }),
  provoked('fastify', 'a body with a name nobody knows', {
    planted: [person.email],
    expect: validation,
    work: () =>
      raisedInFastify((app) => app.route(route({ body: { type: 'object', propertyNames: { pattern: '^[a-z]+$' } } })), {
        body: JSON.stringify({ [person.email]: 1 }),
      }),
  }),
  provoked('fastify', 'a parameter of the path', {
    planted: ['quirina-zv'],
    expect: validation,
    work: () =>
      raisedInFastify(
        (app) =>
          app.route(route({ params: { type: 'object', properties: { id: { type: 'integer' } } } }, '/patients/:id')),
        { path: '/patients/quirina-zv', body: '{}' },
      ),
  }),
  provoked('fastify', 'a header', {
    planted: [secret.bearer],
    expect: validation,
    work: () =>
      raisedInFastify(
        (app) =>
          app.route(
            route({ headers: { type: 'object', properties: { 'x-token': { type: 'string', pattern: '^t-' } } } }),
          ),
        { body: '{}', headers: { 'content-type': 'application/json', 'x-token': secret.bearer } },
      ),
  }),
  provoked('fastify', 'a query', {
    planted: [person.ssn],
    expect: validation,
    work: () =>
      raisedInFastify(
        (app) => app.route(route({ querystring: { type: 'object', properties: { ssn: { type: 'integer' } } } })),
        { path: `/?ssn=${person.ssn}`, body: '{}' },
      ),
  }),
  provoked('fastify', 'json that is none', {
    planted: [...bodyPlanted, 'Tr0ub4dor'],
    expect: { type: /^(SyntaxError|FastifyError)$/, template: /JSON/ },
    work: () =>
      raisedInFastify((app) => app.route(route({})), {
        body: json.replace('"password":"', '"password":').replace(/"}$/, '}'),
      }),
  }),
  provoked('fastify', 'a body beyond the limit', {
    planted: bodyPlanted,
    expect: { type: 'FastifyError', code: 'FST_ERR_CTP_BODY_TOO_LARGE', template: /too large/ },
    work: () => raisedInFastify((app) => app.route({ ...route({}), bodyLimit: 20 }), { body: json }),
  }),
  provoked('fastify', 'a media type nobody knows', {
    planted: [person.user],
    expect: { type: 'FastifyError', code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', template: /Unsupported Media Type/ },
    work: () =>
      raisedInFastify((app) => app.route(route({})), {
        headers: { 'content-type': `application/${person.user}` },
        body: json,
      }),
  }),
  provoked('fastify', 'an answer its schema refuses', {
    planted: [person.email],
    expect: { type: 'Error', template: /cannot be converted|required/ },
    work: () =>
      raisedInFastify(
        (app) =>
          app.route({
            ...route({ response: { 200: { type: 'object', properties: { age: { type: 'integer' } } } } }),
            handler: async () => ({ age: person.email }),
          }),
        { body: '{}' },
      ),
  }),
  provoked('fastify', 'an answer of an object that cannot be sent', {
    planted: [person.email],
    expect: { type: 'FastifyError', code: 'FST_ERR_REP_INVALID_PAYLOAD_TYPE', template: /invalid type/ },
    work: () =>
      raisedInFastify(
        (app) =>
          app.post('/', (_request, reply) => {
            reply.type('text/html').send({ email: person.email })
          }),
        { body: '{}' },
      ),
  }),
  provoked('@fastify/multipart', 'a file beyond the limit', {
    planted: [person.ssn, 'qz-scan'],
    expect: { type: 'FastifyError', code: 'FST_REQ_FILE_TOO_LARGE', template: /too large/ },
    work: () =>
      raisedInFastify(
        async (app) => {
          await app.register(multipart, { limits: { fileSize: 4 } })
          app.post('/', async (request) => (await request.file())?.toBuffer())
        },
        {
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
          body: `--b\r\ncontent-disposition: form-data; name="f"; filename="qz-scan.dcm"\r\n\r\n${person.ssn}\r\n--b--\r\n`,
        },
      ),
  }),
  provoked('ajv', 'errors of every kind, with the data', {
    planted: [...bodyPlanted, person.birth],
    expect: { type: /^(ValidationError|Error)$/, template: /required|maxLength|type|enum/ },
    work: () => {
      const ajv = new Ajv({ allErrors: true, verbose: true })
      const check = ajv.compile(patient)
      if (check({ ...body, age: person.birth, sex: person.ssn })) throw new NotProvoked('valid')
      throw new ValidationError(check.errors ?? [])
    },
  }),
  provoked('ajv', 'a schema it refuses', {
    planted: [person.user],
    expect: { type: 'Error', template: /strict mode: unknown keyword/ },
    work: () => new Ajv().compile({ type: 'object', [person.user]: true }),
  }),
]
