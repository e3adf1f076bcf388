/** Every provoked error. Ids are unique; the order is the order in which they are provoked. */
import { applications } from './provoked/applications.ts'
import { bodies } from './provoked/bodies.ts'
import { frameworks } from './provoked/frameworks.ts'
import { httpClients } from './provoked/http-clients.ts'
import { mongo } from './provoked/mongo.ts'
import { nodeLanguage } from './provoked/node-language.ts'
import { nodeSystem } from './provoked/node-system.ts'
import type { Provoked } from './provoked/provoked.ts'
import { services } from './provoked/services.ts'
import { sql } from './provoked/sql.ts'
import { tokens } from './provoked/tokens.ts'
import { validators } from './provoked/validators.ts'
import { wire } from './provoked/wire.ts'

export const corpus: readonly Provoked[] = [
  ...nodeLanguage,
  ...nodeSystem,
  ...bodies,
  ...frameworks,
  ...validators,
  ...httpClients,
  ...sql,
  ...mongo,
  ...wire,
  ...tokens,
  ...services,
  ...applications,
]
