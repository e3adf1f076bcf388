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

/** For means that go by name alone: the same, and what else is obvious; in lower case. */
export const secretNames: readonly string[] = [
  ...known.map((name) => name.toLowerCase()),
  ...['passphrase', 'api_key', 'api-key', 'private_key', 'privatekey', 'credential', 'session', 'auth', 'signature'],
  ...[
    'firstname',
    'first_name',
    'lastname',
    'last_name',
    'fullname',
    'full_name',
    'birth',
    'address',
    'street',
    'iban',
  ],
]

/** For means that also look at values: the patterns everybody has. */
export const patterns: readonly RegExp[] = [
  /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}/g,
  /\b(?:\d[ -]?){13,19}\b/g,
  /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}/g,
  /\b(?:Bearer|Basic) [\w.~+/=-]{8,}/g,
  /\b\d{3}-\d{2}-\d{4}\b/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b/g,
]
