/** Connection strings of databases, brokers and mailers: as a value, under a neutral name, and in a sentence. */
import { type Payload, payloads } from '../payload.ts'
import { type Planted, planted as p } from '../planted.ts'

const strings: readonly (readonly [string, string, Planted])[] = [
  ['postgres', `postgres://app:${p.dbPassword.value}@db.internal:5432/app?sslmode=require`, p.dbPassword],
  [
    'postgresql with encoding',
    `postgresql://app:${encodeURIComponent(p.dbPasswordEncoded.value)}@db/app`,
    p.dbPasswordEncoded,
  ],
  ['postgres keywords', `host=db.internal port=5432 user=app password=${p.dbPassword.value} dbname=app`, p.dbPassword],
  ['mysql', `mysql://root:${p.dbPassword.value}@10.0.0.5:3306/shop`, p.dbPassword],
  [
    'mongodb',
    `mongodb+srv://app:${p.mongoPassword.value}@cluster0.ab1cd.mongodb.net/?retryWrites=true`,
    p.mongoPassword,
  ],
  [
    'mongodb replica set',
    `mongodb://app:${p.mongoPassword.value}@a:27017,b:27017/app?replicaSet=rs0&authSource=admin`,
    p.mongoPassword,
  ],
  ['redis', `redis://:${p.redisPassword.value}@cache:6379/0`, p.redisPassword],
  ['rediss', `rediss://default:${p.redisPassword.value}@cache.example:6380`, p.redisPassword],
  ['amqp', `amqps://svc:${p.dbPassword.value}@rabbit.example/vhost`, p.dbPassword],
  [
    'kafka JAAS',
    `org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="${p.dbPassword.value}";`,
    p.dbPassword,
  ],
  ['nats', `nats://svc:${p.dbPassword.value}@nats:4222`, p.dbPassword],
  ['smtp', `smtps://mailer:${p.smtpPassword.value}@smtp.example:465`, p.smtpPassword],
  [
    'sql server',
    `Server=tcp:sql.example,1433;Database=app;User Id=svc;Password=${p.dbPassword.value};Encrypt=true;`,
    p.dbPassword,
  ],
  ['sql server with quotes', `Data Source=sql;User ID=svc;Pwd="${p.dbPassword.value}";`, p.dbPassword],
  ['oracle', `svc/${p.dbPassword.value}@//ora.example:1521/ORCL`, p.dbPassword],
  ['jdbc', `jdbc:postgresql://db/app?user=svc&password=${p.dbPassword.value}`, p.dbPassword],
  ['jdbc oracle', `jdbc:oracle:thin:svc/${p.dbPassword.value}@ora:1521:XE`, p.dbPassword],
  ['elasticsearch', `https://elastic:${p.dbPassword.value}@es.example:9200`, p.dbPassword],
  ['clickhouse', `clickhouse://default:${p.dbPassword.value}@ch:8123/default`, p.dbPassword],
  ['cassandra contact', `cassandra://svc:${p.dbPassword.value}@c1,c2/ks`, p.dbPassword],
  ['neo4j', `neo4j+s://neo:${p.dbPassword.value}@n.example`, p.dbPassword],
  ['snowflake', `snowflake://svc:${p.dbPassword.value}@acct/db?warehouse=wh`, p.dbPassword],
  [
    'service bus',
    `Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${p.base64Key.value}`,
    p.base64Key,
  ],
  [
    'azure storage',
    `DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${p.azureKey.value};EndpointSuffix=core.windows.net`,
    p.azureKey,
  ],
  ['cosmos', `AccountEndpoint=https://c.documents.azure.com:443/;AccountKey=${p.azureKey.value};`, p.azureKey],
  ['app insights', `InstrumentationKey=${p.hexKey.value};IngestionEndpoint=https://x.example/`, p.hexKey],
  ['iot hub', `HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=${p.base64Key.value}`, p.base64Key],
  ['sentry', `https://${p.hexKey.value}@o123.ingest.sentry.io/456`, p.hexKey],
  ['cloudinary', `cloudinary://874837483274837:${p.clientSecret.value}@demo`, p.clientSecret],
  ['ldap', `ldaps://cn=svc:${p.dbPassword.value}@ldap.example:636`, p.dbPassword],
]

export const connectionStrings: readonly Payload[] = [
  ...payloads(
    'structures',
    strings.map(
      ([name, text, planted]) =>
        [`connection ${name}`, () => ({ datasource: text, poolSize: 20 }), [planted], [20]] as const,
    ),
  ),
  ...payloads(
    'structures',
    strings
      .filter((_one, at) => at % 2 === 0)
      .map(
        ([name, text, planted]) =>
          [
            `connection ${name} in a sentence`,
            () => `could not connect to ${text}: timeout after 5000 ms`,
            [planted],
          ] as const,
      ),
  ),
]
