/** JSON in strings: whole, doubled, cut short, escaped, wrapped, many to a text. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const login = { email: p.email.value, password: p.password.value, remember: true }
const text = JSON.stringify(login)
const both = [p.email, p.password] as const
const deep = (depth: number): string => {
  let inner = JSON.stringify({ pin: p.pin.value, password: p.quotedPassword.value })
  for (let at = 0; at < depth; at++) inner = JSON.stringify({ data: inner })
  return inner
}

export const jsonBodies = payloads('bodies', [
  ['body', () => ({ body: text, status: 400 }), both, [400]],
  ['message', () => text, both],
  ['within a sentence', () => `POST /login failed with body ${text} after 3 attempts`, both],
  ['doubled', () => ({ body: JSON.stringify(text) }), both],
  ['tripled', () => ({ body: JSON.stringify(JSON.stringify(text)) }), both],
  ['doubled in a sentence', () => `payload=${JSON.stringify(text)}`, both],
  ['member of a member', () => ({ event: { detail: JSON.stringify({ inner: text, n: 4 }) } }), both],
  ['four levels', () => ({ body: deep(4) }), [p.pin, p.quotedPassword]],
  ['six levels', () => ({ body: deep(6) }), [p.pin, p.quotedPassword]],
  ['cut short', () => ({ body: text.slice(0, text.indexOf('remember') - 8) }), both],
  ['cut short inside the secret', () => ({ body: text.slice(0, text.indexOf(p.password.value) + 12) }), both],
  ['cut short with a mark', () => ({ body: `${text.slice(0, -12)}… (truncated)` }), both],
  ['cut at the start', () => ({ body: `…${text.slice(8)}` }), both],
  ['doubled and cut short', () => ({ body: JSON.stringify(text).slice(0, -9) }), both],
  ['indented', () => ({ output: JSON.stringify(login, null, 2) }), both],
  [
    'tabs and comments',
    () => ({ config: `{\n\t// database\n\t"password": "${p.dbPassword.value}", /* x */\n}` }),
    [p.dbPassword],
  ],
  [
    'single quotes',
    () => ({ dump: `{'user': 'x', 'password': '${p.shortPassword.value}', 'ok': True}` }),
    [p.shortPassword],
  ],
  ['unquoted names', () => ({ dump: `{user: 'x', password: '${p.shortPassword.value}', n: 1}` }), [p.shortPassword]],
  ['number as secret', () => ({ body: `{"pin":${p.pin.value},"otp":${p.otp.value},"amount":1250}` }), [p.pin, p.otp]],
  [
    'escaped characters',
    () => ({
      body: `{"password":"${[...p.plainPassword.value].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
    }),
    [p.plainPassword],
  ],
  ['escaped name', () => ({ body: `{"p\\u0061ssword":"${p.shortPassword.value}"}` }), [p.shortPassword]],
  [
    'escaped slash and quote',
    () => ({ body: JSON.stringify({ password: p.quotedPassword.value }).replaceAll('/', '\\/') }),
    [p.quotedPassword],
  ],
  [
    'list of people',
    () => ({
      response: JSON.stringify([
        { id: 1, email: p.email.value },
        { id: 2, email: p.emailTwo.value },
      ]),
    }),
    [p.email, p.emailTwo],
  ],
  ['NDJSON', () => ({ output: `${text}\n${JSON.stringify({ token: p.access.value })}\n` }), [...both, p.access]],
  ['NDJSON as a message', () => `{"n":1}\n${text}\n{"n":2}`, both],
  ['concatenated', () => ({ buffer: `${text}${JSON.stringify({ token: p.access.value })}` }), [...both, p.access]],
  [
    'event stream',
    () => ({ chunk: `event: token\ndata: ${JSON.stringify({ access_token: p.access.value })}\n\n` }),
    [p.access],
  ],
  ['JSONP', () => ({ text: `cb(${text});` }), both],
  ['with a guard against inclusion', () => ({ responseText: `)]}',\n${text}` }), both],
  ['byte order mark', () => ({ body: `\ufeff${text}` }), both],
  ['bytes', () => ({ body: Buffer.from(text), length: 77 }), both, [77]],
  ['bytes as JSON', () => ({ body: Buffer.from(text).toJSON() }), both],
  ['typed array', () => ({ chunk: new Uint8Array(Buffer.from(text)) }), both],
  [
    'array buffer and view',
    () => ({ a: new Uint8Array(Buffer.from(text)).buffer, b: new DataView(new Uint8Array(Buffer.from(text)).buffer) }),
    both,
  ],
  ['list of bytes', () => ({ body: [...Buffer.from(text)] }), both],
  ['list of bytes as text', () => ({ body: `[${[...Buffer.from(text)].join(',')}]` }), both],
  [
    'chunks',
    () => ({
      chunks: [
        Buffer.from(text.slice(0, text.indexOf(',"password'))),
        Buffer.from(text.slice(text.indexOf(',"password'))),
      ],
    }),
    both,
  ],
  ['base64', () => ({ payload: Buffer.from(text).toString('base64') }), both],
  [
    'base64 in a neutral field',
    () => ({ blob: Buffer.from(text).toString('base64'), codec: 'identity' }),
    both,
    ['identity'],
  ],
  ['base64 of base64', () => ({ payload: Buffer.from(Buffer.from(text).toString('base64')).toString('base64') }), both],
  ['base64 in a sentence', () => `dead letter: ${Buffer.from(text).toString('base64')} (attempt 5)`, both],
  ['hex', () => ({ payload: Buffer.from(text).toString('hex') }), both],
  ['hex dump', () => ({ dump: (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ') }), both],
  [
    'printed Buffer',
    () => `received <Buffer ${(Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ')}>`,
    both,
  ],
  ['percent', () => ({ state: encodeURIComponent(text) }), both],
  ['percent twice', () => ({ state: encodeURIComponent(encodeURIComponent(text)) }), both],
  [
    'escaped for HTML',
    () => ({ html: `<script type="application/json">${text.replaceAll('"', '&quot;')}</script>` }),
    both,
  ],
  [
    'quoted-printable',
    () => ({ raw: text.replaceAll('=', '=3D').replace('password', 'pass=\r\nword').replaceAll('@', '=40') }),
    both,
  ],
  ['JSON with a prefix of a logger', () => `2026-01-15T12:00:00.000Z INFO  body=${text}`, both],
  [
    'response of a client library',
    () => ({ response: { status: 409, data: text, config: { data: JSON.stringify({ otp: p.otp.value }) } } }),
    [...both, p.otp],
    [409],
  ],
  [
    'GraphQL over HTTP',
    () => ({
      body: JSON.stringify({
        operationName: 'Login',
        query: 'mutation Login($i: LoginInput!) { login(input: $i) { id } }',
        variables: { i: { email: p.email.value, password: p.password.value } },
      }),
    }),
    both,
  ],
  [
    'MessagePack',
    () => ({
      frame: Buffer.from(`\x82\xa5email\xd9\x22${p.email.value}\xa8password\xb4${p.password.value}`, 'latin1'),
    }),
    both,
  ],
])
