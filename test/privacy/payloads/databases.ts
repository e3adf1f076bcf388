/** Statements, bind values, commands and rows, as database clients log them. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const databases = payloads('bodies', [
  [
    'INSERT with literals',
    () => ({
      sql: `INSERT INTO users (email, password_hash, age) VALUES ('${p.email.value}', '${p.refresh.value}', 41)`,
    }),
    [p.email, p.refresh],
  ],
  [
    'INSERT of several rows',
    () => ({
      sql: `INSERT INTO people (first_name, ssn) VALUES ('${p.firstName.value}', '${p.ssn.value}'), ('Bo', '${p.passport.value}')`,
    }),
    [p.firstName, p.ssn, p.passport],
  ],
  [
    'UPDATE with literals',
    () => ({ query: `UPDATE users SET password = '${p.shortPassword.value}', logins = 5 WHERE id = 7` }),
    [p.shortPassword],
  ],
  [
    'SELECT with a literal',
    () => `SELECT * FROM patients WHERE last_name = '${p.lastName.value}' AND born = '${p.birthday.value}' LIMIT 10`,
    [p.lastName, p.birthday],
  ],
  [
    'doubled quotes',
    () => ({ sql: `UPDATE u SET password='it''s ${p.shortPassword.value}' WHERE id=1` }),
    [p.shortPassword],
  ],
  [
    'escaped quotes of MySQL',
    () => ({ sql: `SELECT 1 FROM u WHERE password="a\\"${p.shortPassword.value}"` }),
    [p.shortPassword],
  ],
  ['dollar quotes', () => ({ sql: `SELECT set_secret($$${p.hexKey.value}$$)` }), [p.hexKey]],
  [
    'E-string and hex',
    () => ({ sql: `INSERT INTO k VALUES (E'\\\\x${Buffer.from(p.plainPassword.value).toString('hex')}')` }),
    [p.plainPassword],
  ],
  [
    'hex literal of MySQL',
    () => ({ sql: `INSERT INTO k VALUES (0x${Buffer.from(p.plainPassword.value).toString('hex')})` }),
    [p.plainPassword],
  ],
  [
    'numeric literal',
    () => ({ sql: `SELECT id FROM cards WHERE number = ${p.card.value} AND pin = ${p.pin.value}` }),
    [p.card, p.pin],
  ],
  [
    'comment in a statement',
    () => ({ sql: `SELECT 1 /* user: ${p.email.value} */ -- token ${p.stripe.value}` }),
    [p.email, p.stripe],
  ],
  ['CREATE USER', () => `CREATE USER app WITH PASSWORD '${p.dbPassword.value}'`, [p.dbPassword]],
  [
    'ALTER ROLE',
    () => ({ statement: `ALTER ROLE app WITH LOGIN PASSWORD '${p.dbPassword.value}' VALID UNTIL '2027-01-01'` }),
    [p.dbPassword],
  ],
  [
    'IDENTIFIED BY',
    () => ({ statement: `CREATE USER 'app'@'%' IDENTIFIED BY '${p.dbPassword.value}'` }),
    [p.dbPassword],
  ],
  [
    'COPY and dblink',
    () => `SELECT * FROM dblink('host=db user=app password=${p.dbPassword.value}', 'SELECT 1')`,
    [p.dbPassword],
  ],
  [
    'statement cut short',
    () => ({ sql: `INSERT INTO users (email, pw) VALUES ('${p.email.value}', '${p.shortPassword.value}` }),
    [p.email, p.shortPassword],
  ],
  [
    'bind list',
    () => ({
      sql: 'INSERT INTO users (email, password) VALUES ($1, $2)',
      bindings: [p.email.value, p.password.value],
      rowCount: 1,
    }),
    [p.email, p.password],
  ],
  [
    'bind list called values',
    () => ({ text: 'select * from t where name = $1 and pin = $2', values: [p.name.value, p.pin.value] }),
    [p.name, p.pin],
  ],
  [
    'bind list called params',
    () => ({ query: 'UPDATE a SET street = ?', params: [p.street.value], durationMs: 4 }),
    [p.street],
    [4],
  ],
  [
    'named binds',
    () => ({
      sql: 'INSERT INTO a (n, s) VALUES (:name, :secret)',
      replacements: { name: p.name.value, secret: p.hexKey.value },
    }),
    [p.name, p.hexKey],
  ],
  [
    'knex debug',
    () => ({
      method: 'insert',
      options: {},
      timeout: false,
      bindings: [p.email.value, p.refresh.value],
      __knexQueryUid: 'aBcD',
      sql: 'insert into `users` (`email`, `hash`) values (?, ?)',
    }),
    [p.email, p.refresh],
    ['insert'],
  ],
  [
    'sequelize message',
    () =>
      `Executing (default): INSERT INTO "Users" ("email","password") VALUES ($1,$2); "${p.email.value}", "${p.password.value.replaceAll('"', '')}"`,
    [p.email, p.password],
  ],
  [
    'prisma event',
    () => ({
      timestamp: '2026-01-15T12:00:00.000Z',
      query: 'SELECT id FROM "User" WHERE email = $1',
      params: `["${p.email.value}"]`,
      duration: 2,
      target: 'quaint::connector::metrics',
    }),
    [p.email],
  ],
  [
    'typeorm parameters',
    () => `query: INSERT INTO "user"("email") VALUES ($1) -- PARAMETERS: ["${p.email.value}"]`,
    [p.email],
  ],
  [
    'pg detail',
    () => ({
      name: 'error',
      severity: 'ERROR',
      code: '23505',
      detail: `Key (email)=(${p.email.value}) already exists.`,
      schema: 'public',
      table: 'users',
      constraint: 'users_email_key',
    }),
    [p.email],
    ['23505', 'users_email_key'],
  ],
  [
    'pg where and hint',
    () => ({ code: '22P02', where: `unnamed portal parameter $1 = '${p.name.value}'`, routine: 'pg_strtoint32' }),
    [p.name],
    ['22P02'],
  ],
  [
    'mysql duplicate',
    () => ({
      errno: 1062,
      code: 'ER_DUP_ENTRY',
      sqlMessage: `Duplicate entry '${p.email.value}' for key 'users.email'`,
      sql: `INSERT INTO users SET email = '${p.email.value}'`,
    }),
    [p.email],
    [1062, 'ER_DUP_ENTRY'],
  ],
  [
    'rows of a result',
    () => ({
      command: 'SELECT',
      rowCount: 2,
      rows: [
        { id: 1, full_name: p.name.value, iban: p.iban.value },
        { id: 2, full_name: p.germanName.value, iban: p.ibanGb.value },
      ],
    }),
    [p.name, p.iban, p.germanName, p.ibanGb],
    ['SELECT', 2],
  ],
])
