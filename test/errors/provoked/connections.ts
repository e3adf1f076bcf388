/** What fetch, node:http and ws raise: addresses with credentials, headers, packets as they came. */
import { once } from 'node:events'
import { createServer, request as rawRequest } from 'node:http'
import { WebSocket } from 'ws'
import { answering, authorization, garbage, nobody, planted, silent } from './http-answers.ts'
import { withTcp } from './loopback.ts'
import { body, person, secret } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'
import { sendRaw } from './raising-app.ts'

export const connections: readonly Provoked[] = [
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
