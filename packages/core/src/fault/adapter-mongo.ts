/** MongoDB's driver and Mongoose: code numbers, names of codes, of keys and of validators. Never `keyValue` or `errmsg`. */
import { types } from 'node:util'
import { isReadable, own } from '../scrub/read.ts'
import type { Account, Adapter, Finding, Surroundings } from './adapter.ts'
import { isFieldName, pathOfText } from './field-name.ts'
import { intIn, memberNames, nameIn, objectIn, objectsIn, textIn } from './fields.ts'

const labels =
  /^(?:RetryableWriteError|TransientTransactionError|UnknownTransactionCommitResult|NoWritesPerformed|ResetPool|InterruptInUseConnections|HandshakeError|PoolRequestedRetry|SystemOverloadedError|RetryableError)$/

export const mongoAdapter: Adapter = {
  library: 'mongodb',
  describe(error, { names }) {
    if (![...names].some((name) => name.startsWith('Mongo') && name !== 'MongooseError')) return undefined
    if (names.has('MongooseError')) return undefined
    const number = intIn(error, 'code', 1, 999_999)
    const [first] = objectsIn(error, 'writeErrors', 1)
    const writeError = first && (objectIn(first, 'err') ?? first)
    return {
      code: number === undefined ? undefined : String(number),
      details: {
        code_name: textIn(error, 'codeName', /^[A-Z][A-Za-z]{2,60}$/),
        keys: memberNames(objectIn(error, 'keyPattern') ?? (writeError && objectIn(writeError, 'keyPattern'))),
        index: intIn(error, 'index', 0, 999_999),
        write_errors: objectsIn(error, 'writeErrors', 1_000).length || undefined,
        labels: labelsOf(error),
      },
    }
  },
}

/** Kept in a set by newer drivers, behind a symbol. */
function labelsOf(error: object): string[] | undefined {
  for (const key of Object.getOwnPropertySymbols(error).slice(0, 8)) {
    if (key.description !== 'errorLabels') continue
    const set: unknown = Object.getOwnPropertyDescriptor(error, key)?.value
    if (!types.isSet(set)) continue
    const found = [...Set.prototype.values.call(set)].filter((one) => typeof one === 'string' && labels.test(one))
    return found.length === 0 ? undefined : found.map(String)
  }
  return undefined
}

const kinds = /^(?:[A-Za-z]{1,32}|\[[A-Za-z]{1,32}\]|user defined)$/

export const mongooseAdapter: Adapter = {
  library: 'mongoose',
  describe(error, around) {
    const errors = objectIn(error, 'errors')
    const validation = around.names.has('ValidationError') && errors !== undefined && hasKinds(errors)
    if (!validation && !around.names.has('MongooseError')) return castOf(error, around)
    if (errors === undefined) return castOf(error, around) ?? { details: {} }
    const findings: Finding[] = []
    for (const key of Object.keys(errors).slice(0, 20)) {
      const one = own(errors, key)
      if (!isReadable(one)) continue
      const rule = textIn(one, 'kind', kinds) ?? '*'
      findings.push({ path: pathOfText(key), rule })
    }
    return { details: { model: modelOf(error), findings } }
  },
}

function hasKinds(errors: object): boolean {
  const [first] = Object.keys(errors)
  const one = first === undefined ? undefined : own(errors, first)
  return isReadable(one) && Object.hasOwn(one, 'kind') && Object.hasOwn(one, 'path')
}

function castOf(error: object, { names }: Surroundings): Account | undefined {
  if (!names.has('CastError') && !names.has('ValidatorError')) return undefined
  const path = own(error, 'path')
  return {
    details: {
      kind: textIn(error, 'kind', kinds),
      path: path === undefined ? undefined : pathOfText(path),
      value_type: textIn(error, 'valueType', /^[A-Za-z]{1,32}$/),
    },
  }
}

/** `Patient validation failed` is the one place where the model stands. */
function modelOf(error: object): string | undefined {
  const message = own(error, '_message')
  const model = typeof message === 'string' ? /^(\w{1,64}) validation failed$/.exec(message)?.[1] : undefined
  return isFieldName(model) ? model : nameIn(error, 'model')
}
