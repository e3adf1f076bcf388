/** Servers that answer clients with too much, with nothing, or not at all; and what clients carry to them. */
import { closedPort, withHttp } from './loopback.ts'
import { bodyPlanted, person, secret } from './plants.ts'

export const authorization = `Bearer ${secret.bearer}`
export const planted = [...bodyPlanted, secret.bearer, secret.apiKey, person.diagnosis]
export const path = `/patients/${encodeURIComponent(person.email)}?api_key=${secret.apiKey}`

/** Answers everything with this status and a body that says too much. */
export const answering = <T>(status: number, work: (url: string) => Promise<T>): Promise<T> =>
  withHttp(
    (req, res) => {
      req.resume()
      res.writeHead(status, { 'content-type': 'application/json', 'set-cookie': `sid=${secret.session}` })
      res.end(JSON.stringify({ message: `${person.name}: ${person.diagnosis}` }))
    },
    (port) => work(`http://127.0.0.1:${port}${path}`),
  )
/** Never answers. */
export const silent = <T>(work: (url: string) => Promise<T>): Promise<T> =>
  withHttp(
    (req) => void req.resume(),
    (port) => work(`http://127.0.0.1:${port}${path}`),
  )
export const nobody = async (): Promise<string> => `http://127.0.0.1:${await closedPort()}${path}`
export const garbage = <T>(work: (url: string) => Promise<T>): Promise<T> =>
  withHttp(
    (_req, res) => void res.end(`${person.email} is not JSON`),
    (port) => work(`http://127.0.0.1:${port}${path}`),
  )
export const withAuth = { headers: { authorization }, auth: { username: person.user, password: secret.password } }
