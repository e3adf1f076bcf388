/** What a server's own libraries say: body parsers, uploads, GraphQL, sockets, HTTP errors of frameworks. */
import { own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { isCode } from './code.ts'
import { pathOf } from './field-name.ts'
import { boolIn, httpStatusIn, intIn, listOf, objectIn, textIn, wordIn } from './fields.ts'
import { knownCodes } from './known-codes.ts'

const sizeMax = Number.MAX_SAFE_INTEGER

export const bodyAdapter: Adapter = {
  library: 'body-parser, raw-body',
  describe(error) {
    const type = wordIn(error, 'type', knownCodes)
    if (type === undefined || !type.includes('.')) return undefined
    return {
      code: isCode(own(error, 'code')) ? undefined : type,
      details: {
        type,
        limit: intIn(error, 'limit', 0, sizeMax),
        length: intIn(error, 'length', 0, sizeMax),
        expected: intIn(error, 'expected', 0, sizeMax),
        received: intIn(error, 'received', 0, sizeMax),
        exposed: boolIn(error, 'expose'),
      },
    }
  },
}

/** Never `field`: the sender names it. */
export const uploadAdapter: Adapter = {
  library: 'multer',
  describe(error, { names }) {
    const code = textIn(error, 'code', /^(?:LIMIT_|MISSING_|INVALID_)[A-Z_]{1,40}$/)
    return names.has('MulterError') && isCode(code) ? { code, details: { kind: 'upload' } } : undefined
  },
}

const wordCode = /^[A-Z][A-Z_]{2,60}$/

export const graphqlAdapter: Adapter = {
  library: 'graphql',
  describe(error, { names }) {
    if (!names.has('GraphQLError') && !names.has('ApolloError')) return undefined
    const extensions = objectIn(error, 'extensions') ?? {}
    const code = textIn(extensions, 'code', wordCode)
    const path = listOf(own(error, 'path'))
    const [place] = listOf(own(error, 'locations')).filter((one) => typeof one === 'object' && one !== null)
    return {
      code: isCode(code) ? code : undefined,
      status: httpStatusIn(objectIn(extensions, 'http'), 'status'),
      details: {
        path: path.length === 0 ? undefined : pathOf(path),
        line: place && intIn(place, 'line', 1, 999_999),
        column: place && intIn(place, 'column', 1, 999_999),
      },
    }
  },
}

/** ws keeps the close code behind a symbol of its own. */
export const socketAdapter: Adapter = {
  library: 'ws',
  describe(error) {
    const code = own(error, 'code')
    if (typeof code !== 'string' || !code.startsWith('WS_ERR_')) return undefined
    const key = Object.getOwnPropertySymbols(error).find((one) => one.description === 'status-code')
    const value: unknown = key && Object.getOwnPropertyDescriptor(error, key)?.value
    const closes = typeof value === 'number' && value >= 1_000 && value <= 4_999
    return { details: closes ? { close_code: value } : {} }
  },
}

/** Boom keeps its status in `output`, Nest in `status` beside a `response` that quotes input. */
export const boomAdapter: Adapter = {
  library: 'boom',
  describe(error) {
    const output = own(error, 'isBoom') === true ? objectIn(error, 'output') : undefined
    return output && { status: httpStatusIn(output, 'statusCode'), details: { server: boolIn(error, 'isServer') } }
  },
}
