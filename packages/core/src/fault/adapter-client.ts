/** HTTP clients: the method, the status, and the host where it is allowed. Never URL, headers, bodies. */
import { isReadable, own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { hostOf, httpStatusIn, intIn, methodIn, objectIn, wordIn } from './fields.ts'

export const axiosAdapter: Adapter = {
  library: 'axios',
  describe(error, { names, hosts }) {
    if (own(error, 'isAxiosError') !== true && !names.has('AxiosError') && !names.has('CanceledError')) return undefined
    const config = objectIn(error, 'config') ?? {}
    const response = objectIn(error, 'response')
    return {
      status: httpStatusIn(response, 'status') ?? httpStatusIn(error, 'status'),
      // Its message is the reason that the caller gave.
      message: names.has('CanceledError') ? 'canceled' : undefined,
      details: {
        method: methodIn(config),
        host: hostOf(own(config, 'url'), hosts) ?? hostOf(own(config, 'baseURL'), hosts),
        timeout_ms: intIn(config, 'timeout', 1, 86_400_000),
        max_redirects: intIn(config, 'maxRedirects', 0, 100),
        ...systemCall(error),
      },
    }
  },
}

export const gotAdapter: Adapter = {
  library: 'got',
  describe(error, { names, hosts }) {
    const options = objectIn(error, 'options')
    if (options === undefined || ![...names].some((name) => gotNames.has(name))) return undefined
    // Its options keep everything in one member behind getters.
    const inner = objectIn(options, '_internals') ?? options
    const response = objectIn(error, 'response')
    const url = own(inner, 'url')
    return {
      status: httpStatusIn(response, 'statusCode'),
      details: {
        method: methodIn(inner),
        host: hostOf(typeof url === 'string' ? url : hrefOf(url), hosts),
        event: wordIn(error, 'event', gotEvents),
        ...systemCall(error),
      },
    }
  },
}

const gotNames: ReadonlySet<string> = new Set([
  'RequestError',
  'HTTPError',
  'TimeoutError',
  'MaxRedirectsError',
  'CacheError',
  'UploadError',
  'ReadError',
  'ParseError',
  'UnsupportedProtocolError',
  'AbortError',
  'RetryError',
  'CancelError',
])
const gotEvents: ReadonlySet<string> = new Set([
  'lookup',
  'connect',
  'secureConnect',
  'socket',
  'send',
  'response',
  'request',
  'read',
])

const href = Object.getOwnPropertyDescriptor(URL.prototype, 'href')?.get

/** The platform's own getter; it throws for what is no URL. */
function hrefOf(url: unknown): string | undefined {
  try {
    const text: unknown = isReadable(url) && href ? Reflect.apply(href, url, []) : undefined
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

export const undiciAdapter: Adapter = {
  library: 'undici',
  describe(error) {
    const code = own(error, 'code')
    if (typeof code !== 'string' || !code.startsWith('UND_ERR_')) return undefined
    return {
      status: httpStatusIn(error, 'statusCode') ?? httpStatusIn(error, 'status'),
      details: { bytes_written: bytesOf(error, 'bytesWritten'), bytes_read: bytesOf(error, 'bytesRead') },
    }
  },
}

function bytesOf(error: object, key: string): number | undefined {
  const socket = objectIn(error, 'socket')
  return socket && intIn(socket, key, 0, 999_999_999)
}

export const superagentAdapter: Adapter = {
  library: 'superagent',
  describe(error) {
    const response = objectIn(error, 'response')
    const timeout = intIn(error, 'timeout', 1, 86_400_000)
    const superagent = response !== undefined && Object.hasOwn(response, 'res') && Object.hasOwn(response, 'req')
    if (!superagent && !(timeout !== undefined && Object.hasOwn(error, 'errno'))) return undefined
    return {
      status: httpStatusIn(error, 'status'),
      details: {
        method: methodIn(response && objectIn(response, 'req')) ?? methodIn(error),
        timeout_ms: timeout,
        retries: intIn(error, 'retries', 0, 1_000),
      },
    }
  },
}

/** What a failed system call adds to a client's own error. */
function systemCall(error: object): { syscall?: string } {
  const syscall = wordIn(error, 'syscall', callNames)
  return syscall === undefined ? {} : { syscall }
}

const callNames: ReadonlySet<string> = new Set(['connect', 'read', 'write', 'getaddrinfo', 'shutdown'])
