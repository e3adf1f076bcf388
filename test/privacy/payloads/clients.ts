/** Objects of client libraries: HTTP clients, queues, brokers, workers. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const bearer = `Bearer ${p.access.value}`

export const clients = payloads('structures', [
  [
    'axios config',
    () => ({
      config: {
        method: 'post',
        baseURL: 'https://a.example',
        url: '/token',
        headers: { Authorization: bearer },
        auth: { username: p.username.value, password: p.basicPassword.value },
        data: `{"otp":"${p.otp.value}"}`,
        timeout: 5000,
      },
    }),
    [p.access, p.username, p.basicPassword, p.otp],
    ['post', 5000],
  ],
  [
    'axios response',
    () => ({
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'set-cookie': [`sid=${p.sessionId.value}`] },
      data: { error: 'invalid_grant', login_hint: p.email.value },
      config: { params: { api_key: p.hexKey.value } },
    }),
    [p.sessionId, p.email, p.hexKey],
    [401, 'invalid_grant'],
  ],
  [
    'got options',
    () => ({
      options: {
        method: 'GET',
        searchParams: { token: p.resetToken.value },
        password: p.basicPassword.value,
        headers: { cookie: `s=${p.sessionId.value}` },
        retry: { limit: 2 },
      },
    }),
    [p.resetToken, p.basicPassword, p.sessionId],
    ['GET', 2],
  ],
  [
    'fetch init',
    () => ({
      init: {
        method: 'POST',
        headers: [['authorization', bearer]],
        body: new URLSearchParams({ password: p.password.value }),
      },
    }),
    [p.access, p.password],
    ['POST'],
  ],
  [
    'superagent',
    () => ({
      req: {
        method: 'POST',
        url: `https://a.example?key=${p.hexKey.value}`,
        data: { password: p.password.value },
        headers: { 'x-api-key': p.csrf.value },
      },
    }),
    [p.hexKey, p.password, p.csrf],
    ['POST'],
  ],
  [
    'node request options',
    () => ({
      options: {
        host: 'a.example',
        port: 443,
        path: `/x?sig=${p.signature.value}`,
        auth: `ingrid:${p.basicPassword.value}`,
        agent: false,
      },
    }),
    [p.signature, p.basicPassword],
    [443],
  ],
  [
    'kafka message',
    () => ({
      topic: 'users.v1',
      partition: 3,
      message: {
        key: Buffer.from(p.email.value),
        value: Buffer.from(JSON.stringify({ ssn: p.ssn.value })),
        offset: '4711',
        headers: { authorization: Buffer.from(bearer) },
      },
    }),
    [p.email, p.ssn, p.access],
    ['users.v1', '4711'],
  ],
  [
    'kafka message as text',
    () => ({
      topic: 'users.v1',
      value: JSON.stringify({ email: p.email.value, password: p.password.value }),
      key: p.phoneE164.value,
    }),
    [p.email, p.password, p.phoneE164],
    ['users.v1'],
  ],
  [
    'kafka config',
    () => ({
      brokers: ['k1:9092'],
      sasl: { mechanism: 'scram-sha-512', username: 'svc', password: p.dbPassword.value },
      ssl: { key: `-----BEGIN PRIVATE KEY-----${p.privateKey.value}` },
    }),
    [p.dbPassword, p.privateKey],
    ['scram-sha-512'],
  ],
  [
    'BullMQ job',
    () => ({
      id: '118',
      name: 'send-mail',
      data: { to: p.email.value, resetLink: `https://a.example/r/${p.resetToken.value}` },
      opts: { attempts: 3, delay: 1000 },
      attemptsMade: 1,
      stacktrace: [`Error: ${p.email.value}\n    at f (/a.js:1:1)`],
    }),
    [p.email, p.resetToken],
    ['send-mail', 3, 1000],
  ],
  [
    'SQS record',
    () => ({
      Records: [
        {
          messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
          receiptHandle: p.base64Key.value,
          body: JSON.stringify({ password: p.password.value }),
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    }),
    [p.password],
    ['059f36b4-87a3-44ab-83d2-661975830a7d'],
  ],
  [
    'SNS in SQS',
    () => ({
      body: JSON.stringify({
        Type: 'Notification',
        Message: JSON.stringify({ email: p.email.value, token: p.resetToken.value }),
        SigningCertURL: 'https://sns.example/x.pem',
      }),
    }),
    [p.email, p.resetToken],
  ],
  [
    'Pub/Sub push',
    () => ({
      message: {
        data: Buffer.from(JSON.stringify({ phone: p.phoneE164.value })).toString('base64'),
        messageId: '136969346945',
        attributes: { region: 'eu' },
      },
      subscription: 'projects/p/subscriptions/s',
    }),
    [p.phoneE164],
    ['136969346945'],
  ],
  [
    'EventBridge',
    () => ({
      'detail-type': 'UserSignedUp',
      source: 'acme.users',
      detail: { profile: { email: p.email.value, ip: p.ip.value }, plan: 'team' },
    }),
    [p.email, p.ip],
    ['UserSignedUp', 'acme.users'],
  ],
  [
    'RabbitMQ message',
    () => ({
      fields: { deliveryTag: 7, exchange: 'mail', routingKey: 'mail.send' },
      content: Buffer.from(JSON.stringify({ pin: p.pin.value, to: p.email.value })),
    }),
    [p.pin, p.email],
    [7, 'mail.send'],
  ],
  [
    'MQTT connect',
    () => ({
      cmd: 'connect',
      clientId: 'dev-7',
      username: p.username.value,
      password: Buffer.from(p.dbPassword.value),
      keepalive: 60,
    }),
    [p.username, p.dbPassword],
    ['connect', 60],
  ],
  [
    'Temporal workflow',
    () => ({
      workflowType: 'onboard',
      args: [{ applicant: { fullName: p.name.value, ssn: p.ssn.value } }],
      attempt: 2,
    }),
    [p.name, p.ssn],
    ['onboard', 2],
  ],
  [
    'Celery task',
    () =>
      `Task app.mail.send[018f3f2e-7c1a-7b3d-9e55-3c1d2a4b5c6d] received args=('${p.email.value}',) kwargs={'password': '${p.plainPassword.value}'}`,
    [p.email, p.plainPassword],
  ],
  [
    'ssh2 config',
    () => ({
      host: 'build',
      port: 22,
      username: 'root',
      privateKey: Buffer.from(`-----BEGIN RSA PRIVATE KEY-----\n${p.privateKey.value}`),
      passphrase: p.spacedPassword.value,
    }),
    [p.privateKey, p.spacedPassword],
    [22],
  ],
  [
    'pg client',
    () => ({
      connectionParameters: { user: 'app', host: 'db', port: 5432, password: p.dbPassword.value, binary: false },
      _ending: false,
    }),
    [p.dbPassword],
    [5432],
  ],
  [
    'mongoose connection',
    () => ({
      _connectionString: `mongodb://app:${p.mongoPassword.value}@h/app`,
      credentials: { username: 'app', password: p.mongoPassword.value },
      readyState: 2,
    }),
    [p.mongoPassword],
    [2],
  ],
  [
    'S3 command',
    () => ({
      input: {
        Bucket: 'b',
        Key: `scans/${p.passport.value}.pdf`,
        SSECustomerKey: p.base64Key.value,
        ContentType: 'application/pdf',
      },
    }),
    [p.base64Key],
    ['application/pdf'],
  ],
  [
    'puppeteer fill',
    () => ({ action: 'type', selector: '#password', text: p.plainPassword.value, delay: 20 }),
    [p.plainPassword],
    ['#password', 20],
  ],
  [
    'tRPC',
    () => ({
      path: 'user.login',
      type: 'mutation',
      input: { 0: { json: { email: p.email.value, password: p.password.value } } },
      ms: 12,
    }),
    [p.email, p.password],
    ['user.login', 12],
  ],
  [
    'tRPC raw input',
    () => ({ procedure: 'user.login', rawInput: { email: p.email.value, password: p.password.value } }),
    [p.email, p.password],
    ['user.login'],
  ],
  [
    'JSON-RPC',
    () => ({ jsonrpc: '2.0', method: 'auth.login', params: [p.username.value, p.password.value], id: 4 }),
    [p.username, p.password],
    ['auth.login'],
  ],
])
