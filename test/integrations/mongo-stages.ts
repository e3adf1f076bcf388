/** Filters, updates and aggregation stages, as far as the tests use them. */
import type { Document } from 'mongodb'
import type { MongoStore } from './mongo-store.ts'

const operators: Readonly<Record<string, (value: unknown, wanted: unknown) => boolean>> = {
  $in: (value, wanted) => Array.isArray(wanted) && wanted.map(String).includes(String(value)),
  $gte: (value, wanted) => Number(value) >= Number(wanted),
  $gt: (value, wanted) => Number(value) > Number(wanted),
  $lt: (value, wanted) => Number(value) < Number(wanted),
  $ne: (value, wanted) => String(value) !== String(wanted),
}

export function matches(doc: Document, filter: Document): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const value: unknown = doc[key]
    if (isOperators(wanted)) return Object.entries(wanted).every(([name, operand]) => operators[name]!(value, operand))
    return String(value) === String(wanted)
  })
}

function isOperators(wanted: unknown): wanted is Document {
  if (typeof wanted !== 'object' || wanted === null) return false
  const keys = Object.keys(wanted)
  return keys.length > 0 && keys.every((key) => key in operators)
}

export function applyUpdate(doc: Document, update: Document): void {
  if (!Object.keys(update).some((key) => key.startsWith('$'))) {
    for (const key of Object.keys(doc)) if (key !== '_id') delete doc[key]
    Object.assign(doc, update)
  }
  Object.assign(doc, update['$setOnInsert'], update['$set'])
  for (const [key, by] of Object.entries(update['$inc'] ?? {})) doc[key] = Number(doc[key] ?? 0) + Number(by)
  for (const key of Object.keys(update['$unset'] ?? {})) delete doc[key]
}

export function project(doc: Document, projection: Document | undefined): Document {
  if (projection === undefined) return doc
  const keep = Object.keys(projection).filter((key) => projection[key])
  if (keep.length === 0) return Object.fromEntries(Object.entries(doc).filter(([key]) => !(key in projection)))
  return Object.fromEntries(
    Object.entries(doc).filter(([key]) => keep.includes(key) || (key === '_id' && projection['_id'] !== 0)),
  )
}

export function aggregate(store: MongoStore, db: string, from: readonly Document[], pipeline: Document[]): Document[] {
  let docs: Document[] = [...from]
  for (const stage of pipeline) {
    const [name, of] = Object.entries(stage)[0]!
    docs = stages[name]!(store, db, docs, of)
  }
  return docs
}

type Stage = (store: MongoStore, db: string, docs: Document[], of: Document) => Document[]

const stages: Readonly<Record<string, Stage>> = {
  $match: (_store, _db, docs, of) => docs.filter((doc) => matches(doc, of)),
  $limit: (_store, _db, docs, of) => docs.slice(0, Number(of)),
  $skip: (_store, _db, docs, of) => docs.slice(Number(of)),
  $project: (_store, _db, docs, of) => docs.map((doc) => project(doc, of)),
  $group: (_store, _db, docs, of) =>
    docs.length === 0 ? [] : [{ _id: null, n: docs.length, keys: Object.keys(of).length }],
  $lookup: (store, db, docs, of) =>
    docs.map((doc) => ({
      ...doc,
      [of['as']]: aggregate(
        store,
        db,
        store
          .docs(`${db}.${of['from']}`)
          .filter(
            (other) =>
              of['localField'] === undefined || String(other[of['foreignField']]) === String(doc[of['localField']]),
          ),
        of['pipeline'] ?? [],
      ),
    })),
  $unionWith: (store, db, docs, of) => {
    const name: string = typeof of === 'string' ? of : of['coll']
    return [...docs, ...aggregate(store, db, store.docs(`${db}.${name}`), of['pipeline'] ?? [])]
  },
  $facet: (store, db, docs, of) => [
    Object.fromEntries(
      Object.entries(of).map(([name, pipeline]) => [name, aggregate(store, db, docs, pipeline as Document[])]),
    ),
  ],
  $out: (store, db, docs, of) => {
    store.docs(`${db}.${of}`).splice(0, Number.MAX_SAFE_INTEGER, ...docs)
    return []
  },
  $merge: (store, db, docs, of) => {
    store.docs(`${db}.${typeof of === 'string' ? of : of['into']}`).push(...docs)
    return []
  },
}
