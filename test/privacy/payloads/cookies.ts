/** Cookies and sessions: by name they may be told, by value never. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const cookies = payloads('structures', [
  [
    'parsed cookies',
    () => ({ cookies: { sid: p.sessionId.value, theme: 'dark', csrf: p.csrf.value } }),
    [p.sessionId, p.csrf],
  ],
  ['signed cookies', () => ({ signedCookies: { 'connect.sid': p.connectSid.value } }), [p.connectSid]],
  ['cookie string', () => ({ cookie: `_ga=GA1.2.11.22; sid=${p.sessionId.value}` }), [p.sessionId]],
  [
    'cookie string under another name',
    () => ({ cookieHeader: `remember_me=${p.refresh.value}; lang=de` }),
    [p.refresh],
  ],
  ['document.cookie', () => ({ document: { cookie: `jwt=${p.jwt.value}` }, title: 'Checkout' }), [p.jwt], ['Checkout']],
  [
    'cookie jar of tough-cookie',
    () => ({
      jar: {
        version: 'tough-cookie@4.1.3',
        storeType: 'MemoryCookieStore',
        cookies: [{ key: 'sid', value: p.sessionId.value, domain: 'a.example', path: '/', httpOnly: true }],
      },
    }),
    [p.sessionId],
    ['MemoryCookieStore'],
  ],
  [
    'netscape cookie file',
    () => ({ cookiejar: `# Netscape HTTP Cookie File\n.a.example\tTRUE\t/\tTRUE\t0\tsid\t${p.sessionId.value}\n` }),
    [p.sessionId],
  ],
  [
    'playwright storage state',
    () => ({
      storageState: {
        cookies: [{ name: 'sid', value: p.sessionId.value, domain: '.a.example', sameSite: 'Lax' }],
        origins: [{ origin: 'https://a.example', localStorage: [{ name: 'token', value: p.access.value }] }],
      },
    }),
    [p.sessionId, p.access],
  ],
  [
    'localStorage dump',
    () => ({
      localStorage: {
        'oidc.user:https://id.example:web': JSON.stringify({ id_token: p.idToken.value, access_token: p.access.value }),
        theme: 'dark',
      },
    }),
    [p.idToken, p.access],
  ],
  [
    'redis session value',
    () => ({
      key: 'sess:count',
      value: JSON.stringify({
        cookie: { originalMaxAge: 3600000 },
        userId: 'usr_1',
        csrfSecret: p.csrf.value,
        email: p.email.value,
      }),
    }),
    [p.csrf, p.email],
  ],
  ['redis session key', () => ({ command: `GET sess:${p.sessionId.value}`, ms: 2 }), [p.sessionId], [2]],
  [
    'session store document',
    () => ({
      _id: p.sessionId.value,
      session: { user: { email: p.email.value, totpSecret: p.csrf.value } },
      expires: new Date('2026-02-01T00:00:00.000Z'),
    }),
    [p.email, p.csrf],
    ['2026-02-01T00:00:00.000Z'],
  ],
  [
    'flash and returnTo',
    () => ({ session: { returnTo: `/verify?token=${p.resetToken.value}`, flash: { error: ['Wrong PIN'] } } }),
    [p.resetToken],
  ],
  [
    'passport profile in the session',
    () => ({ passport: { user: { id: '118', displayName: p.name.value, emails: [{ value: p.email.value }] } } }),
    [p.name, p.email],
  ],
  [
    'session id names',
    () => ({
      PHPSESSID: p.sessionId.value,
      JSESSIONID: p.connectSid.value,
      'ASP.NET_SessionId': p.csrf.value,
      session_id: p.refresh.value,
    }),
    [p.sessionId, p.connectSid, p.csrf, p.refresh],
  ],
  [
    'next-auth cookies',
    () => ({
      cookies: new Map([
        ['__Secure-next-auth.session-token', p.jwt.value],
        ['__Host-next-auth.csrf-token', `${p.csrf.value}%7Cabc`],
      ]),
    }),
    [p.jwt, p.csrf],
  ],
  ['cookie in a sentence', () => `request carried cookie sid=${p.sessionId.value}; retrying in 5 s`, [p.sessionId]],
  [
    'Cookie object of express-session',
    () => ({
      sess: {
        cookie: { path: '/', expires: null, originalMaxAge: null, httpOnly: true },
        views: 4,
        token: p.csrf.value,
      },
    }),
    [p.csrf],
  ],
])
