/**
 * What an ORM's statements do to declared tables, from the text it sends and the result it gets: one report for each table of
 * a statement, writes of a transaction when it has ended.
 */
import type { Audit } from '@trailmark/core'
import {
  type AccessBelow,
  currentContext,
  isPersonal,
  type RequestContext,
  reportAccess,
  watchCall,
  watchesData,
} from '@trailmark/core/integration'
import { readStatements } from './sql/statements.ts'
import type { Dialect } from './sql/tokens.ts'
import type { Statement } from './sql/uses.ts'
import { controlOf, type TransactionControl } from './transaction-control.ts'
import { WaitingWrites } from './waiting-writes.ts'

/** What a statement gave, as far as the ORM says it. */
export interface StatementResult {
  /** The rows of its answer. */
  readonly rows?: readonly unknown[] | undefined
  /** Rows it changed. */
  readonly affected?: number | undefined
  /** The rows under the names their columns have in `table`; default: `rows`, where they are rows of one table alone. */
  readonly rowsOf?: ((table: string) => readonly unknown[] | undefined) | undefined
  /** How many of `table` there are, where rows are objects that hold others. */
  readonly countOf?: ((table: string) => number | undefined) | undefined
}

/** A statement that was sent. Exactly one of the two is called, once. */
export interface SentStatement {
  succeeded(result: StatementResult): void
  failed(): void
}

interface OpenTransaction {
  readonly writes: WaitingWrites
  /** PostgreSQL: a statement failed, so that nothing of this will be committed, whatever is asked for. */
  broken: boolean
}

/** The statements of one database, over all of its connections. */
export class StatementWatch {
  readonly dialect: Dialect
  readonly #audit: Audit | undefined
  readonly #open = new WeakMap<object, OpenTransaction>()

  constructor(dialect: Dialect, audit: Audit | undefined) {
    this.dialect = dialect
    this.#audit = audit
  }

  /** Calls `call`, which sends `sql`, and reports how that went. `connection`: what the transaction belongs to. */
  run<R>(sql: unknown, connection: object, call: () => R, read: (value: unknown) => StatementResult): R {
    const sent = this.send(sql, connection)
    if (sent === undefined) return call()
    return watchCall(call, (end) => (end.failed ? sent.failed() : sent.succeeded(read(end.value))))
  }

  /** A statement is sent; undefined where it is about no declared table. */
  send(sql: unknown, connection: object): SentStatement | undefined {
    if (typeof sql !== 'string' || !watchesData(this.#audit)) return undefined
    const control = controlOf(sql)
    if (control !== undefined) return this.#controlled(control, connection)
    const { statements } = readStatements(sql, this.dialect)
    const named = statements.some(({ uses }) => uses.some(({ table }) => isPersonal(table, this.#audit)))
    const transaction = this.#open.get(connection)
    if (!named && transaction === undefined) return undefined
    const context = currentContext()
    return {
      succeeded: (result) => this.#report(statements, result, context, connection),
      failed: () => {
        if (transaction !== undefined && this.dialect === 'postgres') transaction.broken = true
        for (const { uses } of statements)
          for (const { table, verb } of uses) reportAccess({ table, verb, failed: true, context }, this.#audit)
      },
    }
  }

  /** A transaction has begun on this connection, for ORMs that begin it without a statement. */
  begin(connection: object): void {
    if (!this.#open.has(connection))
      this.#open.set(connection, { writes: new WaitingWrites(this.#audit), broken: false })
  }

  /** The transaction on this connection has ended; nothing happens where it is known already. */
  end(connection: object, committed: boolean): void {
    const transaction = this.#open.get(connection)
    this.#open.delete(connection)
    transaction?.writes.end(committed && !transaction.broken)
  }

  #controlled(control: TransactionControl, connection: object): SentStatement {
    return {
      succeeded: () => this.#control(control, connection),
      failed: () => {
        if (control.kind === 'commit' || control.kind === 'rollback') this.end(connection, false)
      },
    }
  }

  #control({ kind, name }: TransactionControl, connection: object): void {
    const transaction = this.#open.get(connection)
    if (kind === 'begin') this.begin(connection)
    else if (kind === 'commit' || kind === 'rollback') this.end(connection, kind === 'commit')
    else if (kind === 'savepoint') transaction?.writes.mark(name)
    else if (kind === 'release') transaction?.writes.release(name)
    else if (transaction !== undefined) {
      transaction.broken = false
      transaction.writes.back(name)
    }
  }

  #report(
    statements: readonly Statement[],
    { rows, affected, rowsOf, countOf }: StatementResult,
    context: RequestContext | undefined,
    connection: object,
  ): void {
    const only = statements.length === 1 ? statements[0] : undefined
    for (const { uses, verb: main } of statements) {
      for (const { table, verb, counted } of uses) {
        if (!isPersonal(table, this.#audit)) continue
        const mine = only !== undefined && counted && verb === main
        const records = countOf?.(table) ?? (verb === 'read' ? rows?.length : (affected ?? rows?.length))
        const named = rowsOf?.(table) ?? (only?.rowsOf === table ? rows : undefined)
        const access: AccessBelow = { table, verb, context, ...(mine ? { records, rows: named } : {}) }
        const waiting = verb === 'read' ? undefined : this.#open.get(connection)?.writes
        if (waiting === undefined) reportAccess(access, this.#audit)
        else waiting.add(access)
      }
    }
  }
}
