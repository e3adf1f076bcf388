/** The errors that are thrown everywhere: one of each kind that a log has to be afraid of. Loaded only when asked for. */
import type { Provoked } from '../provoked/provoked.ts'

export interface Representative {
  /** Stands in the address of a request. */
  readonly key: string
  readonly find: () => Promise<Provoked>
}

const from =
  (load: () => Promise<readonly Provoked[]>, id: string): Representative['find'] =>
  async () => {
    const found = (await load()).find((one) => one.id === id)
    if (found === undefined) throw new Error(`nothing is called ${id}`)
    return found
  }

const applications = async (): Promise<readonly Provoked[]> =>
  (await import('../provoked/applications.ts')).applications
const language = async (): Promise<readonly Provoked[]> => (await import('../provoked/node-language.ts')).nodeLanguage
const bodies = async (): Promise<readonly Provoked[]> => (await import('../provoked/bodies.ts')).bodies
const axios = async (): Promise<readonly Provoked[]> => (await import('../provoked/axios.ts')).axiosErrors
const connections = async (): Promise<readonly Provoked[]> => (await import('../provoked/connections.ts')).connections
const tokens = async (): Promise<readonly Provoked[]> => (await import('../provoked/tokens.ts')).tokens
const validators = async (): Promise<readonly Provoked[]> => (await import('../provoked/validators.ts')).validators

export const representatives: readonly Representative[] = [
  { key: 'json', find: from(language, 'node: JSON.parse of a body with a fault in the middle') },
  { key: 'body', find: from(bodies, 'body-parser: json that is none') },
  { key: 'axios', find: from(axios, 'axios: a 401, with Authorization and data') },
  { key: 'fetch', find: from(connections, 'fetch: a URL with credentials') },
  { key: 'zod', find: from(validators, 'zod: a record keyed by people') },
  { key: 'jwt', find: from(tokens, 'jsonwebtoken: a token of somebody else') },
  {
    key: 'class',
    find: from(applications, 'application: an error class with toJSON, toString and a custom inspection'),
  },
  { key: 'causes', find: from(applications, 'application: causes, four deep') },
  { key: 'aggregate', find: from(applications, 'application: an aggregate') },
  { key: 'text', find: from(applications, 'application: a text') },
  { key: 'object', find: from(applications, 'application: an object') },
]
