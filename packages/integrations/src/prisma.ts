/**
 * Prisma: every operation of the client is access below the route, in the request that awaits it.
 *
 * The operations are seen where Prisma lets extensions see them, not in its driver: Prisma joins lookups of several requests
 * into one statement, and that statement belongs to none of them.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Audit, AuditError } from '@trailmark/core'
import { currentContext, isPersonal, reportAccess, watchesData } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { listOf, memberOf } from './member.ts'
import { modelsOf, type PrismaModels } from './prisma/models.ts'
import { accessesOf, type PrismaAccess, type PrismaOperation } from './prisma/operation.ts'
import { rawResultOf, rawTextOf } from './prisma/raw.ts'
import type { Dialect } from './sql/tokens.ts'
import { StatementWatch } from './statement-watch.ts'
import { WaitingWrites } from './waiting-writes.ts'

/** What is called of a Prisma client. */
export interface PrismaClientLike {
  $extends(extension: never): object
}

export interface PrismaOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

const AUDITED = '$trailmarkAudited'

/**
 * Returns the client extended so that what it reads and writes of tables in the option `data` of the audit is on record. Use
 * the client it returns, and only that one; Prisma cannot extend one in place. Tables are named as the database has them
 * (`@@map`).
 *
 * Throws `AUDIT_OPTION_INVALID` naming an option that cannot be, and `AUDIT_LIBRARY_UNKNOWN` for anything but a
 * Prisma client that can be extended.
 *
 *     export const prisma = auditPrisma(new PrismaClient({ adapter }))
 */
export function auditPrisma<T extends PrismaClientLike>(client: T, options: PrismaOptions = {}): T {
  const where = 'auditPrisma(client)'
  checkOptions(where, options)
  const extend = memberOf(client, '$extends')
  const transaction = memberOf(client, '$transaction')
  if (typeof extend !== 'function' || typeof transaction !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: a PrismaClient is expected`)
  if (memberOf(client, AUDITED) === true) return client
  const watch = new PrismaWatch(client, options.audit)
  const extended: unknown = Reflect.apply(extend, client, [
    {
      name: 'trailmark',
      query: { $allOperations: (call: unknown) => watch.operation(call) },
      client: {
        [AUDITED]: true,
        // Everything in a transaction happens when it is committed, or did not happen.
        $transaction(this: unknown, ...given: unknown[]) {
          return watch.transaction(() => Reflect.apply(transaction, this, given))
        },
      },
    },
  ])
  return extended as T // The same client: the extension adds nothing that it types.
}

class PrismaWatch {
  readonly #models: PrismaModels
  readonly #audit: Audit | undefined
  readonly #raw: StatementWatch
  readonly #transactions = new AsyncLocalStorage<WaitingWrites>()

  constructor(client: unknown, audit: Audit | undefined) {
    this.#models = modelsOf(client)
    this.#audit = audit
    this.#raw = new StatementWatch(dialectOf(memberOf(client, '_activeProvider')), audit)
    this.#raw.told = true
  }

  async operation(call: unknown): Promise<unknown> {
    const query = memberOf(call, 'query')
    const args = memberOf(call, 'args')
    if (typeof query !== 'function') throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditPrisma(client): no query()')
    const run = (): unknown => Reflect.apply(query, undefined, [args])
    if (!watchesData(this.#audit)) return run()
    const inTransaction = memberOf(memberOf(call, '__internalParams'), 'transaction') !== undefined
    const waiting = inTransaction ? this.#transactions.getStore() : undefined
    const text = rawTextOf(memberOf(call, 'operation'), args)
    if (text !== undefined) return this.#raw.run(text, waiting ?? {}, async () => run(), rawResultOf)
    const operation = this.#read(call)
    if (operation === undefined) return run()
    try {
      const result = await run()
      this.#tell(operation, result, false, waiting)
      return result
    } catch (error) {
      this.#tell(operation, undefined, true, waiting)
      throw error
    }
  }

  async transaction(run: () => unknown): Promise<unknown> {
    const waiting = new WaitingWrites(this.#audit)
    let committed = false
    this.#raw.begin(waiting)
    try {
      const result = await this.#transactions.run(waiting, run)
      committed = true
      return result
    } finally {
      waiting.end(committed)
      this.#raw.end(waiting, committed)
    }
  }

  /** The operation, if it names a declared table at all. */
  #read(call: unknown): PrismaOperation | undefined {
    const model = memberOf(call, 'model')
    const operation = memberOf(call, 'operation')
    if (typeof model !== 'string' || typeof operation !== 'string') return undefined
    const dataPath = listOf(memberOf(memberOf(call, '__internalParams'), 'dataPath'))
    const read = { model, operation, args: memberOf(call, 'args'), path: dataPath }
    const named = accessesIn(this.#models, read, undefined)
    return named.some((access) => isPersonal(access.table, this.#audit)) ? read : undefined
  }

  #tell(operation: PrismaOperation, result: unknown, failed: boolean, waiting: WaitingWrites | undefined): void {
    const context = currentContext()
    for (const seen of accessesIn(this.#models, operation, result)) {
      const { table, verb } = seen
      if (!isPersonal(table, this.#audit)) continue
      const access = failed ? { table, verb, failed, context } : { ...seen, context }
      if (failed) reportAccess(access, this.#audit)
      else if (waiting !== undefined && access.verb !== 'read') waiting.add(access)
      else reportAccess(access, this.#audit)
    }
  }
}

/** Arguments and results are somebody else's objects; what is wrong with them is no matter of the operation's. */
function accessesIn(models: PrismaModels, operation: PrismaOperation, result: unknown): readonly PrismaAccess[] {
  try {
    return accessesOf(models, operation, result)
  } catch {
    return []
  }
}

function dialectOf(provider: unknown): Dialect {
  if (provider === 'mysql' || provider === 'sqlite') return provider
  return provider === 'sqlserver' ? 'mssql' : 'postgres'
}
