import { describe, expect, test } from 'vitest'
import type { Adapter } from './adapter.ts'
import { accountOf, adapters } from './adapters.ts'
import { safeError } from './safe-error.ts'

const secret = 'hunter2 of alice@clinic.example'
const named = (name: string, fields: object) => Object.assign(new Error(secret), { name }, fields)

/** Objects in the shape of the libraries' errors; the real ones are provoked in test/errors. */
const shapes: [string, unknown, object][] = [
  [
    'pg',
    Object.assign(new Error(`null value in column "ssn" of relation "t" violates not-null constraint ${secret}`), {
      severity: 'ERROR',
      code: '23502',
      detail: secret,
      hint: secret,
      where: secret,
      schema: 'public',
      table: 'patients',
      column: 'ssn',
      constraint: undefined,
      routine: 'ExecConstraints',
      internalQuery: secret,
    }),
    {
      code: '23502',
      details: { severity: 'ERROR', schema: 'public', table: 'patients', column: 'ssn', routine: 'ExecConstraints' },
    },
  ],
  [
    'mysql2',
    Object.assign(new Error(`Duplicate entry '${secret}' for key 'users.email'`), {
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      sqlState: '23000',
      sqlMessage: secret,
      sql: secret,
    }),
    { code: 'ER_DUP_ENTRY', message: 'Duplicate entry * for key *', details: { errno: 1062, sql_state: '23000' } },
  ],
  [
    'sqlite',
    named('SqliteError', { code: 'SQLITE_CONSTRAINT_UNIQUE' }),
    { type: 'SqliteError', code: 'SQLITE_CONSTRAINT_UNIQUE' },
  ],
  [
    'sql server',
    named('RequestError', {
      code: 'EREQUEST',
      number: 2627,
      state: 1,
      class: 14,
      procName: 'addPatient',
      lineNumber: 3,
    }),
    { code: 'EREQUEST', details: { number: 2627, severity: 14, state: 1, procedure: 'addPatient', line: 3 } },
  ],
  ['oracle', named('Error', { errorNum: 1, offset: 0 }), { code: 'ORA-00001', details: { number: 1, offset: 0 } }],
  [
    'mongodb',
    named('MongoServerError', {
      code: 11000,
      codeName: 'DuplicateKey',
      keyPattern: { email: 1 },
      keyValue: { email: secret },
    }),
    { type: 'MongoServerError', code: '11000', details: { code_name: 'DuplicateKey', keys: ['email'] } },
  ],
  [
    'mongoose',
    named('ValidationError', {
      _message: 'Patient validation failed',
      errors: {
        'visits.0.note': { kind: 'required', path: 'note', value: secret },
        [`m.${secret}`]: { kind: 'Number', path: 'm', value: secret },
      },
    }),
    {
      details: {
        model: 'Patient',
        findings: [
          { path: 'visits[].note', rule: 'required' },
          { path: '*', rule: 'Number' },
        ],
      },
    },
  ],
  [
    'sequelize',
    named('SequelizeUniqueConstraintError', {
      fields: { email: secret },
      errors: [{ path: 'email', value: secret, validatorKey: 'not_unique' }],
      parent: Object.assign(new Error(secret), { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }),
    }),
    {
      code: 'ER_DUP_ENTRY',
      details: { errno: 1062, fields: ['email'], findings: [{ path: 'email', rule: 'not_unique' }] },
    },
  ],
  [
    'typeorm',
    named('QueryFailedError', {
      query: secret,
      parameters: [secret],
      driverError: Object.assign(new Error(secret), {
        severity: 'ERROR',
        routine: 'r',
        code: '42P01',
        table: 'visits',
      }),
    }),
    { type: 'QueryFailedError', code: '42P01', details: { severity: 'ERROR', table: 'visits' } },
  ],
  [
    'drizzle',
    named('DrizzleQueryError', {
      query: secret,
      params: [secret],
      cause: Object.assign(new Error(secret), { severity: 'ERROR', routine: 'r', code: '23505' }),
    }),
    { type: 'DrizzleQueryError', code: '23505' },
  ],
  [
    'prisma',
    named('PrismaClientKnownRequestError', {
      code: 'P2002',
      meta: { modelName: 'Patient', target: ['email'] },
      clientVersion: '5.1.0',
    }),
    {
      type: 'PrismaClientKnownRequestError',
      code: 'P2002',
      details: { model: 'Patient', target: ['email'], client_version: '5.1.0' },
    },
  ],
  [
    'axios',
    named('AxiosError', {
      isAxiosError: true,
      code: 'ERR_BAD_REQUEST',
      config: { method: 'post', url: `https://x.example/${secret}`, headers: { authorization: secret }, data: secret },
      response: { status: 422, data: secret },
    }),
    { type: 'AxiosError', code: 'ERR_BAD_REQUEST', status: 422, details: { method: 'POST' } },
  ],
  [
    'undici',
    named('ConnectTimeoutError', { code: 'UND_ERR_CONNECT_TIMEOUT' }),
    { type: 'ConnectTimeoutError', code: 'UND_ERR_CONNECT_TIMEOUT' },
  ],
  [
    'aws',
    named('ThrottlingException', {
      $fault: 'client',
      $metadata: { httpStatusCode: 429, requestId: '0b3f3b2e-1111-2222-3333-444455556666', attempts: 3 },
    }),
    {
      type: 'ThrottlingException',
      code: 'ThrottlingException',
      status: 429,
      details: { fault: 'client', request_id: '0b3f3b2e-1111-2222-3333-444455556666', attempts: 3 },
    },
  ],
  [
    'stripe',
    named('Error', {
      type: 'StripeCardError',
      rawType: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      param: 'payment_method[card][number]',
      statusCode: 402,
      requestId: 'req_abcdef12345',
      charge: secret,
    }),
    {
      code: 'card_declined',
      status: 402,
      details: {
        type: 'card_error',
        decline_code: 'insufficient_funds',
        param: 'payment_method[card][number]',
        request_id: 'req_abcdef12345',
      },
    },
  ],
  [
    'jsonwebtoken',
    Object.assign(Object.create(Object.assign(Object.create(Error.prototype), { name: 'JsonWebTokenError' })), {
      message: 'jwt expired',
      expiredAt: new Date(0),
    }),
    { type: 'JsonWebTokenError', message: 'jwt expired', details: { expired_at: '1970-01-01T00:00:00.000Z' } },
  ],
  [
    'nodemailer',
    Object.assign(new Error(`Invalid login: 535 ${secret}`), {
      code: 'EAUTH',
      command: 'AUTH PLAIN',
      responseCode: 535,
      response: secret,
    }),
    { code: 'EAUTH', message: 'Invalid login: *', details: { command: 'AUTH PLAIN', response_code: 535 } },
  ],
  [
    'redis',
    named('ReplyError', { command: { name: 'set', args: [secret] } }),
    { type: 'ReplyError', details: { command: 'set' } },
  ],
  [
    'body-parser',
    Object.assign(new Error('request entity too large'), {
      type: 'entity.too.large',
      limit: 100,
      length: 200,
      status: 413,
      body: secret,
    }),
    {
      code: 'entity.too.large',
      status: 413,
      message: 'request entity too large',
      details: { limit: 100, length: 200 },
    },
  ],
  [
    'multer',
    named('MulterError', { code: 'LIMIT_UNEXPECTED_FILE', field: secret }),
    { type: 'MulterError', code: 'LIMIT_UNEXPECTED_FILE' },
  ],
  [
    'graphql',
    named('GraphQLError', {
      path: ['patient', 0, 'name'],
      extensions: { code: 'BAD_USER_INPUT', secret },
      locations: [{ line: 1, column: 2 }],
    }),
    { code: 'BAD_USER_INPUT', details: { path: 'patient[].name', line: 1, column: 2 } },
  ],
  [
    'boom',
    Object.assign(new Error(secret), {
      isBoom: true,
      isServer: false,
      output: { statusCode: 404, payload: secret },
      data: secret,
    }),
    { status: 404, details: { server: false } },
  ],
  [
    'grpc',
    Object.assign(new Error(`5 NOT_FOUND: ${secret}`), { code: 5, details: secret, metadata: { secret } }),
    { code: 'NOT_FOUND', message: '5 NOT_FOUND: *', details: { number: 5 } },
  ],
  [
    'kafkajs',
    named('KafkaJSProtocolError', { type: 'UNKNOWN_TOPIC_OR_PARTITION', code: 3, retriable: true }),
    { details: { type: 'UNKNOWN_TOPIC_OR_PARTITION', number: 3, retriable: true } },
  ],
  [
    'zod',
    named('ZodError', {
      issues: [
        { code: 'too_small', path: ['visits', 3, 'note'] },
        { code: 'unrecognized_keys', path: [], keys: [secret] },
        { code: 'invalid_key', path: ['record', 'alice'] },
        { code: 'custom', path: [secret] },
      ],
    }),
    {
      details: {
        findings: [
          { path: 'visits[].note', rule: 'too_small' },
          { path: '(root)', rule: 'unrecognized_keys' },
          { path: 'record.*', rule: 'invalid_key' },
          { path: '*', rule: 'custom' },
        ],
      },
    },
  ],
  [
    'joi',
    named('ValidationError', {
      _original: secret,
      details: [
        { type: 'string.email', path: ['email'], message: secret, context: { value: secret } },
        { type: 'object.unknown', path: ['alice'] },
      ],
    }),
    {
      details: {
        findings: [
          { path: 'email', rule: 'string.email' },
          { path: '*', rule: 'object.unknown' },
        ],
      },
    },
  ],
  [
    'yup',
    named('ValidationError', {
      value: secret,
      errors: [secret],
      inner: [{ type: 'email', path: 'list[0].email', params: { value: secret } }],
    }),
    { details: { findings: [{ path: 'list[].email', rule: 'email' }] } },
  ],
  [
    'valibot',
    named('ValiError', {
      issues: [
        { kind: 'validation', type: 'email', input: secret, received: secret, path: [{ key: 'email', value: secret }] },
      ],
    }),
    { details: { findings: [{ path: 'email', rule: 'email' }] } },
  ],
  [
    'class-validator',
    [
      {
        target: secret,
        value: secret,
        property: 'address',
        children: [{ property: 'zip', value: secret, constraints: { isString: secret } }],
      },
    ],
    { type: 'thrown:array', details: { findings: [{ path: 'address.zip', rule: 'isString' }] } },
  ],
  [
    'ajv',
    Object.assign(new Error('validation failed'), {
      errors: [
        { keyword: 'required', instancePath: '/a', params: { missingProperty: 'b' }, message: secret },
        { keyword: 'additionalProperties', instancePath: '', params: { additionalProperty: secret } },
      ],
    }),
    {
      message: 'validation failed',
      details: {
        findings: [
          { path: 'a.b', rule: 'required' },
          { path: '(root)', rule: 'additionalProperties' },
        ],
      },
    },
  ],
  [
    'fastify',
    Object.assign(new Error(`body/${secret} must be string`), {
      code: 'FST_ERR_VALIDATION',
      statusCode: 400,
      validationContext: 'body',
      validation: [{ keyword: 'type', instancePath: '/email', params: { type: secret } }],
    }),
    {
      code: 'FST_ERR_VALIDATION',
      status: 400,
      message: 'body/* must *',
      details: { context: 'body', findings: [{ path: 'email', rule: 'type' }] },
    },
  ],
  [
    'node',
    Object.assign(new Error(`spawn ${secret} ENOENT`), {
      code: 'ENOENT',
      errno: -2,
      syscall: `spawn ${secret}`,
      path: secret,
      spawnargs: [secret],
    }),
    { code: 'ENOENT', message: 'spawn * ENOENT', details: { syscall: 'spawn', errno: -2 } },
  ],
]

