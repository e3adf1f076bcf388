/** Spans, metrics, flags, crash reports, analytics: attributes are named with dots and hold what callers put there. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const telemetry = payloads('structures', [
  [
    'span attributes',
    () => ({
      name: 'POST /login',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      attributes: {
        'http.request.method': 'POST',
        'url.full': `https://a.example/login?token=${p.resetToken.value}`,
        'client.address': p.ip.value,
        'enduser.id': p.email.value,
        'http.request.header.authorization': [`Bearer ${p.access.value}`],
      },
    }),
    [p.resetToken, p.ip, p.email, p.access],
    ['4bf92f3577b34da6a3ce929d0e0e4736', 'POST'],
  ],
  [
    'span of a statement',
    () => ({
      attributes: {
        'db.system': 'postgresql',
        'db.statement': `SELECT * FROM u WHERE email = '${p.email.value}'`,
        'db.query.parameter.0': p.name.value,
      },
    }),
    [p.email, p.name],
    ['postgresql'],
  ],
  [
    'OTLP attributes',
    () => ({
      attributes: [
        { key: 'user.email', value: { stringValue: p.email.value } },
        { key: 'http.status_code', value: { intValue: 200 } },
        { key: 'app.api_key', value: { stringValue: p.hexKey.value } },
      ],
    }),
    [p.email, p.hexKey],
    [200],
  ],
  [
    'OTLP as text',
    () => ({
      body: JSON.stringify({
        resourceSpans: [
          {
            scopeSpans: [
              { spans: [{ attributes: [{ key: 'user.password', value: { stringValue: p.password.value } }] }] },
            ],
          },
        ],
      }),
    }),
    [p.password],
  ],
  [
    'metric labels',
    () => ({
      metric: 'logins_total',
      labels: { user: p.username.value, email: p.email.value, status: '200' },
      value: 41,
    }),
    [p.username, p.email],
    ['logins_total', 41],
  ],
  ['Prometheus text', () => `logins_total{email="${p.email.value}",ip="${p.ip.value}"} 41`, [p.email, p.ip]],
  ['statsd', () => `login.ok:1|c|#user:${p.email.value},env:prod`, [p.email]],
  [
    'sentry event',
    () => ({
      event_id: 'fc6d8c0c43fc4630ad850ee518f1b9d0',
      user: { email: p.email.value, ip_address: p.ip.value, username: p.username.value },
      request: {
        url: 'https://a.example/',
        cookies: `sid=${p.sessionId.value}`,
        data: { password: p.password.value },
        env: { REMOTE_ADDR: p.ip.value },
      },
      extra: { arguments: [p.stripe.value] },
      breadcrumbs: [{ category: 'xhr', data: { url: `/v1?key=${p.hexKey.value}` } }],
    }),
    [p.email, p.ip, p.username, p.sessionId, p.password, p.stripe, p.hexKey],
    ['fc6d8c0c43fc4630ad850ee518f1b9d0'],
  ],
  [
    'sentry frame variables',
    () => ({
      frames: [
        {
          function: 'login',
          lineno: 41,
          vars: { password: `'${p.plainPassword.value}'`, self: `<User ${p.email.value}>` },
        },
      ],
    }),
    [p.plainPassword, p.email],
    ['login', 41],
  ],
  [
    'segment identify',
    () => ({
      type: 'identify',
      anonymousId: '507f191e-8100-4f2a-9a3b-1c2d3e4f5a6b',
      traits: { name: p.name.value, email: p.email.value, phone: p.phoneE164.value, plan: 'pro' },
      context: { ip: p.ip.value, library: { name: 'analytics.js', version: '2.11.1' } },
    }),
    [p.name, p.email, p.phoneE164, p.ip],
    ['identify', 'pro', '2.11.1'],
  ],
  [
    'amplitude',
    () => ({
      api_key: p.hexKey.value,
      events: [
        {
          user_id: p.email.value,
          event_type: 'click',
          location_lat: Number(p.latitude.value),
          user_properties: { firstName: p.firstName.value },
        },
      ],
    }),
    [p.hexKey, p.email, p.latitude, p.firstName],
    ['click'],
  ],
  [
    'feature flags',
    () => ({
      flagKey: 'new-checkout',
      variation: 'on',
      context: { kind: 'user', key: p.email.value, email: p.email.value, country: 'DE' },
      sdkKey: p.hexKey.value,
    }),
    [p.email, p.hexKey],
    ['new-checkout', 'on'],
  ],
  [
    'user agent data and address',
    () => ({
      client: {
        ip: p.ipv6.value,
        geo: { city_name: p.city.value, location: { lat: Number(p.latitude.value), lon: Number(p.longitude.value) } },
      },
      event: { action: 'login', duration: 1200000 },
    }),
    [p.ipv6, p.city, p.latitude],
    ['login', 1200000],
  ],
  [
    'ECS',
    () => ({
      'user.email': p.email.value,
      'user.full_name': p.name.value,
      'source.ip': p.ip.value,
      'http.response.status_code': 403,
      'process.command_line': `app --token ${p.access.value}`,
    }),
    [p.email, p.name, p.ip, p.access],
    [403],
  ],
  [
    'baggage',
    () => ({ baggage: `userEmail=${encodeURIComponent(p.email.value)},tenant=t1`, tracestate: 'vendor=1' }),
    [p.email],
  ],
  [
    'CSP report',
    () => ({
      'csp-report': {
        'document-uri': `https://a.example/reset/${p.resetToken.value}`,
        'violated-directive': 'script-src',
        'status-code': 200,
      },
    }),
    [p.resetToken],
    ['script-src', 200],
  ],
  [
    'keyboard recording',
    () => ({ type: 'input', target: 'input[type=password]', value: p.plainPassword.value, at: 1200 }),
    [p.plainPassword],
    ['input', 1200],
  ],
  [
    'crash of a phone',
    () => ({
      appVersion: '4.2.1',
      device: { owner: p.name.value, imei: '490154203237518' },
      logcat: `D/Auth: token=${p.access.value}`,
    }),
    [p.name, p.access],
    ['4.2.1'],
  ],
])
