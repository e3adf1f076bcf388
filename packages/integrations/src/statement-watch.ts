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
  runInContext,
  tellData,
  watchCall,
  watchesData,
} from '@trailmark/core/integration'
import { readStatements } from './sql/statements.ts'
import type { Dialect } from './sql/tokens.ts'
import type { Statement, TableUse } from './sql/uses.ts'
import type { TransactionControl } from './transaction-control.ts'
import { WaitingWrites } from './waiting-writes.ts'

/** What a statement gave, as far as the ORM or the driver says it. */
export interface StatementResult {
  /** The rows of its answer. */
  readonly rows?: readonly unknown[] | undefined
  /** The names of the columns in their order, where rows are arrays. */
  readonly columns?: readonly string[] | undefined
  /** Rows it changed. */
  readonly affected?: number | undefined
  /** The rows under the names their columns have in `table`; default: `rows`, where they are rows of one table alone. */
  readonly rowsOf?: ((table: string) => readonly unknown[] | undefined) | undefined
  /** How many of `table` there are, where rows are objects that hold others. */
  readonly countOf?: ((table: string) => number | undefined) | undefined
  /** Of a text of several statements: what each of them gave. */
  readonly each?: readonly StatementResult[] | undefined
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
  /** `driver` where every statement that reaches the database is seen: its counts then stand beside those of a library. */
  layer: AccessBelow['layer'] = 'library'
  /** Where transactions begin and end is told by `begin()` and `end()` alone, whatever is sent as text. */
  told = false
  readonly #open = new WeakMap<object, OpenTransaction>()
  #nested = 0

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
    const { statements, control, cut } = readStatements(sql, this.dialect)
    if (control !== undefined) return this.#controlled(control, connection)
    if (cut) tellData('DATA_STATEMENT_CUT', cutNotice, this.#audit)
    const named = this.#isNamed(statements)
    const transaction = this.#open.get(connection)
    if (!named && transaction === undefined && !statements.some((statement) => statement.control)) return undefined
    const context = currentContext()
    return {
      succeeded: (result) => {
        try {
          // A pool may call back in the context of another request, and then of another audit.
          runInContext(context, () => this.#report(statements, result, context, connection))
        } catch {
          // Rows are somebody else's objects; what is wrong with them is no matter of the query's.
        }
      },
      failed: () => {
        if (transaction !== undefined && this.dialect === 'postgres') transaction.broken = true
        for (const { uses } of statements)
          for (const { table, verb } of uses)
            reportAccess({ table, verb, failed: true, context, layer: this.layer }, this.#audit)
      },
    }
  }

  #isNamed(statements: readonly Statement[]): boolean {
    for (const { uses } of statements) for (const { table } of uses) if (isPersonal(table, this.#audit)) return true
    return false
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

  /** A transaction within the one on `outer` has begun, on a connection of its own. The answer is told its end. */
  nest(outer: object, inner: object): (happened: boolean) => void {
    const transaction = this.#open.get(outer)
    if (transaction === undefined) return () => {}
    const name = `nested ${++this.#nested}`
    this.#open.set(inner, transaction)
    transaction.writes.mark(name)
    return (happened) => {
      this.#open.delete(inner)
      if (happened) transaction.writes.release(name)
      else {
        transaction.broken = false
        transaction.writes.back(name)
      }
    }
  }

  #controlled(control: TransactionControl, connection: object): SentStatement {
    return {
      succeeded: () => this.#control(control, connection),
      failed: () => {
        if (!this.told && (control.kind === 'commit' || control.kind === 'rollback')) this.end(connection, false)
      },
    }
  }

  #control({ kind, name }: TransactionControl, connection: object): void {
    const transaction = this.#open.get(connection)
    if (kind === 'begin' || kind === 'commit' || kind === 'rollback') {
      if (this.told) return
      if (kind === 'begin') this.begin(connection)
      else this.end(connection, kind === 'commit')
    } else if (kind === 'savepoint') transaction?.writes.mark(name)
    else if (kind === 'release') transaction?.writes.release(name)
    else if (transaction !== undefined) {
      transaction.broken = false
      transaction.writes.back(name)
    }
  }

  #report(
    statements: readonly Statement[],
    result: StatementResult,
    context: RequestContext | undefined,
    connection: object,
  ): void {
    const { each } = result
    // A driver that answers another number of statements counts otherwise than we do.
    const known = each === undefined ? statements.length === 1 : each.length === statements.length
    for (const [n, statement] of statements.entries()) {
      const given = known ? (each?.[n] ?? result) : undefined
      for (const use of statement.uses) {
        if (!isPersonal(use.table, this.#audit)) continue
        const access = { ...accessOf(statement, use, given), context, layer: this.layer }
        const waiting = use.verb === 'read' ? undefined : this.#open.get(connection)?.writes
        if (waiting === undefined) reportAccess(access, this.#audit)
        else waiting.add(access)
      }
      // Of several statements in one text one may begin a transaction, and another end it.
      if (statement.control !== undefined) this.#control({ kind: statement.control, name: '' }, connection)
    }
  }
}

const cutNotice =
  'a statement is longer than is read: what it does beyond its first 256 KiB is on no record; send values as parameters'

/** What one statement did to one of its tables; `given` where it is known which result is the statement's. */
function accessOf(
  statement: Statement,
  { table, verb, counted }: TableUse,
  given: StatementResult | undefined,
): AccessBelow {
  if (given === undefined || !counted || verb !== statement.verb) return { table, verb }
  const { rows, columns, affected, rowsOf, countOf } = given
  const records = countOf?.(table) ?? (verb === 'read' ? rows?.length : (affected ?? rows?.length))
  const named = rowsOf?.(table) ?? (statement.rowsOf === table ? rows : undefined)
  return { table, verb, records, rows: named, columns }
}
