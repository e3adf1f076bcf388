/** Collections in memory and what commands do to them: as much of MongoDB as the tests of the integrations use. */
import { BSON, type Document } from 'mongodb'
import { aggregate, applyUpdate, matches, project } from './mongo-stages.ts'

interface Cursor {
  readonly ns: string
  rest: Document[]
  /** A change stream: what happens to these collections is pushed here. */
  readonly watched?: RegExp
}

/** An error as the server words it. */
class CommandError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export class MongoStore {
  #collections = new Map<string, Document[]>()
  readonly #cursors = new Map<bigint, Cursor>()
  readonly #transactions = new Map<string, Map<string, Document[]>>()
  #lastCursor = 100n
  /** The next command of this name fails like this. */
  failNext: { name: string; code: number; errmsg: string; errorLabels?: string[] } | undefined
  readonly killed: bigint[] = []

  docs(ns: string): Document[] {
    const there = this.#collections.get(ns) ?? []
    this.#collections.set(ns, there)
    return there
  }

  get openCursors(): number {
    return this.#cursors.size
  }

  run(name: string, command: Document): Document {
    if (this.failNext?.name === name) {
      const { code, errmsg, errorLabels } = this.failNext
      this.failNext = undefined
      return { ok: 0, code, errmsg, codeName: 'Planted', ...(errorLabels && { errorLabels }) }
    }
    try {
      this.#begin(command)
      return { ...this.#command(name, command), ok: 1 }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      return { ok: 0, code: error.code, codeName: 'Error', errmsg: error.message }
    }
  }

  #begin(command: Document): void {
    if (command['startTransaction'] !== true) return
    const copy = new Map([...this.#collections].map(([ns, docs]) => [ns, docs.map((doc) => ({ ...doc }))]))
    this.#transactions.set(transactionOf(command), copy)
  }

  #command(name: string, command: Document): Document {
    const db = String(command['$db'])
    const collection = name === 'getMore' ? command['collection'] : command[name]
    const ns = `${db}.${collection}`
    switch (name) {
      case 'find': {
        let found = this.docs(ns).filter((doc) => matches(doc, command['filter'] ?? {}))
        found = found.slice(Number(command['skip'] ?? 0))
        if (command['limit']) found = found.slice(0, Number(command['limit']))
        return this.#cursor(
          ns,
          found.map((doc) => project(doc, command['projection'])),
          command,
          'firstBatch',
        )
      }
      case 'aggregate': {
        const pipeline: Document[] = command['pipeline']
        if (pipeline[0]?.['$changeStream'] !== undefined) {
          const watched = collection === 1 ? new RegExp(`^${db}\\.`) : new RegExp(`^${db}\\.${collection}$`)
          const id = ++this.#lastCursor
          const of = collection === 1 ? `${db}.$cmd.aggregate` : ns
          this.#cursors.set(id, { ns: of, rest: [], watched })
          const firstBatch: Document[] = []
          return { cursor: { id: BSON.Long.fromBigInt(id), ns: of, firstBatch, postBatchResumeToken: { _data: '00' } } }
        }
        return this.#cursor(ns, aggregate(this, db, this.docs(ns), pipeline), command['cursor'] ?? {}, 'firstBatch')
      }
      case 'getMore': {
        const id = BigInt(String(command['getMore']))
        const cursor = this.#cursors.get(id)
        if (cursor === undefined) throw new CommandError(43, 'cursor id not found')
        return this.#batch(id, cursor, Number(command['batchSize'] ?? 101), 'nextBatch')
      }
      case 'killCursors': {
        const ids: unknown[] = command['cursors']
        for (const id of ids.map(String).map(BigInt)) {
          this.#cursors.delete(id)
          this.killed.push(id)
        }
        return { cursorsKilled: ids, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [] }
      }
      case 'insert':
        return this.#insert(ns, command)
      case 'update':
        return this.#update(ns, command['updates'])
      case 'delete': {
        let n = 0
        for (const { q, limit } of command['deletes']) n += this.#delete(ns, q, limit === 1)
        return { n }
      }
      case 'findAndModify':
        return this.#findAndModify(ns, command)
      case 'count':
        return { n: this.docs(ns).filter((doc) => matches(doc, command['query'] ?? {})).length }
      case 'distinct': {
        const found = this.docs(ns).filter((doc) => matches(doc, command['query'] ?? {}))
        return { values: [...new Set(found.map((doc) => doc[String(command['key'])]))] }
      }
      case 'bulkWrite':
        return this.#bulkWrite(command)
      case 'drop':
        this.#collections.delete(ns)
        return { ns }
      case 'commitTransaction':
        this.#transactions.delete(transactionOf(command))
        return {}
      case 'abortTransaction':
        this.#collections = this.#transactions.get(transactionOf(command)) ?? this.#collections
        return {}
      case 'createIndexes':
      case 'create':
        return {}
      default:
        throw new CommandError(59, `no such command: '${name}'`)
    }
  }

