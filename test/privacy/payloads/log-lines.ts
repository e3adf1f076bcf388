/** Lines and entries of other loggers, and what programs print: stacks, inspected objects, tables. */
import { inspect } from 'node:util'
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const user = { id: 7, email: p.email.value, password: p.plainPassword.value, nested: { token: p.access.value } }

export const logLines = payloads('bodies', [
  [
    'winston',
    () => ({
      level: 'info',
      message: `user ${p.email.value} signed in`,
      timestamp: '2026-01-15T12:00:00.000Z',
      meta: { password: p.password.value },
    }),
    [p.email, p.password],
  ],
  [
    'winston splat',
    () => ({ level: 'warn', message: 'login %s', splat: [p.email.value, { otp: p.otp.value }] }),
    [p.email, p.otp],
  ],
  [
    'bunyan',
    () => ({
      name: 'app',
      hostname: 'web-1',
      pid: 4711,
      level: 30,
      req: { headers: { cookie: `sid=${p.sessionId.value}` }, remoteAddress: p.ip.value },
      v: 0,
    }),
    [p.sessionId, p.ip],
    [4711],
  ],
  [
    'bunyan as text',
    () => `{"name":"app","level":30,"msg":"login","password":"${p.plainPassword.value}","v":0}`,
    [p.plainPassword],
  ],
  [
    'log4j text',
    () =>
      `2026-01-15 12:00:00,123 INFO [http-8080-1] c.a.LoginService - Login ok user=${p.username.value} password=${p.plainPassword.value} ms=12`,
    [p.username, p.plainPassword],
  ],
  [
    'log4j toString',
    () => `saved User(id=7, email=${p.email.value}, password=${p.plainPassword.value}, active=true)`,
    [p.email, p.plainPassword],
  ],
  ['Python repr', () => `User {'email': '${p.email.value}', 'pin': ${p.pin.value}, 'token': None}`, [p.email, p.pin]],
  [
    'Ruby inspect',
    () => `#<User id: 7, email: "${p.email.value}", encrypted_password: "${p.refresh.value}">`,
    [p.email, p.refresh],
  ],
  [
    'Rails parameters',
    () =>
      `Parameters: {"user"=>{"email"=>"${p.email.value}", "password"=>"${p.plainPassword.value}"}, "commit"=>"Log in"}`,
    [p.email, p.plainPassword],
  ],
  [
    'Go struct',
    () => `{ID:7 Email:${p.email.value} Password:${p.plainPassword.value} Age:41}`,
    [p.email, p.plainPassword],
  ],
  [
    'Go logfmt',
    () => `level=info msg="login ok" email=${p.email.value} token=${p.access.value} dur=12ms`,
    [p.email, p.access],
    ['dur=12ms'],
  ],
  ['PHP var_export', () => `array ( 'user' => 'x', 'password' => '${p.plainPassword.value}', )`, [p.plainPassword]],
  ['PHP print_r', () => `Array\n(\n    [user] => x\n    [password] => ${p.plainPassword.value}\n)`, [p.plainPassword]],
  [
    'PHP serialize',
    () => `a:1:{s:8:"password";s:${p.plainPassword.value.length}:"${p.plainPassword.value}";}`,
    [p.plainPassword],
  ],
  [
    'Apache combined',
    () =>
      `${p.ip.value} - ${p.username.value} [15/Jan/2026:12:00:00 +0000] "GET /reset?token=${p.resetToken.value} HTTP/1.1" 200 512 "-" "curl/8.5.0"`,
    [p.ip, p.resetToken],
  ],
  [
    'nginx error',
    () =>
      `2026/01/15 12:00:00 [error] 7#7: *1 upstream timed out, client: ${p.ip.value}, request: "GET /v1?api_key=${p.hexKey.value} HTTP/1.1", host: "a.example"`,
    [p.ip, p.hexKey],
  ],
  [
    'journald',
    () => ({
      _PID: '712',
      _COMM: 'sshd',
      MESSAGE: `Accepted password for ${p.username.value} from ${p.ip.value} port 51234 ssh2`,
      _CMDLINE: `app --secret ${p.hexKey.value}`,
    }),
    [p.ip, p.hexKey],
    ['712', 'sshd'],
  ],
  ['syslog of mail', () => `postfix/smtp[411]: 4F9: to=<${p.email.value}>, relay=mx.example, status=sent`, [p.email]],
  ['sudo', () => `sudo: deploy : COMMAND=/usr/bin/mysql -p${p.dbPassword.value}`, [p.dbPassword]],
  ['inspected object', () => inspect(user), [p.email, p.plainPassword, p.access]],
  [
    'inspected object under a name',
    () => ({ dump: inspect(user, { depth: 5, compact: false }) }),
    [p.email, p.plainPassword, p.access],
  ],
  ['inspected with colours', () => inspect(user, { colors: true }), [p.email, p.plainPassword, p.access]],
  ['inspected Map', () => inspect(new Map([['password', p.plainPassword.value]])), [p.plainPassword]],
  [
    'inspected class',
    () => `LoginDto { email: '${p.email.value}', password: '${p.plainPassword.value}' }`,
    [p.email, p.plainPassword],
  ],
  [
    'table',
    () =>
      `┌─────────┬──────────────────┐\n│ (index) │ email            │\n├─────────┼──────────────────┤\n│ 0       │ '${p.email.value}' │\n└─────────┴──────────────────┘`,
    [p.email],
  ],
  [
    'psql output',
    () => ` id | email | password\n----+-------+---------\n  1 | ${p.email.value} | ${p.plainPassword.value}\n(1 row)`,
    [p.email, p.plainPassword],
  ],
  [
    'stack as text',
    () => ({
      stack: `Error: login failed for ${p.email.value} with ${p.stripe.value}\n    at login (/app/src/login.ts:41:11)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`,
    }),
    [p.email, p.stripe],
  ],
  ['stack as a message', () => `TypeError: bad card ${p.card.value}\n    at pay (file:///app/pay.ts:7:3)`, [p.card]],
  [
    'error-like object',
    () => ({
      name: 'ValidationError',
      message: `"password" with value "${p.plainPassword.value}" fails`,
      code: 'E_VALIDATION',
      details: [{ context: { value: p.plainPassword.value, key: 'password' } }],
    }),
    [p.plainPassword],
    ['E_VALIDATION'],
  ],
  [
    'serialised error',
    () => ({
      err: {
        type: 'AxiosError',
        message: `Request failed for ${p.email.value}`,
        stack: `AxiosError: x ${p.access.value}\n    at f (/a.js:1:1)`,
        config: { headers: { Authorization: `Bearer ${p.access.value}` } },
      },
    }),
    [p.email, p.access],
  ],
  [
    'real error',
    () => ({ error: new Error(`no user ${p.email.value}`, { cause: new TypeError(p.stripe.value) }), attempt: 3 }),
    [p.email, p.stripe],
    [3],
  ],
  [
    'real error with fields',
    () => Object.assign(new Error('x'), { config: { password: p.password.value }, code: 'ECONNREFUSED' }),
    [p.password],
    ['ECONNREFUSED'],
  ],
  [
    'aggregate error',
    () => new AggregateError([new Error(p.email.value), { reason: p.stripe.value }], p.hexKey.value),
    [p.email, p.stripe, p.hexKey],
  ],
  [
    'heroku router',
    () =>
      `at=info method=GET path="/u?token=${p.resetToken.value}" host=a.example fwd="${p.ip.value}" status=200 bytes=512`,
    [p.resetToken, p.ip],
  ],
  [
    'docker json log',
    () => ({ log: `{"password":"${p.plainPassword.value}"}\n`, stream: 'stdout', time: '2026-01-15T12:00:00.000Z' }),
    [p.plainPassword],
    ['stdout'],
  ],
  [
    'git remote',
    () => `fatal: could not read from 'https://ingrid:${p.github.value}@github.com/acme/app.git'`,
    [p.github],
  ],
  [
    'newlines and a forged line',
    () => ({ agent: `x\n{"level":"ERROR","password":"${p.plainPassword.value}"}` }),
    [p.plainPassword],
  ],
  ['coredump of key=value', () => `a=1|password=${p.shortPassword.value}|b=2`, [p.shortPassword]],
  ['arrow notation', () => `password -> ${p.shortPassword.value}`, [p.shortPassword]],
  [
    'changed from to',
    () => `password changed from ${p.shortPassword.value} to ${p.newPassword.value}`,
    [p.shortPassword, p.newPassword],
  ],
])
