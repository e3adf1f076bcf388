/** What axios raises: the whole request with its credentials and body, and the whole answer. */
import axios from 'axios'
import { answering, authorization, nobody, planted, silent, withAuth } from './http-answers.ts'
import { body, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

export const axiosErrors: readonly Provoked[] = [
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
]
