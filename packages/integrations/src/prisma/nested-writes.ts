/** Records that an operation of Prisma writes through relations: `data: { visits: { create: [...] } }`, as deep as it goes. */
import { listOf, memberOf } from '../member.ts'
import type { PrismaModel, PrismaModels } from './models.ts'

export interface NestedWrite {
  readonly table: string
  readonly verb: 'create' | 'update' | 'delete'
  /** Undefined where only the database knows. */
  readonly records?: number | undefined
}

const depthMax = 10
const writesMax = 10_000

const verbs: Readonly<Record<string, NestedWrite['verb']>> = {
  create: 'create',
  createMany: 'create',
  connectOrCreate: 'create',
  update: 'update',
  updateMany: 'update',
  upsert: 'update',
  connect: 'update',
  disconnect: 'update',
  set: 'update',
  delete: 'delete',
  deleteMany: 'delete',
}
/** Those whose number of records is the number of what is written down. */
const counted = new Set(['create', 'update', 'upsert', 'delete'])

/** Adds to `found` what `data` of `model` writes to other models. */
export function writesIn(
  models: PrismaModels,
  model: PrismaModel,
  data: unknown,
  found: NestedWrite[],
  depth: number,
): void {
  if (depth > depthMax) return
  for (const one of Array.isArray(data) ? data : [data]) {
    for (const [field, name] of model.relations) {
      const operations = memberOf(one, field)
      if (typeof operations !== 'object' || operations === null) continue
      const next = models(name)
      for (const [operation, verb] of Object.entries(verbs)) {
        const given = memberOf(operations, operation)
        if (given === undefined || given === false || found.length >= writesMax) continue
        const items: readonly unknown[] = Array.isArray(given) ? given : [given]
        const many = operation === 'createMany' ? listOf(memberOf(given, 'data')).length : undefined
        found.push({ table: next.table, verb, records: counted.has(operation) ? items.length : many })
        for (const item of items) {
          if (operation === 'create') writesIn(models, next, item, found, depth + 1)
          for (const part of ['data', 'create', 'update'])
            writesIn(models, next, memberOf(item, part), found, depth + 1)
        }
      }
    }
  }
}
