/** Credentials and configurations of clouds, and token families wherever they stand. */
import { type Payload, payloads } from '../payload.ts'
import { type Planted, planted as p } from '../planted.ts'

const pem = `-----BEGIN PRIVATE KEY-----\n${p.privateKey.value.slice(0, 64)}\n${p.privateKey.value.slice(64)}\n-----END PRIVATE KEY-----\n`
const serviceAccount = {
  type: 'service_account',
  project_id: 'acme-prod',
  private_key_id: '5be1c2f09a7d4e3388f1b6c0d2a4e6f8091b3c5d',
  private_key: pem,
  client_email: 'svc@acme-prod.iam.gserviceaccount.com',
  client_id: '112233445566778899001',
}

const families: readonly (readonly [string, Planted])[] = [
  ['stripe', p.stripe],
  ['stripe restricted', p.stripeRestricted],
  ['stripe webhook', p.webhookSecret],
  ['github', p.github],
  ['github fine-grained', p.githubFine],
  ['gitlab', p.gitlab],
  ['slack', p.slack],
  ['aws key', p.awsKey],
  ['aws temporary', p.awsTemporary],
  ['google', p.google],
  ['google oauth', p.googleOauth],
  ['sendgrid', p.sendgrid],
  ['npm', p.npm],
  ['openai', p.openai],
  ['anthropic', p.anthropic],
  ['huggingface', p.huggingface],
  ['telegram', p.telegram],
  ['digitalocean', p.digitalocean],
  ['shopify', p.shopify],
  ['docker', p.docker],
  ['pypi', p.pypi],
  ['vault', p.vault],
  ['databricks', p.databricks],
  ['linear', p.linear],
  ['square', p.square],
  ['new relic', p.newRelic],
  ['postman', p.postman],
  ['discord', p.discord],
  ['jwt', p.jwt],
]

