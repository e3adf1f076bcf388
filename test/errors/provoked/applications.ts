/** What applications themselves throw: data in messages, properties, causes, names, codes, and things that are no errors. */
import { inspect } from 'node:util'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const throwing = (make: () => unknown) => (): never => {
  throw make()
}

/** Has what a query engine's known errors have. */
class PrismaClientKnownRequestError extends Error {
  override readonly name = 'PrismaClientKnownRequestError'
  readonly code: string
  readonly meta: object
  readonly clientVersion = '6.2.1'
  constructor(message: string, code: string, meta: object) {
    super(message)
    this.code = code
    this.meta = meta
  }
}

class ConsentMissing extends Error {
  override readonly name = 'ConsentMissing'
  readonly patient = { ...body }
  toJSON(): object {
    return { ...body }
  }
  override toString(): string {
    return `${person.name}: ${this.message}`
  }
  [inspect.custom](): string {
    return `${person.name}: ${secret.password}`
  }
}

export const applications: readonly Provoked[] = [
  provoked('application', 'an error with a body in its message and properties', {
    planted: bodyPlanted,
    expect: { type: 'Error' },
    work: throwing(() =>
      Object.assign(new Error(`cannot save ${JSON.stringify(body)}`), {
        body,
        request: { headers: { cookie: body.password } },
      }),
    ),
  }),
  provoked('application', 'an error class with toJSON, toString and a custom inspection', {
    planted: bodyPlanted,
    expect: { type: /^(ConsentMissing|Error)$/ },
    work: throwing(() => new ConsentMissing(`no consent of ${person.email}`)),
  }),
  provoked('application', 'causes, four deep', {
    planted: bodyPlanted,
    expect: { type: 'Error', code: 'ECONNRESET' },
    work: throwing(() => {
      const root = Object.assign(new Error(`read ${person.ssn}`), { code: 'ECONNRESET', body })
      const third = new RangeError(person.email, { cause: root })
      return new Error(`login of ${person.name}`, { cause: new TypeError(secret.password, { cause: third }) })
    }),
  }),
  provoked('application', 'an aggregate', {
    planted: bodyPlanted,
    expect: { type: 'AggregateError' },
    work: throwing(
      () =>
        new AggregateError(
          [new Error(person.email), person.ssn, { ...body }, Object.assign(new Error(person.name), { body })],
          `all of ${person.name}`,
        ),
    ),
  }),
  provoked('application', 'Promise.any', {
    planted: [person.email, person.ssn],
    expect: { type: 'AggregateError', template: /All promises were rejected/, frames: false },
    work: () => Promise.any([Promise.reject(new Error(person.email)), Promise.reject(person.ssn)]),
  }),
  provoked('application', 'a text', {
    planted: [person.email, secret.password],
    expect: { frames: false },
    work: throwing(() => `login of ${person.email} with password=${secret.password} failed`),
  }),
  provoked('application', 'an object', {
    planted: bodyPlanted,
    expect: { frames: false },
    work: throwing(() => ({
      message: `no consent of ${person.email}`,
      password: secret.password,
      body: { ...body },
      stack: `Error: ${person.ssn}\n    at ${person.email}`,
    })),
  }),
  provoked('application', 'a Map and a Buffer', {
    planted: [person.email, secret.password],
    expect: { type: 'Error' },
    work: throwing(() =>
      Object.assign(new Error('cannot decode'), {
        body: Buffer.from(secret.password),
        rows: new Map([[person.email, person.ssn]]),
      }),
    ),
  }),
  provoked('application', 'a message that looks like frames', {
    planted: [person.email, 'qzFrame', 'qz-archive'],
    expect: { type: 'Error' },
    work: throwing(
      () =>
        new Error(
          `no\n    at qzFrame (/srv/qz-archive/${person.email}.js:1:1)\n    at qzFrame (file:///work/x.ts:529:83)`,
        ),
    ),
  }),
  provoked('application', 'a message that was changed later', {
    planted: [person.email, secret.password, 'qzFrame'],
    expect: { type: 'Error' },
    work: throwing(() =>
      Object.assign(new Error(`no\n    at qzFrame (/srv/${person.email}:1:1)`), { message: secret.password }),
    ),
  }),
  provoked('application', 'a stack that was written by hand', {
    planted: [person.email, person.ssn],
    expect: { type: 'Error', frames: false },
    work: throwing(() => Object.assign(new Error('x'), { stack: `${person.email}: ${person.ssn}` })),
  }),
  provoked('application', 'a name, a code and a status of user input', {
    planted: [person.name, person.email, person.ssn, person.user],
    expect: { type: 'Error' },
    work: throwing(() =>
      Object.assign(new Error('x'), {
        name: person.name,
        code: person.user,
        status: person.ssn,
        statusCode: person.email,
      }),
    ),
  }),
  provoked('application', 'a code that is a one-time code', {
    planted: ['481529', 'QZ4815'],
    expect: { type: 'Error' },
    work: throwing(() => Object.assign(new Error('wrong code'), { code: '481529', otp: 'QZ4815' })),
  }),
  provoked('application', 'a function named after somebody', {
    planted: ['quirina.zandvoort', 'Zandvoort'],
    expect: { type: 'Error' },
    work: () => {
      const handlers = {
        [person.email]: () => {
          throw new Error('x')
        },
      }
      handlers[person.email]?.()
    },
  }),
  provoked('application', 'symbols, getters and a prototype with data', {
    planted: bodyPlanted,
    expect: { type: 'Error' },
    work: throwing(() => {
      const error = Object.assign(new Error('x'), { [Symbol(person.email)]: person.ssn })
      Object.defineProperty(error, 'user', { get: () => person.name, enumerable: true })
      Object.setPrototypeOf(
        error,
        Object.create(Error.prototype, { password: { value: secret.password, enumerable: true } }),
      )
      return error
    }),
  }),
  provoked('application', 'a Response and Headers', {
    planted: [secret.bearer, person.email],
    expect: { type: 'Error' },
    work: throwing(() =>
      Object.assign(new Error('refused'), {
        response: new Response(person.email, { headers: { 'set-cookie': secret.bearer } }),
        headers: new Headers({ authorization: `Bearer ${secret.bearer}` }),
        url: new URL(`http://x/?token=${secret.bearer}`),
      }),
    ),
  }),
  provoked('application', 'bytes in every spelling', {
    planted: [person.email],
    expect: { type: 'Error' },
    work: throwing(() => {
      const bytes = Buffer.from(person.email)
      return Object.assign(
        new Error(`${bytes.toString('base64')} ${bytes.toString('hex')} ${encodeURIComponent(person.email)}`),
        {
          list: [...bytes],
          view: new Uint8Array(bytes),
          wide: [...person.email].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`).join(''),
        },
      )
    }),
  }),
  provoked('prisma (imitation)', 'a value that is there already', {
    planted: [person.email, person.ssn],
    expect: { type: 'PrismaClientKnownRequestError', code: 'P2002', template: /Unique constraint failed/ },
    work: throwing(
      () =>
        new PrismaClientKnownRequestError(
          `\nInvalid \`prisma.patient.create()\` invocation:\n\n{ data: { email: "${person.email}" } }\n\nUnique constraint failed on the fields: (\`email\`)`,
          'P2002',
          { modelName: 'Patient', target: ['email'], value: person.ssn },
        ),
    ),
  }),
  provoked('prisma (imitation)', 'nobody found', {
    planted: [person.email],
    expect: {
      type: 'PrismaClientKnownRequestError',
      code: 'P2025',
      template: /required but not found|No record was found|not found/,
    },
    work: throwing(
      () =>
        new PrismaClientKnownRequestError(
          `An operation failed because it depends on one or more records that were required but not found. ${person.email}`,
          'P2025',
          {
            cause: `no ${person.email}`,
          },
        ),
    ),
  }),
]
