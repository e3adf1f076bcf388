/** Sequelize, TypeORM, Drizzle, Prisma and their like: what the driver below them says, and the names of models and fields. */
import { isReadable, own } from '../scrub/read.ts'
import type { Account, Adapter, Finding, Surroundings } from './adapter.ts'
import { pathOf } from './field-name.ts'
import { listOf, memberNames, nameIn, namesIn, objectIn, objectsIn, textIn } from './fields.ts'

/** Where the driver's own error is kept. */
const inside = ['driverError', 'original', 'parent', 'nativeError', 'cause'] as const

export const ormAdapter: Adapter = {
  library: 'orm',
  describe(error, around) {
    const { names } = around
    const known = [...names].some((name) => name.startsWith('Sequelize') || orms.has(name))
    if (!known) return undefined
    const driver = driverOf(error, around)
    const findings = sequelizeFindings(error)
    return {
      ...driver,
      details: {
        ...driver?.details,
        ...(driver?.details?.['table'] === undefined ? { table: nameIn(error, 'table') } : {}),
        fields: fieldsOf(error),
        findings: findings.length === 0 ? undefined : findings,
        entity: nameIn(error, 'entityName'),
      },
    }
  },
}

const orms: ReadonlySet<string> = new Set([
  'QueryFailedError',
  'TypeORMError',
  'DrizzleQueryError',
  'DrizzleError',
  'DBError',
  'DriverException',
  'BaseError',
  'UniqueViolationError',
  'NotNullViolationError',
  'ForeignKeyViolationError',
  'CheckViolationError',
  'DataError',
  'EntityNotFoundError',
  'UniqueConstraintError',
  'ForeignKeyConstraintError',
  'OptimisticLockError',
])

function driverOf(error: object, around: Surroundings): Account | undefined {
  for (const key of inside) {
    const driver = own(error, key)
    if (!isReadable(driver)) continue
    const account = around.describe(driver)
    if (account !== undefined) return account
  }
  return undefined
}

function sequelizeFindings(error: object): Finding[] {
  return objectsIn(error, 'errors').map((item) => ({
    path: pathOf([own(item, 'path')]),
    rule: textIn(item, 'validatorKey', /^[A-Za-z_]{1,40}$/) ?? textIn(item, 'type', /^[A-Za-z ]{1,40}$/) ?? '*',
  }))
}

/** A list of names for foreign keys, an object with the values under the names for unique ones. */
function fieldsOf(error: object): string[] | undefined {
  return namesIn(error, 'fields') ?? memberNames(objectIn(error, 'fields'))
}

export const prismaAdapter: Adapter = {
  library: 'prisma',
  describe(error, { names }) {
    const code = textIn(error, 'code', /^P\d{4}$/) ?? textIn(error, 'errorCode', /^P\d{4}$/)
    if (
      ![...names].some((name) => name.startsWith('PrismaClient')) &&
      !(code !== undefined && objectIn(error, 'meta'))
    ) {
      return undefined
    }
    const meta = objectIn(error, 'meta') ?? {}
    return {
      code,
      details: {
        model: nameIn(meta, 'modelName'),
        target: namesIn(meta, 'target') ?? nameList(own(meta, 'target')),
        field: nameIn(meta, 'field_name') ?? nameIn(meta, 'constraint'),
        column: nameIn(meta, 'column_name'),
        client_version: textIn(error, 'clientVersion', /^\d{1,3}\.\d{1,3}\.\d{1,3}$/),
      },
    }
  },
}

function nameList(name: unknown): string[] | undefined {
  const names = listOf([name]).filter((one) => one !== undefined)
  return names.length === 0 ? undefined : names.map((one) => pathOf([one]))
}
