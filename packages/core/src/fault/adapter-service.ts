/** AWS, Stripe, tokens, mail: codes, ids of requests, names of claims and commands. */
import { own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { isCode } from './code.ts'
import { isFieldName } from './field-name.ts'
import { boolIn, httpStatusIn, intIn, nameIn, objectIn, textIn, timeIn, wordIn } from './fields.ts'
import { knownCodes } from './known-codes.ts'
import { knownTypes } from './known-types.ts'

/** A UUID, or as S3 and DynamoDB write them: never digits alone, which may be a card. */
const requestId = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\d{0,51}[A-Z])(?:[0-9A-Z]{16}|[0-9A-Z]{52}))$/

export const awsAdapter: Adapter = {
  library: 'aws',
  describe(error) {
    const metadata = objectIn(error, '$metadata')
    const fault = wordIn(error, '$fault', new Set(['client', 'server']))
    if (metadata === undefined && fault === undefined) return undefined
    const name = own(error, 'name')
    return {
      code: typeof name === 'string' && knownTypes.has(name) && name !== 'Error' ? name : undefined,
      status: metadata && httpStatusIn(metadata, 'httpStatusCode'),
      details: {
        fault,
        request_id: metadata && textIn(metadata, 'requestId', requestId),
        attempts: metadata && intIn(metadata, 'attempts', 1, 100),
        retry_delay_ms: metadata && intIn(metadata, 'totalRetryDelay', 0, 86_400_000),
      },
    }
  },
}

export const stripeAdapter: Adapter = {
  library: 'stripe',
  describe(error, { names }) {
    const type = own(error, 'type')
    const stripe = [...names].some((name) => name.startsWith('Stripe') && knownTypes.has(name))
    if (!stripe && !(typeof type === 'string' && type.startsWith('Stripe') && knownTypes.has(type))) return undefined
    const code = own(error, 'code')
    const param = own(error, 'param')
    return {
      code: isCode(code) ? code : undefined,
      status: httpStatusIn(error, 'statusCode'),
      details: {
        type: wordIn(error, 'rawType', knownCodes) ?? wordIn(error, 'type', knownTypes),
        decline_code: wordIn(error, 'decline_code', knownCodes),
        param:
          typeof param === 'string' && param.split(/[[\].]/, 12).every((part) => part === '' || isFieldName(part))
            ? param
            : undefined,
        request_id: textIn(error, 'requestId', /^req_[A-Za-z0-9]{6,32}$/),
      },
    }
  },
}

const claims: ReadonlySet<string> = new Set([
  'exp',
  'nbf',
  'iat',
  'iss',
  'sub',
  'aud',
  'jti',
  'nonce',
  'typ',
  'alg',
  'kid',
  'crit',
  'azp',
  'auth_time',
  'acr',
  'amr',
  'scope',
  'client_id',
  'sid',
  'events',
  'cnf',
  'at_hash',
  'c_hash',
  'htm',
  'htu',
  'ath',
])

export const tokenAdapter: Adapter = {
  library: 'jsonwebtoken, jose',
  describe(error, { names }) {
    const jose = typeof own(error, 'code') === 'string' && [...names].some((name) => /^(?:JOSE|JW[TSEK])/.test(name))
    if (!jose && !names.has('JsonWebTokenError')) return undefined
    return {
      details: {
        claim: wordIn(error, 'claim', claims),
        reason: wordIn(error, 'reason', new Set(['missing', 'invalid', 'check_failed', 'unspecified'])),
        expired_at: timeIn(error, 'expiredAt'),
        not_before: timeIn(error, 'date'),
      },
    }
  },
}

const smtp =
  /^(?:CONN|EHLO|HELO|LHLO|AUTH(?: [A-Z0-9-]{1,20})?|STARTTLS|MAIL FROM|RCPT TO|DATA|QUIT|API|RSET|NOOP|VRFY)$/

export const mailAdapter: Adapter = {
  library: 'nodemailer',
  describe(error) {
    const command = textIn(error, 'command', smtp)
    const responseCode = intIn(error, 'responseCode', 200, 599)
    if (command === undefined && responseCode === undefined) return undefined
    if (responseCode === undefined && !/^E[A-Z]/.test(String(own(error, 'code') ?? ''))) return undefined
    return { details: { command, response_code: responseCode } }
  },
}

/** Its numbers are a list; `details` and `metadata` quote input. */
export const grpcAdapter: Adapter = {
  library: 'grpc',
  describe(error) {
    const number = intIn(error, 'code', 0, 16)
    const name = number === undefined ? undefined : grpcCodes[number]
    if (name === undefined || !Object.hasOwn(error, 'details') || !Object.hasOwn(error, 'metadata')) return undefined
    return { code: name, details: { number } }
  },
}

const grpcCodes = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

/** KafkaJS: the protocol's name for what went wrong. */
export const kafkaAdapter: Adapter = {
  library: 'kafkajs',
  describe(error, { names }) {
    if (![...names].some((name) => name.startsWith('KafkaJS'))) return undefined
    return {
      details: {
        type: textIn(error, 'type', /^[A-Z][A-Z_]{2,60}$/),
        number: intIn(error, 'code', -1, 200),
        retriable: boolIn(error, 'retriable'),
        retries: intIn(error, 'retryCount', 0, 10_000),
        topic: nameIn(error, 'topic'),
      },
    }
  },
}
