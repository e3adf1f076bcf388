/** What HTTP clients raise: whole requests and answers, with their credentials and bodies. */
import { once } from 'node:events'
import { createServer, request as rawRequest } from 'node:http'
import axios from 'axios'
import got from 'got'
import superagent from 'superagent'
import { Agent, interceptors, request as undiciRequest } from 'undici'
import { WebSocket } from 'ws'
import { closedPort, withHttp, withTcp } from './loopback.ts'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'
import { sendRaw } from './raising-app.ts'

const authorization = `Bearer ${secret.bearer}`
const planted = [...bodyPlanted, secret.bearer, secret.apiKey, person.diagnosis]
const path = `/patients/${encodeURIComponent(person.email)}?api_key=${secret.apiKey}`

/** Answers everything with this status and a body that says too much. */
const answering = <T>(status: number, work: (url: string) => Promise<T>): Promise<T> =>
  withHttp(
    (req, res) => {
      req.resume()
      res.writeHead(status, { 'content-type': 'application/json', 'set-cookie': `sid=${secret.session}` })
      res.end(JSON.stringify({ message: `${person.name}: ${person.diagnosis}` }))
    },
    (port) => work(`http://127.0.0.1:${port}${path}`),
  )
/** Never answers. */
const silent = <T>(work: (url: string) => Promise<T>): Promise<T> =>
  withHttp(
    (req) => void req.resume(),
    (port) => work(`http://127.0.0.1:${port}${path}`),
  )
const nobody = async (): Promise<string> => `http://127.0.0.1:${await closedPort()}${path}`
const garbage = <T>(work: (url: string) => Promise<T>): Promise<T> =>
  withHttp(
    (_req, res) => void res.end(`${person.email} is not JSON`),
    (port) => work(`http://127.0.0.1:${port}${path}`),
  )
const withAuth = { headers: { authorization }, auth: { username: person.user, password: secret.password } }

