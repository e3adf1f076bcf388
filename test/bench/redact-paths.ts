/**
 * A list of paths as careful teams keep one for pino: names that everybody knows, at the places where they usually stand.
 * The baseline for scrubbing, so it is long on purpose.
 */
const known = [
  'password',
  'passwd',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'authorization',
  'cookie',
  'ssn',
  'email',
  'phone',
  'creditCard',
  'cardNumber',
  'cvv',
  'pin',
]

const places = ['', '*.', '*.*.', 'req.body.', 'user.']

const headers = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["x-api-key"]',
  '["proxy-authorization"]',
  '["x-auth-token"]',
]
const dot = (name: string): string => (name.startsWith('[') ? name : `.${name}`)

const elsewhere = [
  ...headers.map((name) => `req.headers${dot(name)}`),
  ...headers.map((name) => `headers${dot(name)}`),
  'config.headers.Authorization',
  'response.headers["set-cookie"]',
  'body.client_secret',
  'data.access_token',
  'data.refresh_token',
  'env.DB_PASSWORD',
  'credentials',
  'session',
  'req.query.token',
]

/** 101 of them. */
export const paths: readonly string[] = [
  ...known.flatMap((name) => places.map((place) => `${place}${name}`)),
  ...elsewhere,
]

/** The same knowledge for means that go by name alone; in lower case. */
export const secretNames: readonly string[] = [
  ...known.map((name) => name.toLowerCase()),
  'passphrase',
  'api_key',
  'api-key',
  'client_secret',
  'session',
]
