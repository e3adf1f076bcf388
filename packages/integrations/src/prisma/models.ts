/**
 * What a Prisma client says of its models: which table each is, which column each field, and where relations lead.
 *
 * The generated client carries this for its own use (`_runtimeDataModel`). Without it every model is taken for a table of
 * its name, and relations are not followed.
 */
import { listOf, memberOf } from '../member.ts'

export interface PrismaModel {
  /** As the database has it, with the schema where there is one. */
  readonly table: string
  readonly columns: ReadonlyMap<string, string>
  /** Field to model. */
  readonly relations: ReadonlyMap<string, string>
}

/** Models by name. */
export type PrismaModels = (name: string) => PrismaModel

export function modelsOf(client: unknown): PrismaModels {
  const known = memberOf(memberOf(client, '_runtimeDataModel'), 'models')
  const read = new Map<string, PrismaModel>()
  return (name) => {
    let model = read.get(name)
    if (model === undefined) {
      model = readModel(name, memberOf(known, name))
      read.set(name, model)
    }
    return model
  }
}

function readModel(name: string, given: unknown): PrismaModel {
  const table = textOf(memberOf(given, 'dbName')) ?? name
  const schema = textOf(memberOf(given, 'schema'))
  const columns = new Map<string, string>()
  const relations = new Map<string, string>()
  for (const field of listOf(memberOf(given, 'fields'))) {
    const fieldName = textOf(memberOf(field, 'name'))
    const type = textOf(memberOf(field, 'type'))
    if (fieldName === undefined || type === undefined) continue
    if (memberOf(field, 'kind') === 'object' && memberOf(field, 'relationName') !== undefined)
      relations.set(fieldName, type)
    else columns.set(fieldName, textOf(memberOf(field, 'dbName')) ?? fieldName)
  }
  return { table: schema === undefined ? table : `${schema}.${table}`, columns, relations }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
