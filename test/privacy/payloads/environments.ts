/** Environments, command lines and configuration files. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const env = {
  NODE_ENV: 'production',
  PORT: '8080',
  DB_PASSWORD: p.dbPassword.value,
  STRIPE_KEY: p.stripe.value,
  JWT_SECRET: p.hexKey.value,
}
const envPlanted = [p.dbPassword, p.stripe, p.hexKey] as const

export const environments = payloads('secret names', [
  ['process.env', () => ({ env }), envPlanted, ['production', '8080']],
  [
    'env dump text',
    () =>
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    envPlanted,
  ],
  [
    'env dump in one line',
    () =>
      `env: ${Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
    envPlanted,
  ],
  [
    'env as a list',
    () => ({ Env: Object.entries(env).map(([name, value]) => `${name}=${value}`), Image: 'node:24' }),
    envPlanted,
    ['node:24'],
  ],
  [
    'env of Kubernetes',
    () => ({
      env: [
        { name: 'LOG_LEVEL', value: 'info' },
        { name: 'API_TOKEN', value: p.access.value },
      ],
    }),
    [p.access],
  ],
  [
    '.env file',
    () => ({
      file: `# prod\nexport SECRET_KEY="${p.spacedPassword.value}"\nSMTP_PASS='${p.smtpPassword.value}'\nDEBUG=false\n`,
    }),
    [p.spacedPassword, p.smtpPassword],
  ],
  [
    'argv with pairs',
    () => ({ argv: ['node', 'app.js', '--port', '3000', '--password', p.password.value, '--verbose'] }),
    [p.password],
    ['--port', '3000', '--verbose'],
  ],
  [
    'argv with equals',
    () => ({ argv: ['deploy', `--token=${p.access.value}`, '--dry-run'] }),
    [p.access],
    ['--dry-run'],
  ],
  ['command line text', () => `mysql -h db -u app -p${p.dbPassword.value} --ssl`, [p.dbPassword]],
  [
    'command line with long option',
    () => `psql --host db --password ${p.dbPassword.value} --dbname app`,
    [p.dbPassword],
  ],
  ['PGPASSWORD in front', () => `PGPASSWORD=${p.dbPassword.value} pg_dump -h db app`, [p.dbPassword]],
  [
    'docker run',
    () => `docker run -e API_KEY=${p.hexKey.value} -p 80:80 acme/app:1.4.2`,
    [p.hexKey],
    ['acme/app:1.4.2'],
  ],
  ['docker login', () => `docker login -u ci -p ${p.docker.value} registry.example`, [p.docker]],
  ['sshpass', () => `sshpass -p '${p.shortPassword.value}' ssh root@build`, [p.shortPassword]],
  ['npmrc', () => ({ npmrc: `//registry.npmjs.org/:_authToken=${p.npm.value}\nalways-auth=true` }), [p.npm]],
  ['netrc', () => ({ netrc: `machine api.example login ingrid password ${p.basicPassword.value}` }), [p.basicPassword]],
  ['pgpass', () => ({ pgpass: `db.internal:5432:app:svc:${p.dbPassword.value}` }), [p.dbPassword]],
  [
    'YAML',
    () => ({ yaml: `server:\n  port: 8080\ndatabase:\n  user: app\n  password: ${p.dbPassword.value}\n` }),
    [p.dbPassword],
  ],
  [
    'YAML as a message',
    () => `loaded config:\nsmtp:\n  pass: "${p.smtpPassword.value}"\n  port: 587`,
    [p.smtpPassword],
  ],
  [
    'YAML block text',
    () => ({ config: `tls:\n  private_key: |\n    ${p.base64Key.value}\n    ${p.hexKey.value}\n  port: 1\n` }),
    [p.base64Key, p.hexKey],
  ],
  ['YAML list', () => ({ config: `tokens:\n  - ${p.access.value}\n  - ${p.csrf.value}\n` }), [p.access, p.csrf]],
  [
    'Kubernetes secret',
    () => ({
      apiVersion: 'v1',
      kind: 'Secret',
      data: {
        password: Buffer.from(p.dbPassword.value).toString('base64'),
        tls: Buffer.from(p.hexKey.value).toString('base64'),
      },
    }),
    [p.dbPassword, p.hexKey],
    ['v1'],
  ],
  [
    'kubeconfig',
    () => ({
      users: [{ name: 'admin', user: { token: p.jwt.value, 'client-key-data': p.privateKey.value } }],
      'current-context': 'prod',
    }),
    [p.jwt, p.privateKey],
  ],
  [
    'TOML',
    () => ({ toml: `[database]\nuser = "app"\npassword = "${p.dbPassword.value}"\nport = 5432\n` }),
    [p.dbPassword],
  ],
  ['INI', () => ({ ini: `[client]\nuser=app\npassword=${p.dbPassword.value}\n[mysqld]\nport=3306\n` }), [p.dbPassword]],
  [
    'properties',
    () => ({ properties: `spring.datasource.password=${p.dbPassword.value}\nserver.port=8080` }),
    [p.dbPassword],
  ],
  ['HCL', () => ({ hcl: `variable "db_password" {\n  default = "${p.dbPassword.value}"\n}` }), [p.dbPassword]],
  [
    'terraform state',
    () => ({
      resources: [
        {
          type: 'aws_db_instance',
          instances: [{ attributes: { password: p.dbPassword.value, port: 5432, engine: 'postgres' } }],
        },
      ],
    }),
    [p.dbPassword],
    ['aws_db_instance', 'postgres'],
  ],
  [
    'docker compose environment',
    () => ({ services: { web: { environment: [`SECRET_KEY_BASE=${p.hexKey.value}`, 'RAILS_ENV=production'] } } }),
    [p.hexKey],
  ],
  [
    'docker auth config',
    () => ({ auths: { 'registry.example': { auth: p.basic.value } } }),
    [p.basic, p.basicPassword],
  ],
  [
    'convict properties',
    () => ({
      db: { password: { doc: 'Database password', format: String, default: p.dbPassword.value, env: 'DB_PASS' } },
    }),
    [p.dbPassword],
  ],
  [
    'nested names',
    () => ({
      databasePassword: p.dbPassword.value,
      'smtp-password': p.smtpPassword.value,
      redis_pass: p.redisPassword.value,
      mongoPwd: p.mongoPassword.value,
    }),
    [p.dbPassword, p.smtpPassword, p.redisPassword, p.mongoPassword],
  ],
  [
    'names in plural and with prefixes',
    () => ({
      oldPasswords: [p.password.value, p.shortPassword.value],
      user_apiKeys: { main: p.hexKey.value },
      myAppSecretKey: p.base64Key.value,
    }),
    [p.password, p.shortPassword, p.hexKey, p.base64Key],
  ],
  ['numbers under secret names', () => ({ pin: 8362, otp: 604918, cvv: 917, passcode: [8362] }), [p.pin, p.otp, p.cvv]],
  [
    'subtree of a secret',
    () => ({ credentials: { primary: { v: p.hexKey.value }, list: [[p.csrf.value]], at: 5 }, retries: 3 }),
    [p.hexKey, p.csrf],
    [3],
  ],
  [
    'secret names of people',
    () => ({
      passphrase: p.spacedPassword.value,
      securityAnswer: p.answer.value,
      seedPhrase: p.mnemonic.value,
      recovery_codes: [p.recoveryCode.value],
      totpSecret: p.totp.value,
    }),
    [p.spacedPassword, p.answer, p.mnemonic, p.recoveryCode, p.totp],
  ],
  [
    'short names',
    () => ({ pwd: p.shortPassword.value, pw: p.password.value, pass: p.plainPassword.value, psw: p.newPassword.value }),
    [p.shortPassword, p.password, p.plainPassword, p.newPassword],
  ],
  [
    'run together',
    () => ({
      userpassword: p.password.value,
      dbpassword: p.dbPassword.value,
      apikey: p.hexKey.value,
      authtoken: p.access.value,
      clientsecret: p.clientSecret.value,
      accesskey: p.csrf.value,
      privatekey: p.base64Key.value,
    }),
    [p.password, p.dbPassword, p.hexKey, p.access, p.clientSecret, p.csrf, p.base64Key],
  ],
  [
    'upper case',
    () => ({
      PASSWORD: p.password.value,
      APIKEY: p.hexKey.value,
      AccessToken: p.access.value,
      'Client Secret': p.clientSecret.value,
    }),
    [p.password, p.hexKey, p.access, p.clientSecret],
  ],
  [
    'punctuated',
    () => ({
      'pass-word': p.password.value,
      'api.key': p.hexKey.value,
      $password: p.shortPassword.value,
      'token:': p.access.value,
      password2: p.newPassword.value,
      _secret_: p.csrf.value,
    }),
    [p.password, p.hexKey, p.shortPassword, p.access, p.newPassword, p.csrf],
  ],
  [
    'keys and salts',
    () => ({
      encryptionKey: p.base64Key.value,
      signingSecret: p.hexKey.value,
      hmacKey: p.twilio.value,
      salt: p.csrf.value,
      masterKey: p.signature.value,
    }),
    [p.base64Key, p.hexKey, p.twilio, p.csrf, p.signature],
  ],
])
