/**
 * Every adapter, in the order in which they are asked: the first that knows an error speaks for it.
 */
import type { Account, Adapter, Surroundings } from './adapter.ts'
import { axiosAdapter, gotAdapter, superagentAdapter, undiciAdapter } from './adapter-client.ts'
import { mongoAdapter, mongooseAdapter } from './adapter-mongo.ts'
import { ormAdapter, prismaAdapter } from './adapter-orm.ts'
import { postgresAdapter } from './adapter-postgres.ts'
import { redisAdapter } from './adapter-redis.ts'
import { bodyAdapter, boomAdapter, graphqlAdapter, socketAdapter, uploadAdapter } from './adapter-server.ts'
import { awsAdapter, grpcAdapter, kafkaAdapter, mailAdapter, stripeAdapter, tokenAdapter } from './adapter-service.ts'
import { mysqlAdapter, oracleAdapter, sqliteAdapter, sqlServerAdapter } from './adapter-sql.ts'
import { opensslAdapter, systemAdapter } from './adapter-system.ts'
import {
  ajvAdapter,
  classValidatorAdapter,
  joiAdapter,
  standardSchemaAdapter,
  valibotAdapter,
  yupAdapter,
  zodAdapter,
} from './adapter-validation.ts'

export const adapters: readonly Adapter[] = [
  ormAdapter,
  prismaAdapter,
  postgresAdapter,
  mysqlAdapter,
  sqliteAdapter,
  sqlServerAdapter,
  oracleAdapter,
  mongoAdapter,
  mongooseAdapter,
  axiosAdapter,
  gotAdapter,
  undiciAdapter,
  superagentAdapter,
  awsAdapter,
  stripeAdapter,
  tokenAdapter,
  bodyAdapter,
  uploadAdapter,
  boomAdapter,
  graphqlAdapter,
  socketAdapter,
  redisAdapter,
  kafkaAdapter,
  grpcAdapter,
  mailAdapter,
  zodAdapter,
  joiAdapter,
  yupAdapter,
  valibotAdapter,
  classValidatorAdapter,
  ajvAdapter,
  standardSchemaAdapter,
  systemAdapter,
  opensslAdapter,
]

/** The account of an error by the adapter that knows it. One that fails costs its details, nothing else. */
export function accountOf(
  error: object,
  around: Surroundings,
  table: readonly Adapter[] = adapters,
): Account | undefined {
  for (const adapter of table) {
    try {
      const account = adapter.describe(error, around)
      if (account !== undefined) return account
    } catch {
      // An error in a shape its library never had.
    }
  }
  return undefined
}
