/** Queries and commands of stores that do not speak SQL: documents, caches, search, directories. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const stores = payloads('bodies', [
  [
    'mongo filter',
    () => ({
      collection: 'users',
      filter: { email: p.email.value, $or: [{ phone: p.phoneE164.value }, { username: p.username.value }] },
      limit: 20,
    }),
    [p.email, p.phoneE164, p.username],
    ['users', 20],
  ],
  [
    'mongo update',
    () => ({
      updateOne: {
        q: { _id: 'o1' },
        u: { $set: { passwordHash: p.refresh.value, 'profile.birthDate': p.birthday.value }, $inc: { logins: 1 } },
      },
    }),
    [p.refresh, p.birthday],
  ],
  [
    'mongo aggregate',
    () => ({ aggregate: 'visits', pipeline: [{ $match: { 'patient.lastName': p.lastName.value } }, { $limit: 25 }] }),
    [p.lastName],
    ['visits', 25],
  ],
  [
    'mongo slow log line',
    () =>
      `{"c":"COMMAND","attr":{"ns":"app.users","command":{"find":"users","filter":{"email":"${p.email.value}"}},"durationMillis":212}}`,
    [p.email],
  ],
  [
    'mongo duplicate key',
    () => ({
      code: 11000,
      keyPattern: { email: 1 },
      keyValue: { email: p.email.value },
      errmsg: `E11000 duplicate key error collection: app.users index: email_1 dup key: { email: "${p.email.value}" }`,
    }),
    [p.email],
    [11000],
  ],
  [
    'mongoose debug',
    () => `Mongoose: users.findOne({ email: '${p.email.value}', resetToken: '${p.resetToken.value}' }, {})`,
    [p.email, p.resetToken],
  ],
  [
    'redis AUTH',
    () => ({ command: { name: 'auth', args: ['default', p.redisPassword.value] } }),
    [p.redisPassword],
    ['auth'],
  ],
  ['redis AUTH line', () => `AUTH ${p.redisPassword.value}`, [p.redisPassword]],
  ['redis SET', () => ({ command: 'set', args: ['otp:count', p.otp.value, 'EX', 300] }), [p.otp]],
  ['redis SET line', () => `SET session:token ${p.sessionId.value} EX 3600`, [p.sessionId]],
  ['redis HSET', () => ['HSET', 'user:7', 'email', p.email.value, 'password', p.password.value], [p.email, p.password]],
  [
    'redis MONITOR',
    () => `1768478400.123456 [0 10.0.0.5:51234] "SET" "user:pw" "${p.plainPassword.value}"`,
    [p.plainPassword],
  ],
  ['redis CONFIG', () => ['CONFIG', 'SET', 'requirepass', p.redisPassword.value], [p.redisPassword]],
  [
    'RESP protocol',
    () => ({ sent: `*2\r\n$4\r\nAUTH\r\n$${p.redisPassword.value.length}\r\n${p.redisPassword.value}\r\n` }),
    [p.redisPassword],
  ],
  [
    'ioredis node',
    () => ({
      options: { host: 'cache', port: 6379, username: 'default', password: p.redisPassword.value, db: 2 },
      status: 'connecting',
    }),
    [p.redisPassword],
    [6379, 'connecting'],
  ],
  [
    'elasticsearch query',
    () => ({
      index: 'people-2026',
      body: {
        query: { bool: { must: [{ match: { full_name: p.name.value } }, { term: { ssn: p.ssn.value } }] } },
        size: 10,
      },
    }),
    [p.name, p.ssn],
    ['people-2026'],
  ],
  [
    'dynamo item',
    () => ({
      TableName: 'Users',
      Item: { email: { S: p.email.value }, pin: { N: p.pin.value }, active: { BOOL: true } },
      ReturnConsumedCapacity: 'TOTAL',
    }),
    [p.email, p.pin],
    ['Users', 'TOTAL'],
  ],
  [
    'dynamo expression',
    () => ({
      KeyConditionExpression: '#e = :e',
      ExpressionAttributeNames: { '#e': 'email' },
      ExpressionAttributeValues: { ':e': { S: p.email.value } },
    }),
    [p.email],
  ],
  [
    'cassandra',
    () => ({ query: 'SELECT * FROM users WHERE email = ?', params: [p.email.value], consistency: 'LOCAL_QUORUM' }),
    [p.email],
    ['LOCAL_QUORUM'],
  ],
  ['cypher', () => ({ cypher: `MATCH (p:Person {name: "${p.name.value}"}) RETURN p LIMIT 3` }), [p.name]],
  [
    'LDAP bind and filter',
    () => ({
      bindDN: `cn=svc,dc=acme`,
      bindCredentials: p.dbPassword.value,
      filter: `(&(objectClass=person)(mail=${p.email.value}))`,
    }),
    [p.dbPassword, p.email],
  ],
  [
    'kysely query',
    () => ({
      level: 'query',
      query: { sql: 'select * from t where e = $1', parameters: [p.email.value] },
      queryDurationMillis: 1.5,
    }),
    [p.email],
    [1.5],
  ],
])