  #cursor(ns: string, rest: Document[], sizes: Document, batch: string): Document {
    const id = ++this.#lastCursor
    this.#cursors.set(id, { ns, rest })
    const size = sizes['singleBatch'] === true ? rest.length : Number(sizes['batchSize'] ?? 101)
    return this.#batch(id, { ns, rest }, size, batch)
  }

  #batch(id: bigint, cursor: Cursor, size: number, name: string): Document {
    const batch = cursor.rest.slice(0, size)
    const rest = cursor.rest.slice(size)
    const open = cursor.watched !== undefined || rest.length > 0
    if (open) this.#cursors.set(id, { ...cursor, rest })
    else this.#cursors.delete(id)
    return { cursor: { id: BSON.Long.fromBigInt(open ? id : 0n), ns: cursor.ns, [name]: batch } }
  }

  #insert(ns: string, command: Document): Document {
    const writeErrors: Document[] = []
    let n = 0
    for (const [index, doc] of command['documents'].entries()) {
      if (this.docs(ns).some((other) => String(other['_id']) === String(doc['_id']))) {
        writeErrors.push({ index, code: 11000, errmsg: `E11000 duplicate key error: ${String(doc['_id'])}` })
        if (command['ordered'] !== false) break
      } else {
        this.docs(ns).push(doc)
        this.#changed(ns, 'insert', doc)
        n++
      }
    }
    return writeErrors.length > 0 ? { n, writeErrors } : { n }
  }

  #update(ns: string, updates: Document[]): Document {
    const upserted: Document[] = []
    let n = 0
    for (const [index, { q, u, multi, upsert }] of updates.entries()) {
      const found = this.docs(ns).filter((doc) => matches(doc, q))
      for (const doc of multi === true ? found : found.slice(0, 1)) {
        applyUpdate(doc, u)
        this.#changed(ns, 'update', doc)
        n++
      }
      if (found.length === 0 && upsert === true) {
        const made: Document = { _id: q['_id'] ?? new BSON.ObjectId() }
        applyUpdate(made, u)
        this.docs(ns).push(made)
        upserted.push({ index, _id: made['_id'] })
        n++
      }
    }
    return { n, nModified: n - upserted.length, ...(upserted.length > 0 && { upserted }) }
  }

  #delete(ns: string, q: Document, one: boolean): number {
    const docs = this.docs(ns)
    const found = docs.filter((doc) => matches(doc, q)).slice(0, one ? 1 : undefined)
    for (const doc of found) docs.splice(docs.indexOf(doc), 1)
    return found.length
  }

  #findAndModify(ns: string, command: Document): Document {
    const found = this.docs(ns).find((doc) => matches(doc, command['query'] ?? {}))
    if (command['remove'] === true) {
      if (found !== undefined) this.#delete(ns, { _id: found['_id'] }, true)
      return { lastErrorObject: { n: found === undefined ? 0 : 1 }, value: found ?? null }
    }
    if (found === undefined) {
      if (command['upsert'] !== true) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null }
      const { upserted } = this.#update(ns, [{ q: command['query'], u: command['update'], upsert: true }])
      return { lastErrorObject: { n: 1, updatedExisting: false, upserted: upserted[0]._id }, value: null }
    }
    const before = { ...found }
    applyUpdate(found, command['update'])
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: command['new'] === true ? found : before }
  }

  #bulkWrite(command: Document): Document {
    const totals = { nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 }
    const nsOf = (place: number): string => command['nsInfo'][place].ns
    for (const op of command['ops']) {
      if ('insert' in op) totals.nInserted += this.#insert(nsOf(op.insert), { documents: [op.document] })['n']
      else if ('update' in op) {
        const { n } = this.#update(nsOf(op.update), [{ q: op.filter, u: op.updateMods, multi: op.multi }])
        totals.nMatched += n
        totals.nModified += n
      } else totals.nDeleted += this.#delete(nsOf(op.delete), op.filter, op.multi !== true)
    }
    const firstBatch: Document[] = []
    return { cursor: { id: BSON.Long.ZERO, ns: 'admin.$cmd.bulkWrite', firstBatch }, nErrors: 0, ...totals }
  }

  #changed(ns: string, operationType: string, fullDocument: Document): void {
    const [db, ...coll] = ns.split('.')
    for (const cursor of this.#cursors.values()) {
      if (cursor.watched?.test(ns) !== true) continue
      const _id = { _data: String(++this.#lastCursor) }
      const of = { db, coll: coll.join('.') }
      cursor.rest.push({ _id, operationType, ns: of, documentKey: { _id: fullDocument['_id'] }, fullDocument })
    }
  }
}

function transactionOf(command: Document): string {
  return `${command['lsid'].id.toString('hex')} ${String(command['txnNumber'])}`
}