describe('an adapter names what its library says, and nothing of its input:', () => {
  test.each(shapes)('%s', (_library, error, expected) => {
    const safe = safeError(error)
    expect(safe).toMatchObject(expected)
    expect(JSON.stringify(safe)).not.toMatch(/hunter2|alice/)
  })

  test('there are at least eighteen', () => {
    expect(adapters.length).toBeGreaterThanOrEqual(18)
    expect(new Set(adapters.map(({ library }) => library)).size).toBe(adapters.length)
  })

  test('findings are at most twenty', () => {
    const issues = Array.from({ length: 100 }, () => ({ code: 'too_small', path: ['a'] }))
    const { details } = safeError(named('ZodError', { issues }))
    expect(details?.['findings']).toHaveLength(20)
  })

  test('an HTTP client’s host is shown where it is allowed', () => {
    const error = named('AxiosError', {
      isAxiosError: true,
      config: { method: 'get', url: 'https://api.clinic.test/x?y=1' },
    })
    expect(safeError(error).details).toEqual({ method: 'GET' })
    expect(safeError(error, undefined, new Set(['api.clinic.test'])).details).toEqual({
      method: 'GET',
      host: 'api.clinic.test',
    })
  })
})

test('an adapter that fails costs only its details', () => {
  const failing: Adapter = {
    library: 'failing',
    describe: () => {
      throw new Error(secret)
    },
  }
  const next: Adapter = { library: 'next', describe: () => ({ details: { kind: 'next' } }) }
  const around = { names: new Set<string>(), hosts: new Set<string>(), describe: () => undefined }
  expect(accountOf(new Error(), around, [failing, next])).toEqual({ details: { kind: 'next' } })
  expect(accountOf(new Error(), around, [failing])).toBeUndefined()
})
