/** Secrets and people in URLs: query, path, fragment, userinfo, matrix parameters, and links people receive. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const email = encodeURIComponent(p.email.value)

export const urls = payloads('structures', [
  [
    'query token',
    () => ({ url: `https://a.example/cb?code=${p.authCode.value}&state=${p.csrf.value}` }),
    [p.authCode, p.csrf],
  ],
  [
    'relative with query',
    () => ({ url: `/v2/search?q=shoes&apikey=${p.hexKey.value}`, status: 200 }),
    [p.hexKey],
    [200],
  ],
  ['userinfo', () => ({ url: `https://ingrid:${p.basicPassword.value}@a.example/repo.git` }), [p.basicPassword]],
  [
    'userinfo, token only',
    () => ({ remote: `https://${p.github.value}@github.com/acme/app.git`, branch: 'main' }),
    [p.github],
    ['main'],
  ],
  [
    'userinfo percent-encoded',
    () => ({ endpoint: `https://svc:${encodeURIComponent(p.dbPasswordEncoded.value)}@a.example` }),
    [p.dbPasswordEncoded],
  ],
  ['fragment', () => ({ href: `https://a.example/app#access_token=${p.access.value}&token_type=bearer` }), [p.access]],
  ['fragment route', () => ({ location: `https://a.example/#/reset/${p.resetToken.value}` }), [p.resetToken]],
  ['matrix parameters', () => ({ path: `/app;jsessionid=${p.sessionId.value}/home` }), [p.sessionId]],
  ['path token', () => ({ url: `https://a.example/invite/${p.magicToken.value}/accept` }), [p.magicToken]],
  ['path e-mail', () => ({ url: `https://a.example/users/${email}/orders` }), [p.email]],
  ['path e-mail raw', () => ({ path: `/users/${p.email.value}/orders` }), [p.email]],
  [
    'magic link in a sentence',
    () => `Sent sign-in link https://a.example/auth/magic?token=${p.magicToken.value}&email=${email} in 120 ms`,
    [p.magicToken, p.email],
  ],
  [
    'reset link in a mail body',
    () => ({ text: `Hello,\nreset here: https://a.example/reset/${p.resetToken.value}.\nBye` }),
    [p.resetToken],
  ],
  [
    'link in Markdown',
    () => ({ comment: `see [this](https://a.example/d?sig=${p.signature.value}) please` }),
    [p.signature],
  ],
  [
    'link in HTML',
    () => ({ html: `<a href="https://a.example/confirm?token=${p.resetToken.value}&amp;u=${email}">Confirm</a>` }),
    [p.resetToken, p.email],
  ],
  [
    'deep link',
    () => ({ deeplink: `myapp://login?otp=${p.otp.value}&phone=${encodeURIComponent(p.phoneE164.value)}` }),
    [p.otp, p.phoneE164],
  ],
  ['intent link', () => `intent://scan/#Intent;scheme=zxing;S.token=${p.magicToken.value};end`, [p.magicToken]],
  [
    'otpauth',
    () => ({ uri: `otpauth://totp/Acme:${p.email.value}?secret=${p.totp.value}&issuer=Acme&digits=6` }),
    [p.email],
  ],
  ['mailto', () => ({ link: `mailto:${p.email.value}?subject=Hi` }), [p.email]],
  ['tel', () => ({ link: `tel:${p.phoneE164.value}` }), [p.phoneE164]],
  [
    'calendar feed',
    () => ({ feed: `webcal://cal.example/ical/${email}/private-${p.hexKey.value}/basic.ics` }),
    [p.email, p.hexKey],
  ],
  [
    'presigned S3',
    () => ({
      url: `https://bucket.s3.eu-west-1.amazonaws.com/scan.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${p.awsKey.value}%2F20260115%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Security-Token=${p.awsSession.value}&X-Amz-Signature=${p.signature.value}`,
    }),
    [p.awsKey, p.awsSession, p.signature],
  ],
  [
    'presigned S3 in prose',
    () =>
      `uploaded to https://bucket.s3.amazonaws.com/a.pdf?AWSAccessKeyId=${p.awsKey.value}&Signature=${encodeURIComponent(p.base64Key.value)}&Expires=1768478400`,
    [p.awsKey, p.base64Key],
  ],
  [
    'Azure SAS',
    () => ({
      blobUrl: `https://acct.blob.core.windows.net/c/f?sv=2024-08-04&se=2026-01-16T00%3A00Z&sr=b&sp=r&sig=${encodeURIComponent(p.base64Key.value)}`,
    }),
    [p.base64Key],
  ],
  [
    'GCS signed',
    () => ({
      downloadUrl: `https://storage.googleapis.com/b/o?X-Goog-Credential=svc%40proj.iam&X-Goog-Signature=${p.signature.value}`,
    }),
    [p.signature],
  ],
  ['slack hook', () => ({ webhookUrl: `https://hooks.slack.com/services/${p.slackHook.value}` }), [p.slackHook]],
  [
    'slack hook in prose',
    () => `posting to https://hooks.slack.com/services/${p.slackHook.value} failed with 404`,
    [p.slackHook],
  ],
  [
    'discord hook',
    () => ({ hook: `https://discord.com/api/webhooks/112233445566778899/${p.magicToken.value}` }),
    [p.magicToken],
  ],
  ['telegram bot', () => `GET https://api.telegram.org/bot${p.telegram.value}/getMe 200`, [p.telegram]],
  [
    'redirect within a redirect',
    () => ({
      url: `https://a.example/login?next=${encodeURIComponent(`/cb?token=${p.resetToken.value}&email=${email}`)}`,
    }),
    [p.resetToken, p.email],
  ],
  [
    'URL object',
    () => ({ target: new URL(`https://u:${p.basicPassword.value}@a.example/x?key=${p.hexKey.value}`), tries: 2 }),
    [p.basicPassword, p.hexKey],
    [2],
  ],
  [
    'URLSearchParams',
    () => ({
      params: new URLSearchParams({ grant_type: 'password', username: p.username.value, password: p.password.value }),
    }),
    [p.username, p.password],
  ],
  [
    'legacy url.parse',
    () => ({
      protocol: 'https:',
      auth: `ingrid:${p.basicPassword.value}`,
      host: 'a.example',
      search: `?t=${p.resetToken.value}`,
      query: `t=${p.resetToken.value}`,
      path: `/x?t=${p.resetToken.value}`,
      href: `https://ingrid:${p.basicPassword.value}@a.example/x?t=${p.resetToken.value}`,
    }),
    [p.basicPassword, p.resetToken],
  ],
  ['query string under search', () => ({ search: `?session=${p.sessionId.value}&page=2` }), [p.sessionId]],
  [
    'query string under rawQuery',
    () => ({ rawQuery: `user=${email}&pw=${encodeURIComponent(p.password.value)}` }),
    [p.email, p.password],
  ],
  [
    'doubly encoded parameter',
    () => ({ url: `/go?u=${encodeURIComponent(encodeURIComponent(`mail=${p.email.value}`))}` }),
    [p.email],
  ],
  ['upper-case scheme', () => ({ url: `HTTPS://A.EXAMPLE/x?TOKEN=${p.resetToken.value}` }), [p.resetToken]],
  ['protocol-relative', () => ({ src: `//cdn.example/p?sig=${p.signature.value}` }), [p.signature]],
  ['ws with token', () => `connecting wss://rt.example/socket?auth=${p.access.value}`, [p.access]],
  ['ftp with password', () => `mirror ftp://ingrid:${p.basicPassword.value}@files.example/in/ done`, [p.basicPassword]],
  [
    'data URL',
    () => ({
      avatar: `data:application/json;base64,${Buffer.from(JSON.stringify({ email: p.email.value })).toString('base64')}`,
    }),
    [p.email],
  ],
  [
    'OAuth error redirect',
    () => ({ redirect_uri: `https://a.example/cb?error=access_denied&login_hint=${email}` }),
    [p.email],
  ],
  [
    'SAML redirect',
    () => ({
      url: `https://idp.example/sso?SAMLRequest=${encodeURIComponent(Buffer.from(`<NameID>${p.email.value}</NameID>`).toString('base64'))}`,
    }),
    [p.email],
  ],
  [
    'unsubscribe link',
    () => `List-Unsubscribe: <https://m.example/u/${Buffer.from(p.email.value).toString('base64url')}>`,
    [p.email],
  ],
  [
    'map link',
    () => ({ link: `https://maps.example/?q=${p.latitude.value},${p.longitude.value}` }),
    [p.latitude, p.longitude],
  ],
])
