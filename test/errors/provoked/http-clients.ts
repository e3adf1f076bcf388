/** What got, undici and superagent raise: options with headers, answers with bodies, addresses in messages. */
import got from 'got'
import superagent from 'superagent'
import { Agent, interceptors, request as undiciRequest } from 'undici'
import { answering, authorization, garbage, nobody, path, planted, silent } from './http-answers.ts'
import { withTcp } from './loopback.ts'
import { body, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

export const httpClients: readonly Provoked[] = [
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
]