const configurations = payloads('structures', [
  [
    'AWS credentials',
    () => ({
      credentials: {
        accessKeyId: p.awsKey.value,
        secretAccessKey: p.awsSecret.value,
        sessionToken: p.awsSession.value,
      },
      region: 'eu-west-1',
    }),
    [p.awsKey, p.awsSecret, p.awsSession],
    ['eu-west-1'],
  ],
  [
    'AWS credentials as from STS',
    () => ({
      Credentials: {
        AccessKeyId: p.awsTemporary.value,
        SecretAccessKey: p.awsSecret.value,
        SessionToken: p.awsSession.value,
        Expiration: '2026-01-15T13:00:00Z',
      },
    }),
    [p.awsTemporary, p.awsSecret, p.awsSession],
  ],
  [
    'AWS credentials file',
    () =>
      `[default]\naws_access_key_id = ${p.awsKey.value}\naws_secret_access_key = ${p.awsSecret.value}\nregion = eu-west-1`,
    [p.awsKey, p.awsSecret],
  ],
  [
    'AWS environment',
    () =>
      `AWS_ACCESS_KEY_ID=${p.awsKey.value} AWS_SECRET_ACCESS_KEY=${p.awsSecret.value} AWS_SESSION_TOKEN=${p.awsSession.value}`,
    [p.awsKey, p.awsSecret, p.awsSession],
  ],
  ['GCP service account', () => serviceAccount, [p.privateKey], ['service_account']],
  [
    'GCP service account as text',
    () => ({ GOOGLE_APPLICATION_CREDENTIALS_JSON: JSON.stringify(serviceAccount) }),
    [p.privateKey],
  ],
  [
    'GCP service account in base64',
    () => ({ keyfile: Buffer.from(JSON.stringify(serviceAccount)).toString('base64') }),
    [p.privateKey],
  ],
  ['GCP service account in a message', () => `using ${JSON.stringify(serviceAccount)}`, [p.privateKey]],
  [
    'Azure app',
    () => ({
      tenantId: '72f988bf-86f1-41af-91ab-2d7cd011db47',
      clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      clientSecret: p.clientSecret.value,
    }),
    [p.clientSecret],
  ],
  [
    'Azure storage',
    () => ({
      accountName: 'acct',
      accountKey: p.azureKey.value,
      sasToken: `?sv=2024-08-04&sig=${encodeURIComponent(p.base64Key.value)}`,
    }),
    [p.azureKey, p.base64Key],
  ],
  ['PEM', () => ({ cert: pem }), [p.privateKey]],
  ['PEM as a message', () => `key loaded: ${pem}`, [p.privateKey]],
  ['PEM in one line', () => ({ value: pem.replaceAll('\n', '\\n') }), [p.privateKey]],
  ['PEM cut short', () => ({ value: pem.slice(0, 100) }), [p.privateKey]],
  ['PEM in JSON in a string', () => ({ body: JSON.stringify(JSON.stringify({ tls: { key: pem } })) }), [p.privateKey]],
  [
    'OpenSSH key',
    () => ({ value: `-----BEGIN OPENSSH PRIVATE KEY-----\n${p.privateKey.value}\n-----END OPENSSH PRIVATE KEY-----` }),
    [p.privateKey],
  ],
  ['JWK', () => ({ kty: 'oct', kid: 'key-2026-01', k: p.hexKey.value, alg: 'HS256' }), [p.hexKey], ['HS256']],
  [
    'JWK of a key pair',
    () => ({
      jwk: { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', d: p.base64Key.value },
    }),
    [p.base64Key],
    ['P-256'],
  ],
  [
    'TLS options',
    () => ({ https: { key: pem, cert: 'server.crt', passphrase: p.spacedPassword.value, port: 443 } }),
    [p.privateKey, p.spacedPassword],
    [443],
  ],
  [
    'firebase',
    () => ({
      apiKey: p.google.value,
      projectId: 'acme',
      messagingSenderId: '1122334455',
      appId: '1:1122334455:web:abcdef',
    }),
    [p.google],
  ],
  [
    'heroku config',
    () => ({
      config_vars: { DATABASE_URL: `postgres://u:${p.dbPassword.value}@h/d`, SENDGRID_API_KEY: p.sendgrid.value },
    }),
    [p.dbPassword, p.sendgrid],
  ],
  [
    'vault response',
    () => ({
      request_id: '018f3f2e-7c1a-7b3d-9e55-3c1d2a4b5c6d',
      lease_duration: 2764800,
      data: { data: { password: p.dbPassword.value } },
      auth: { client_token: p.vault.value },
    }),
    [p.dbPassword, p.vault],
    [2764800],
  ],
  [
    'secrets manager',
    () => ({
      ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db',
      SecretString: JSON.stringify({ username: 'app', password: p.dbPassword.value }),
      VersionStages: ['AWSCURRENT'],
    }),
    [p.dbPassword],
  ],
  [
    'SSM parameter',
    () => ({ Parameter: { Name: '/prod/db/password', Type: 'SecureString', Value: p.dbPassword.value, Version: 4 } }),
    [p.dbPassword],
  ],
  ['github actions', () => `##[debug]Evaluating: secrets.DEPLOY_TOKEN\n##[debug]=> '${p.github.value}'`, [p.github]],
  [
    'twilio client',
    () => ({ accountSid: `AC${p.hexKey.value}`, authToken: p.twilio.value, from: p.phoneUs.value }),
    [p.twilio, p.phoneUs],
  ],
  [
    'mailer transport',
    () => ({ host: 'smtp.example', port: 587, auth: { user: p.email.value, pass: p.smtpPassword.value } }),
    [p.email, p.smtpPassword],
    [587],
  ],
  [
    'smtp dialogue',
    () =>
      `C: AUTH PLAIN ${Buffer.from(`\0mailer\0${p.smtpPassword.value}`).toString('base64')}\nS: 235 ok\nC: RCPT TO:<${p.email.value}>`,
    [p.smtpPassword, p.email],
  ],
  [
    'VAPID and push',
    () => ({
      subscription: {
        endpoint: `https://push.example/send/${p.magicToken.value}`,
        keys: { p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u', auth: p.csrf.value },
      },
    }),
    [p.magicToken, p.csrf],
  ],
  [
    'device tokens',
    () => ({ fcmToken: `${p.sessionId.value}:APA91b${p.signature.value}`, apnsDeviceToken: p.hexKey.value }),
    [p.sessionId, p.signature, p.hexKey],
  ],
])

export const clouds: readonly Payload[] = [
  ...configurations,
  ...payloads(
    'texts',
    families.map(
      ([name, one]) => [`${name} token in a sentence`, () => `call with ${one.value} was refused`, [one]] as const,
    ),
  ),
  ...payloads(
    'texts',
    families.map(
      ([name, one]) =>
        [
          `${name} token under a neutral name`,
          () => ({ detail: one.value, list: [`${one.value},`], n: 5 }),
          [one],
          [5],
        ] as const,
    ),
  ),
]
