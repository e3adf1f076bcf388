/**
 * The canaries: made-up secrets and people, each in a place where real ones are found. What is searched for afterwards is the
 * value alone, in every spelling.
 */
import { personal, secret } from '@trailmark/core'
import { Values } from './values.ts'

export interface Canary {
  readonly name: string
  /** What no output may hold: at least eight characters each. */
  readonly values: readonly string[]
  /** What a careless line would log: a value made anew for each use, since some can be read only once. */
  payload(): unknown
  /** The same as somebody would write it into a sentence. */
  readonly text: string
}

/** All canaries of one seed. */
export function makeCanaries(seed: string): readonly Canary[] {
  const values = new Values(seed)
  return [
    ...named(values),
    ...shaped(values),
    ...placed(values),
    ...enclosed(values),
    ...wrapped(values),
    ...thrown(values),
  ]
}

function canary(name: string, value: string | readonly string[], payload: () => unknown, text?: string): Canary {
  const searched = typeof value === 'string' ? [value] : value
  return { name, values: searched, payload, text: text ?? `password: ${searched.join(' password: ')}` }
}

/** Known by the name they stand under. */
function named(values: Values): Canary[] {
  const at = (name: string, payload: (value: string) => unknown, length = 18) => {
    const value = values.text(name, length)
    return canary(name, value, () => payload(value))
  }
  return [
    at('password by name', (password) => ({ user: 'ann', password })),
    at('password in camel case, deep', (userPassword) => ({ request: { form: [{ userPassword }] } })),
    at('API key by header name', (key) => ({ 'x-api-key': key })),
    at('password in another language', (value) => ({ contraseña: value })),
    at('option of a command line', (value) => ['run', '--token', value]),
    at('name and value as a pair', (value) => ({ name: 'client_secret', value })),
    at('password in a Map', (value) => new Map([['password', value]])),
    at('what was changed', (before) => ({ field: 'password', before, after: 'x' })),
  ]
}

/** Known by what they look like, in a sentence. */
function shaped(values: Values): Canary[] {
  const inText = (name: string, value: string | readonly string[], sentence: string) =>
    canary(name, value, () => ({ note: sentence, detail: [sentence] }), sentence)
  const stripe = `sk_${'live'}_${values.text('stripe', 24)}`
  const github = `ghp_${values.text('github', 36)}`
  const aws = `AKIA${values.text('aws', 16, 'upper')}`
  const slack = `xoxb-${values.text('slack', 12, 'digits')}-${values.text('slack secret', 24)}`
  const jwt = values.jwt('jwt')
  const bearer = values.text('bearer', 32)
  const basic = Buffer.from(`ann:${values.text('basic', 16)}`).toString('base64')
  const pem = values.text('pem', 64)
  const card = values.card('card')
  const iban = values.iban('iban')
  const mail = values.text('mail', 14, 'lower')
  const phone = `+49 151 ${values.text('phone', 8, 'digits')}`
  const ssn = `4${values.text('ssn', 2, 'digits')}-5${values.text('ssn group', 1, 'digits')}-8${values.text('ssn serial', 3, 'digits')}`
  const ip = `93.184.1${values.text('ip', 2, 'digits')}.1${values.text('ip host', 2, 'digits')}`
  return [
    inText('Stripe key', stripe, `charging with ${stripe} failed`),
    inText('GitHub token', github, `cloning with ${github}, please wait`),
    inText('AWS access key', aws, `assumed role by ${aws}`),
    inText('Slack token', slack, `posting as ${slack}`),
    inText('JWT', [jwt.claims, jwt.signature], `session ${jwt.token} refused`),
    inText('Bearer', bearer, `Authorization: Bearer ${bearer}`),
    inText('Basic', basic, `Authorization: Basic ${basic}`),
    inText('PEM', pem, `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----`),
    inText('card number', card, `paid with ${card} today`),
    inText('IBAN', iban, `refund to ${iban}`),
    inText('e-mail address', mail, `invitation sent to ${mail}@mail.example`),
    inText('phone number', phone, `phone: ${phone}`),
    inText('social security number', ssn, `SSN ${ssn} on file`),
    inText('IP address', ip, `request from ${ip} dropped`),
  ]
}

