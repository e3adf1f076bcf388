/** What stands in header lines besides bearer tokens and cookies: keys, signatures, people, addresses. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const bearer = `Bearer ${p.access.value}`
const cookie = `sid=${p.sessionId.value}; theme=dark`
const all = [p.access, p.sessionId] as const

export const headerValues = payloads('headers', [
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
