/** Request and response objects as frameworks and Node hold them, or as loggers' serialisers make them. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

function incoming(): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  message.method = 'POST'
  message.url = `/reset?token=${p.resetToken.value}&lang=de`
  message.headers = {
    host: 'shop.example',
    authorization: `Bearer ${p.access.value}`,
    cookie: `sid=${p.sessionId.value}`,
  }
  message.rawHeaders = ['Host', 'shop.example', 'Authorization', `Bearer ${p.access.value}`]
  return message
}

function answered(): ServerResponse {
  const response = new ServerResponse(incoming())
  response.setHeader('Set-Cookie', [`sid=${p.sessionId.value}; HttpOnly`, `csrf=${p.csrf.value}`])
  response.writeHead(204)
  return response
}

export const requests = payloads('structures', [
  [
    'express-like request with body',
    () => ({
      req: {
        method: 'POST',
        originalUrl: `/login?next=%2Fhome&token=${p.resetToken.value}`,
        headers: { 'user-agent': 'curl/8.5.0', authorization: `Bearer ${p.access.value}`, 'content-length': '61' },
        body: { email: p.email.value, password: p.password.value, remember: true },
        ip: p.ip.value,
      },
      durationMs: 18,
    }),
    [p.resetToken, p.access, p.email, p.password, p.ip],
    ['POST', 18],
  ],
  [
    'koa context toJSON shape',
    () => ({
      request: {
        method: 'PUT',
        url: `/users/4711?key=${p.hexKey.value}`,
        header: { cookie: `koa.sess=${p.sessionId.value}; koa.sess.sig=${p.signature.value}` },
      },
      response: {
        status: 422,
        message: 'Unprocessable Entity',
        header: { 'content-type': 'application/json', 'set-cookie': [`koa.sess=${p.connectSid.value}; path=/`] },
      },
      app: { subdomainOffset: 2, proxy: false, env: 'production' },
    }),
    [p.hexKey, p.sessionId, p.signature, p.connectSid],
    ['PUT', 422, 'production'],
  ],
  [
    'fastify request serialised',
    () => ({
      reqId: 'req-1a',
      req: {
        method: 'GET',
        url: `/me?access_token=${p.access.value}`,
        hostname: 'api.internal:3000',
        remoteAddress: p.ip.value,
        remotePort: 54321,
      },
      responseTime: 3.25,
    }),
    [p.access, p.ip],
    ['req-1a', 'GET', 3.25],
  ],
  ['real IncomingMessage', incoming, [p.resetToken, p.access, p.sessionId]],
  ['real ServerResponse', answered, [p.sessionId, p.csrf]],
  [
    'message within a list',
    () => ({ calls: [incoming(), answered()], attempts: 2 }),
    [p.resetToken, p.access, p.sessionId, p.csrf],
    [2],
  ],
  [
    'session and user on a request',
    () => ({
      path: '/orders/:id',
      user: {
        id: 'usr_8f3k2p',
        email: p.email.value,
        passwordHash: `$2b$12$${p.refresh.value}Qw8Zx3Lt6Rm1Vn9Kb4Hd7Psu`,
      },
      session: {
        cookie: { maxAge: 86400000, httpOnly: true },
        csrfSecret: p.csrf.value,
        passport: { user: p.username.value },
      },
      sessionID: p.sessionId.value,
    }),
    [p.email, p.refresh, p.csrf, p.username, p.sessionId],
    ['/orders/:id'],
  ],
  [
    'query and params',
    () => ({
      route: '/users/:userId/verify/:code',
      params: { userId: '42', code: p.otp.value },
      query: { email: p.email.value, signature: p.signature.value, page: '3' },
    }),
    [p.otp, p.email, p.signature],
    ['/users/:userId/verify/:code'],
  ],
  [
    'lambda proxy event, API gateway 1',
    () => ({
      resource: '/v1/{proxy+}',
      httpMethod: 'POST',
      headers: { Authorization: `Bearer ${p.jwt.value}`, 'X-Forwarded-For': `${p.ip.value}, ${p.ipTwo.value}` },
      multiValueHeaders: { Cookie: [`sid=${p.sessionId.value}`] },
      queryStringParameters: { api_key: p.hexKey.value },
      requestContext: {
        stage: 'prod',
        identity: { sourceIp: p.ip.value, apiKey: p.clientSecret.value },
        requestTimeEpoch: 1768478400123,
      },
      body: JSON.stringify({ pin: p.pin.value, amount: 1999 }),
      isBase64Encoded: false,
    }),
    [p.jwt, p.ip, p.ipTwo, p.sessionId, p.hexKey, p.clientSecret, p.pin],
    ['/v1/{proxy+}', 'prod', 1768478400123],
  ],
  [
    'lambda event with base64 body',
    () => ({
      version: '2.0',
      routeKey: 'POST /pay',
      cookies: [`sid=${p.sessionId.value}`],
      body: Buffer.from(JSON.stringify({ card: p.card.value, cvv: p.cvv.value })).toString('base64'),
      isBase64Encoded: true,
    }),
    [p.sessionId, p.card, p.cvv],
    ['2.0', 'POST /pay'],
  ],
  [
    'cloudfront event',
    () => ({
      Records: [
        {
          cf: {
            config: { eventType: 'viewer-request' },
            request: {
              clientIp: p.ipv6.value,
              method: 'GET',
              querystring: `sig=${p.signature.value}`,
              headers: {
                cookie: [{ key: 'Cookie', value: `sid=${p.sessionId.value}` }],
                authorization: [{ key: 'Authorization', value: `Basic ${p.basic.value}` }],
              },
            },
          },
        },
      ],
    }),
    [p.ipv6, p.signature, p.sessionId, p.basic, p.basicPassword],
    ['viewer-request', 'GET'],
  ],
  [
    'cloudflare worker request facts',
    () => ({
      method: 'GET',
      cf: {
        colo: 'FRA',
        city: p.city.value,
        postalCode: p.postcode.value,
        latitude: p.latitude.value,
        longitude: p.longitude.value,
        tlsVersion: 'TLSv1.3',
      },
    }),
    [p.city, p.postcode, p.latitude, p.longitude],
    ['FRA', 'TLSv1.3'],
  ],
  [
    'fetch Request',
    () =>
      new Request(`https://api.example/v1/users?token=${p.resetToken.value}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${p.access.value}` },
        body: p.password.value,
      }),
    [p.resetToken, p.access],
  ],
  [
    'fetch Response',
    () => ({
      response: new Response(JSON.stringify({ token: p.access.value }), {
        status: 201,
        headers: { 'set-cookie': `sid=${p.sessionId.value}` },
      }),
      took: 12,
    }),
    [p.sessionId],
    [12],
  ],
  [
    'uploaded file of multer',
    () => ({
      file: {
        fieldname: 'passport_scan',
        originalname: `${p.lastName.value}.png`,
        mimetype: 'image/png',
        size: 20481,
        buffer: Buffer.from(p.passport.value.repeat(3)),
      },
    }),
    [p.lastName, p.passport],
    ['image/png', 20481],
  ],
  [
    'websocket handshake',
    () => ({
      type: 'upgrade',
      headers: {
        upgrade: 'websocket',
        'sec-websocket-protocol': `bearer, ${p.access.value}`,
        origin: 'https://app.example',
      },
      url: `/ws?ticket=${p.magicToken.value}`,
    }),
    [p.access, p.magicToken],
    ['upgrade'],
  ],
  [
    'socket.io handshake',
    () => ({
      nsp: '/chat',
      handshake: {
        auth: { token: p.access.value },
        query: { EIO: '4', transport: 'websocket', token: p.csrf.value },
        address: `::ffff:${p.ip.value}`,
        secure: true,
      },
    }),
    [p.access, p.csrf, p.ip],
    ['/chat', true],
  ],
  [
    'hapi request info',
    () => ({
      info: {
        remoteAddress: p.ip.value,
        received: 1768478400123,
        referrer: `https://shop.example/reset/${p.resetToken.value}`,
      },
      auth: {
        isAuthenticated: true,
        credentials: { user: p.username.value, key: p.hexKey.value },
        strategy: 'session',
      },
    }),
    [p.ip, p.resetToken, p.username, p.hexKey],
    ['session', 1768478400123],
  ],
])
