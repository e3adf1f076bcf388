/** Every case there is. */
import type { Payload } from '../payload.ts'
import { changes } from './changes.ts'
import { clients } from './clients.ts'
import { clouds } from './clouds.ts'
import { connectionStrings } from './connection-strings.ts'
import { conversations } from './conversations.ts'
import { cookies } from './cookies.ts'
import { databases } from './databases.ts'
import { environments } from './environments.ts'
import { forms } from './forms.ts'
import { harmlessNames } from './harmless.ts'
import { harmlessProse } from './harmless-prose.ts'
import { harmlessValues } from './harmless-values.ts'
import { headerValues } from './header-values.ts'
import { headers } from './headers.ts'
import { instances } from './instances.ts'
import { jsonBodies } from './json-bodies.ts'
import { languages } from './languages.ts'
import { logLines } from './log-lines.ts'
import { markup } from './markup.ts'
import { money } from './money.ts'
import { people } from './people.ts'
import { urls } from './query-strings.ts'
import { registers } from './registers.ts'
import { requests } from './requests.ts'
import { signIn } from './sign-in.ts'
import { stores } from './stores.ts'
import { telemetry } from './telemetry.ts'
import { webhooks } from './webhooks.ts'

const files: Readonly<Record<string, readonly Payload[]>> = {
  requests,
  headers,
  headerValues,
  cookies,
  urls,
  forms,
  jsonBodies,
  markup,
  databases,
  stores,
  environments,
  connectionStrings,
  clouds,
  webhooks,
  signIn,
  money,
  people,
  registers,
  conversations,
  logLines,
  instances,
  clients,
  telemetry,
  changes,
  languages,
  harmlessNames,
  harmlessValues,
  harmlessProse,
}

/** Ids are `file/case`. */
export const corpus: readonly Payload[] = Object.entries(files).flatMap(([file, list]) =>
  list.map((one) => ({ ...one, id: `${file}/${one.id}` })),
)