/** Known by where they stand in something with a form. */
function placed(values: Values): Canary[] {
  const at = (name: string, payload: (value: string) => unknown, text?: (value: string) => string) => {
    const value = values.text(name, 22)
    return canary(name, value, () => payload(value), text?.(value))
  }
  const url = (name: string, link: (value: string) => string) =>
    at(
      name,
      (value) => ({ url: link(value), list: [link(value)] }),
      (value) => `fetching ${link(value)} now`,
    )
  return [
    url('password in a URL', (value) => `postgres://app:${value}@db.internal.example:5432/clinic`),
    url('query value of a URL', (value) => `https://api.partner.example/v1/people?ref=${value}&page=2`),
    at('cookie', (value) => ({ headers: { cookie: `theme=dark; sid=${value}` } })),
    at('set-cookie in raw headers', (value) => ({ rawHeaders: ['Set-Cookie', `sid=${value}; HttpOnly`] })),
    at('authorization in Headers', (value) => new Headers({ authorization: `Bearer ${value}` })),
  ]
}

/** Inside of strings and buffers that hold bodies. */
function enclosed(values: Values): Canary[] {
  const at = (name: string, body: (value: string) => unknown) => {
    const value = values.text(name, 20)
    const text = body(value)
    return canary(name, value, () => ({ body: body(value) }), typeof text === 'string' ? `received ${text}` : undefined)
  }
  const json = (value: string) => JSON.stringify({ user: { name: 'Ann', password: value } })
  return [
    at('JSON in a string', json),
    at('JSON in JSON in a string', (value) => JSON.stringify({ payload: json(value) })),
    at('JSON that breaks off', (value) => json(value).slice(0, -2)),
    at('form', (value) => `user=ann&password=${value}&page=2`),
    at('upload', (value) => `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${value}\r\n--x--\r\n`),
    at('XML', (value) => `<login><user>ann</user><password>${value}</password></login>`),
    at('SQL', (value) => `INSERT INTO users (name, password) VALUES ('ann', '${value}')`),
    at('base64 of JSON', (value) => Buffer.from(json(value)).toString('base64')),
    at('Buffer', (value) => Buffer.from(json(value))),
  ]
}

/** Marked as what they are by whoever made them. */
function wrapped(values: Values): Canary[] {
  const [one, other] = [values.text('Secret', 20), values.text('Personal', 20)]
  return [
    canary('Secret', one, () => ({ key: secret(one), list: [secret(one)] }), `key ${secret(one)}`),
    canary('Personal', other, () => ({ name: personal(other) }), `patient ${personal(other)}`),
  ]
}

/** In errors, where libraries quote what they were given. */
function thrown(values: Values): Canary[] {
  const at = (name: string, error: (value: string) => Error) => {
    const value = values.text(name, 20)
    return canary(name, value, () => error(value))
  }
  return [
    at('message of an error', (value) => new Error(`no patient called ${value} in ward 7`)),
    at('cause of an error', (value) => new Error('not found', { cause: new TypeError(`bad name ${value}`) })),
    at('field of an error', (value) =>
      Object.assign(new Error('duplicate'), { detail: `Key (name)=(${value}) exists` }),
    ),
    at('stack of an error', (value) =>
      Object.assign(new Error('x'), { stack: `Error: ${value}\n    at ${value} (a.js:1:1)` }),
    ),
    at('message of JSON.parse', (value) => parseError(`{"name": "${value}" broken`)),
    at('errors of an AggregateError', (value) => new AggregateError([new Error(`lost ${value}`)], `two of ${value}`)),
  ]
}

function parseError(text: string): Error {
  try {
    return new Error(String(JSON.parse(text)))
  } catch (error) {
    return error instanceof Error ? error : new Error('no error')
  }
}

/** The error that a program throws which met this canary. */
export function errorOf({ payload, text }: Canary): Error {
  const value = payload()
  if (value instanceof Error) return value
  return Object.assign(new Error(text, { cause: value }), { input: value, config: { data: text } })
}
