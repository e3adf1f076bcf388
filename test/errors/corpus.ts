/** Every provoked error. Ids are unique; the order is the order in which they are provoked. */
import { applications } from './provoked/applications.ts'
import { axiosErrors } from './provoked/axios.ts'
import { bodies } from './provoked/bodies.ts'
import { connections } from './provoked/connections.ts'
import { frameworks } from './provoked/frameworks.ts'
import { graphqlErrors } from './provoked/graphql.ts'
import { httpClients } from './provoked/http-clients.ts'
import { mailErrors } from './provoked/mail.ts'
import { mongo } from './provoked/mongo.ts'
import { mysqlErrors } from './provoked/mysql.ts'
import { nodeLanguage } from './provoked/node-language.ts'
import { nodeRuntime } from './provoked/node-runtime.ts'
import { nodeSystem } from './provoked/node-system.ts'
import { pgErrors } from './provoked/pg.ts'
import type { Provoked } from './provoked/provoked.ts'
import { queryBuilders } from './provoked/query-builders.ts'
import { redisErrors } from './provoked/redis.ts'
import { services } from './provoked/services.ts'
import { tokens } from './provoked/tokens.ts'
import { uploads } from './provoked/uploads.ts'
import { validators } from './provoked/validators.ts'

export const corpus: readonly Provoked[] = [
  ...nodeLanguage,
  ...nodeSystem,
  ...nodeRuntime,
  ...bodies,
  ...uploads,
  ...frameworks,
  ...graphqlErrors,
  ...validators,
  ...axiosErrors,
  ...httpClients,
  ...connections,
  ...pgErrors,
  ...queryBuilders,
  ...mongo,
  ...redisErrors,
  ...mysqlErrors,
  ...tokens,
  ...services,
  ...mailErrors,
  ...applications,
]