export const httpClients: readonly Provoked[] = [
  provoked('axios', 'a 401, with Authorization and data', {
    planted,
    expect: { type: 'AxiosError', code: 'ERR_BAD_REQUEST', template: /Request failed with status code/ },
    work: () => answering(401, (url) => axios.post(url, body, { headers: { authorization } })),
  }),
  provoked('axios', 'a 503, with basic authentication and params', {
    planted: [...planted, person.user],
    expect: { type: 'AxiosError', code: 'ERR_BAD_RESPONSE', template: /Request failed with status code/ },
    work: () => answering(503, (url) => axios.get(url, { ...withAuth, params: body, proxy: false })),
  }),
  provoked('axios', 'a timeout', {
    planted,
    expect: { type: 'AxiosError', code: 'ECONNABORTED', template: /timeout of .* exceeded/ },
    work: () => silent((url) => axios.put(url, body, { timeout: 40, headers: { authorization } })),
  }),
  provoked('axios', 'a connection refused', {
    planted,
    expect: { type: 'AxiosError', code: 'ECONNREFUSED' },
    work: async () => axios.post(await nobody(), body, { headers: { authorization } }),
  }),
  provoked('axios', 'a URL that is none', {
    planted: [secret.password, person.user, secret.bearer],
    expect: { type: /^(AxiosError|TypeError)$/, code: 'ERR_INVALID_URL', template: /Invalid URL/ },
    work: () => axios.get(`http://${person.user}:${secret.password}@[x/`, { headers: { authorization } }),
  }),
  provoked('axios', 'a request that is cancelled', {
    planted,
    expect: { type: 'CanceledError', code: 'ERR_CANCELED', template: /canceled/ },
    work: () => silent((url) => axios.post(url, body, { headers: { authorization }, signal: AbortSignal.timeout(20) })),
  }),
  provoked('axios', 'an answer that is too large', {
    planted,
    expect: { type: 'AxiosError', code: 'ERR_BAD_RESPONSE', template: /maxContentLength/ },
    work: () => answering(200, (url) => axios.post(url, body, { headers: { authorization }, maxContentLength: 5 })),
  }),
  provoked('got', 'a 422, with a body', {
    planted,
    expect: { type: 'HTTPError', code: 'ERR_NON_2XX_3XX_RESPONSE', template: /status code/ },
    work: () => answering(422, (url) => got.post(url, { json: body, headers: { authorization } }).json()),
  }),
  provoked('got', 'a timeout', {
    planted,
    expect: { type: 'TimeoutError', code: 'ETIMEDOUT', template: /Timeout awaiting/ },
    work: () =>
      silent((url) => got(url, { headers: { authorization }, timeout: { request: 40 }, retry: { limit: 0 } }).json()),
  }),
  provoked('got', 'a connection refused', {
    planted,
    expect: { type: 'RequestError', code: 'ECONNREFUSED' },
    work: async () => got.post(await nobody(), { json: body, headers: { authorization }, retry: { limit: 0 } }).json(),
  }),
  provoked('got', 'an answer that is no JSON', {
    planted: [...planted, 'quirina.za'],
    expect: { type: 'ParseError', code: 'ERR_BODY_PARSE_FAILURE', template: /JSON/ },
    work: () => garbage((url) => got(url, { headers: { authorization } }).json()),
  }),
  provoked('undici', 'a 500 turned into an error', {
    planted,
    expect: {
      type: 'ResponseError',
      code: 'UND_ERR_RESPONSE',
      template: /Response (status code|Error)/,
      frames: false,
    },
    work: () =>
      answering(500, async (url) => {
        const dispatcher = new Agent().compose(interceptors.responseError())
        return undiciRequest(url, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { authorization },
          dispatcher,
        })
      }),
  }),
  provoked('undici', 'headers that never come', {
    planted,
    expect: { type: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT', template: /Headers Timeout/ },
    work: () => silent((url) => undiciRequest(url, { headers: { authorization }, headersTimeout: 40 })),
  }),
  provoked('undici', 'a server that hangs up', {
    planted,
    expect: { type: 'SocketError', code: 'UND_ERR_SOCKET', template: /other side closed/ },
    work: () =>
      withTcp(
        (socket) => socket.once('data', () => socket.end()),
        (port) =>
          undiciRequest(`http://127.0.0.1:${port}${path}`, {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { authorization },
          }),
      ),
  }),
  provoked('undici', 'a header that is none', {
    planted: [secret.bearer],
    expect: { type: 'InvalidArgumentError', code: 'UND_ERR_INVALID_ARG', template: /invalid .*header/ },
    work: () => undiciRequest('http://127.0.0.1:9/', { headers: { authorization: `${authorization}\r\n` } }),
  }),
  provoked('fetch', 'a connection refused', {
    planted,
    expect: { type: 'TypeError', template: /fetch failed/, frames: false },
    work: async () => fetch(await nobody(), { method: 'POST', headers: { authorization }, body: JSON.stringify(body) }),
  }),
  provoked('fetch', 'a URL with credentials', {
    planted: [secret.password, person.user],
    expect: { type: 'TypeError', template: /includes credentials/, frames: false },
    work: () => fetch(`http://${person.user}:${secret.password}@127.0.0.1:9/`),
  }),
  provoked('fetch', 'a header that is none', {
    planted: [secret.bearer],
    expect: { type: 'TypeError', template: /invalid header value|ByteString/ },
    work: () => new Headers({ authorization: `${authorization}\r\nx` }),
  }),
  provoked('fetch', 'an answer that is no JSON', {
    planted: [...planted, 'quirina.za'],
    expect: { type: 'SyntaxError', template: /not valid JSON/ },
    work: () => garbage(async (url) => (await fetch(url, { headers: { authorization, connection: 'close' } })).json()),
  }),
  provoked('fetch', 'a request that takes too long', {
    planted,
    expect: { type: /^(DOMException|TimeoutError)$/, template: /aborted due to timeout/, frames: false },
    work: () => silent((url) => fetch(url, { signal: AbortSignal.timeout(20), headers: { authorization } })),
  }),
  provoked('superagent', 'a 403, with the answer', {
    planted,
    expect: { type: 'Error', template: /Forbidden|Unsuccessful/ },
    work: () => answering(403, async (url) => superagent.post(url).set('authorization', authorization).send(body)),
  }),
  provoked('superagent', 'a connection refused', {
    planted,
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () =>
      await superagent
        .post(await nobody())
        .auth(person.user, secret.password)
        .send(body),
  }),
  provoked('superagent', 'a timeout', {
    planted,
    expect: { type: 'Error', code: /^(ECONNABORTED|ETIMEDOUT|ETIME)$/, template: /[Tt]imeout of/ },
    work: () => silent(async (url) => superagent.post(url).timeout(40).send(body)),
  }),
  provoked('node:http', 'an answer with a header that is none', {
    planted: [secret.session, 'zebra-line'],
    expect: { type: 'Error', code: /^HPE_/, template: /Parse Error/ },
    work: () =>
      withTcp(
        (socket) =>
          socket.once('data', () =>
            socket.end(`HTTP/1.1 200 OK\r\nset-cookie: ${secret.session}\r\nzebra-line\x01\r\n\r\n`),
          ),
        (port) => once(rawRequest({ port, host: '127.0.0.1', headers: { authorization } }).end(), 'response'),
      ),
  }),
  provoked('node:http', 'a request with a header that is none, as the server sees it', {
    planted: [secret.bearer, person.ssn],
    expect: { type: 'Error', code: /^HPE_/, template: /Parse Error/, frames: false },
    work: async () => {
      const server = createServer()
      const failed = once(server, 'clientError')
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (typeof address !== 'object' || address === null) throw new NotProvoked('not listening')
      try {
        const sent = sendRaw(
          address.port,
          `GET / HTTP/1.1\r\nauthorization: ${authorization}\r\nssn ${person.ssn}\r\n\r\n`,
        )
        const [error, socket] = await failed
        socket.destroy()
        await sent
        throw error
      } finally {
        server.close()
      }
    },
  }),
  provoked('node:http', 'a path with a space', {
    planted: [person.name],
    expect: { type: 'TypeError', code: 'ERR_UNESCAPED_CHARACTERS', template: /unescaped characters/ },
    work: () => rawRequest({ host: '127.0.0.1', port: 9, path: `/${person.name}` }),
  }),
  provoked('ws', 'an upgrade that is refused', {
    planted,
    expect: { type: 'Error', template: /Unexpected server response/ },
    work: () =>
      answering(401, (url) => opened(new WebSocket(url.replace('http:', 'ws:'), { headers: { authorization } }))),
  }),
  provoked('ws', 'a connection refused', {
    planted,
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () => opened(new WebSocket((await nobody()).replace('http:', 'ws:'), { headers: { authorization } })),
  }),
  provoked('ws', 'a URL that is none', {
    planted: [secret.password, person.user],
    expect: { type: 'SyntaxError', template: /Invalid URL/ },
    work: () => new WebSocket(`ws://${person.user}:${secret.password}@[x/`),
  }),
  provoked('ws', 'a subprotocol that is none', {
    planted: [secret.bearer],
    expect: { type: 'SyntaxError', template: /subprotocol/ },
    work: () => new WebSocket('ws://127.0.0.1:9/', [`${secret.bearer} x`]),
  }),
]

async function opened(socket: WebSocket): Promise<void> {
  await once(socket, 'open')
}
