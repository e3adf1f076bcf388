/** Header lines in every shape they are handed around in. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const bearer = `Bearer ${p.access.value}`
const all = [p.access, p.sessionId] as const
const cookie = `sid=${p.sessionId.value}; theme=dark`

class HeaderBag {
  readonly #list: [string, string][] = [['authorization', bearer]]
  readonly map = { authorization: bearer, cookie }
  toJSON(): object {
    return Object.fromEntries(this.#list)
  }
}

export const headers = payloads('headers', [
  [
    'object',
    () => ({ headers: { 'content-type': 'application/json', authorization: bearer, cookie } }),
    all,
    ['application/json'],
  ],
  [
    'object with null prototype',
    () => ({ headers: Object.assign(Object.create(null), { authorization: bearer, cookie, accept: 'text/html' }) }),
    all,
    ['text/html'],
  ],
  ['upper case names', () => ({ HEADERS: { AUTHORIZATION: bearer, COOKIE: cookie, 'CONTENT-LENGTH': '312' } }), all],
  ['CGI names', () => ({ HTTP_AUTHORIZATION: bearer, HTTP_COOKIE: cookie, REQUEST_METHOD: 'PATCH' }), all, ['PATCH']],
  [
    'pairs',
    () => ({
      headers: [
        ['Authorization', bearer],
        ['Cookie', cookie],
        ['Content-Type', 'text/csv'],
      ],
    }),
    all,
    ['text/csv'],
  ],
  ['rawHeaders', () => ({ rawHeaders: ['Host', 'a.example', 'Authorization', bearer, 'Cookie', cookie] }), all],
  [
    'flat list under a neutral name',
    () => ({ captured: ['Authorization', bearer, 'Cookie', cookie], n: 77 }),
    all,
    [77],
  ],
  [
    'Map',
    () => ({
      headers: new Map([
        ['authorization', bearer],
        ['cookie', cookie],
      ]),
      status: 204,
    }),
    all,
    [204],
  ],
  ['Map of lists', () => ({ headers: new Map([['set-cookie', [cookie, `a=${p.access.value}`]]]) }), all],
  ['Headers', () => ({ headers: new Headers({ authorization: bearer, cookie }), status: 302 }), all, [302]],
  ['entries of Headers', () => [...new Headers({ authorization: bearer, cookie })], all],
  [
    'name and value',
    () => ({
      headers: [
        { name: 'Authorization', value: bearer },
        { name: 'Cookie', value: cookie },
      ],
    }),
    all,
  ],
  [
    'key and value',
    () => [
      { key: 'authorization', value: bearer },
      { key: 'cookie', value: cookie },
    ],
    all,
  ],
  ['lists as values', () => ({ headers: { authorization: [bearer], cookie: [cookie], accept: ['*/*'] } }), all],
  ['bytes as values', () => ({ headers: { authorization: Buffer.from(bearer), cookie: Buffer.from(cookie) } }), all],
  [
    'list of bytes, undici',
    () => ({
      headers: [Buffer.from('authorization'), Buffer.from(bearer), Buffer.from('cookie'), Buffer.from(cookie)],
    }),
    all,
  ],
  [
    'Set-Cookie list',
    () => ({ 'set-cookie': [`sid=${p.sessionId.value}; Path=/; HttpOnly`, `at=${p.access.value}; Secure`] }),
    all,
  ],
  [
    'Set-Cookie joined',
    () => ({
      responseHeaders: `Set-Cookie: sid=${p.sessionId.value}; Expires=Wed, 21 Oct 2026 07:28:00 GMT, at=${p.access.value}; Secure`,
    }),
    all,
  ],
  [
    'raw request text',
    () => ({ raw: `GET /me HTTP/1.1\r\nHost: a.example\r\nAuthorization: ${bearer}\r\nCookie: ${cookie}\r\n\r\n` }),
    all,
  ],
  [
    '_header of ClientRequest',
    () => ({
      _header: `POST /token HTTP/1.1\r\nauthorization: ${bearer}\r\ncookie: ${cookie}\r\nConnection: keep-alive\r\n\r\n`,
    }),
    all,
  ],
  [
    'rawPacket bytes',
    () => ({
      rawPacket: Buffer.from(`GET / HTTP/1.1\r\nAuthorization: ${bearer}\r\nCookie: ${cookie}\r\n\r\n`),
      port: 8443,
    }),
    all,
    [8443],
  ],
  [
    'header block as a message',
    () => `> GET /me HTTP/2\n> Host: a.example\n> Authorization: ${bearer}\n> Cookie: ${cookie}\n< HTTP/2 401`,
    all,
  ],
  [
    'curl command',
    () => `curl -sS -X POST https://a.example/v1 -H 'Authorization: ${bearer}' -b '${cookie}' -d 'n=1'`,
    all,
  ],
  ['curl user', () => `curl -u ingrid:${p.basicPassword.value} https://a.example/v1/me`, [p.basicPassword]],
  [
    'curl argv',
    () => ({ argv: ['curl', '-H', `Authorization: ${bearer}`, '-b', cookie, '--compressed'] }),
    all,
    ['--compressed'],
  ],
  ['JSON text of headers', () => ({ meta: JSON.stringify({ headers: { authorization: bearer, cookie } }) }), all],
  [
    'HTTP/2 pseudo headers',
    () => ({
      ':method': 'POST',
      ':path': `/v1?token=${p.resetToken.value}`,
      ':authority': 'a.example',
      authorization: bearer,
      cookie,
    }),
    [...all, p.resetToken],
    ['POST'],
  ],
  ['class with private list', () => ({ bag: new HeaderBag() }), all],
])
