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
  [
    'custom key headers',
    () => ({
      headers: {
        'x-api-key': p.hexKey.value,
        'X-Auth-Token': p.access.value,
        'x-csrf-token': p.csrf.value,
        'x-session-token': p.sessionId.value,
        'x-amz-security-token': p.awsSession.value,
      },
    }),
    [p.hexKey, p.access, p.csrf, p.sessionId, p.awsSession],
  ],
  [
    'vendor key headers',
    () => ({
      headers: {
        apikey: p.hexKey.value,
        'Ocp-Apim-Subscription-Key': p.twilio.value,
        'DD-API-KEY': p.clientSecret.value,
        'X-Shopify-Access-Token': p.shopify.value,
        'X-Vault-Token': p.vault.value,
        'PRIVATE-TOKEN': p.gitlab.value,
      },
    }),
    [p.hexKey, p.twilio, p.clientSecret, p.shopify, p.vault, p.gitlab],
  ],
  [
    'unknown header with a secret',
    () => ({ headers: { 'x-acme-internal': p.hexKey.value, 'x-blob': p.sessionId.value, accept: 'image/avif' } }),
    [p.hexKey, p.sessionId],
    ['image/avif'],
  ],
  [
    'proxy authorization',
    () => ({ headers: { 'proxy-authorization': `Basic ${p.basic.value}`, via: '1.1 edge' } }),
    [p.basic, p.basicPassword],
  ],
  [
    'digest',
    () => ({
      headers: {
        authorization: `Digest username="${p.username.value}", realm="a", nonce="${p.nonceProof.value}", uri="/x", response="${p.hexKey.value}"`,
      },
    }),
    [p.username, p.nonceProof, p.hexKey],
  ],
  [
    'AWS signature',
    () => ({
      headers: {
        Authorization: `AWS4-HMAC-SHA256 Credential=${p.awsKey.value}/20260115/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=${p.signature.value}`,
      },
    }),
    [p.awsKey, p.signature],
  ],
  [
    'client addresses',
    () => ({
      headers: {
        'x-forwarded-for': `${p.ip.value}, 10.0.0.1`,
        'x-real-ip': p.ipTwo.value,
        'cf-connecting-ip': p.ipv6.value,
        forwarded: `for="[${p.ipv6.value}]";proto=https`,
      },
    }),
    [p.ip, p.ipTwo, p.ipv6],
  ],
  [
    'person in headers',
    () => ({
      headers: {
        'x-user-email': p.email.value,
        'x-forwarded-user': p.username.value,
        'x-remote-user': p.lastName.value,
        from: p.emailTwo.value,
      },
    }),
    [p.email, p.username, p.lastName, p.emailTwo],
  ],
  [
    'referer and location',
    () => ({
      headers: {
        referer: `https://a.example/reset/${p.resetToken.value}?e=${encodeURIComponent(p.email.value)}`,
        location: `/cb#access_token=${p.access.value}`,
        'content-length': '0',
      },
    }),
    [p.resetToken, p.email, p.access],
  ],
  [
    'webhook signatures',
    () => ({
      headers: {
        'stripe-signature': `t=1768478400,v1=${p.signature.value}`,
        'x-hub-signature-256': `sha256=${p.hexKey.value}`,
        'x-slack-signature': `v0=${p.twilio.value}`,
      },
    }),
    [p.signature, p.hexKey, p.twilio],
  ],
  ['class with private list', () => ({ bag: new HeaderBag() }), all],
  [
    'response headers of axios',
    () => ({
      status: 429,
      headers: { 'retry-after': '30', 'set-cookie': [cookie], 'x-refresh-token': p.refresh.value },
    }),
    [p.sessionId, p.refresh],
    [429],
  ],
  [
    'gRPC metadata map',
    () => ({
      metadata: {
        internalRepr: new Map([
          ['authorization', [bearer]],
          ['cookie', [cookie]],
        ]),
        options: { idempotentRequest: false },
      },
    }),
    all,
  ],
  [
    'gRPC binary metadata',
    () => ({ metadata: { 'auth-token-bin': Buffer.from(p.access.value), 'grpc-timeout': '1S' } }),
    [p.access],
  ],
  [
    'gRPC metadata printed',
    () => `Metadata { internalRepr: Map(1) { 'authorization' => [ '${bearer}' ], 'cookie' => [ '${cookie}' ] } }`,
    all,
  ],
  [
    'AMQP properties',
    () => ({
      properties: {
        contentType: 'application/json',
        headers: { 'x-token': p.access.value, Authorization: bearer, 'x-death': [{ count: 3, queue: 'mail.retry' }] },
      },
    }),
    [p.access],
    ['mail.retry'],
  ],
  [
    'header line in an error-like text',
    () => ({ message: `unexpected header "Authorization: ${bearer}" at line 3` }),
    [p.access],
  ],
  [
    'HAR entry',
    () => ({
      log: {
        entries: [
          {
            time: 41.5,
            request: {
              method: 'GET',
              headers: [{ name: 'Cookie', value: cookie }],
              cookies: [{ name: 'sid', value: p.sessionId.value }],
              queryString: [{ name: 'access_token', value: p.access.value }],
            },
          },
        ],
      },
    }),
    all,
    [41.5, 'GET'],
  ],
])
