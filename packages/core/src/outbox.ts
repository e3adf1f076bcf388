/**
 * The outbox: a table of the application's own database, through which a record becomes part of a transaction.
 *
 * The row is written by the application's transaction and so exists if and only if that commits. A relay in this process takes
 * what is committed to the ledger, and removes it once it is durable there:
 *
 *     1. put()      the masked record, authenticated, by the transaction     commits or not: both or neither
 *     2. taken      the oldest rows are marked as given to one relay, for a minute
 *     3. recorded   in the ledger, durable
 *     4. removed
 *
 * After a crash between 3 and 4 the rows are given again, marked: those are looked for by their ids, so that nothing is recorded
 * twice.
 */

/** One record on its way: nothing in it may need hiding any more. */
export interface OutboxRow {
  /** The record's id (UUIDv7), and the row's key. */
  readonly id: string
  /** At most 131,072 characters. */
  readonly body: string
  /** True when it was given to a relay before that has not said what became of it. */
  readonly taken?: boolean
}

/** What became of the rows of one drain. Rows in neither list stay, and are given again. */
export interface Drained {
  /** Durable in the ledger: to be removed. */
  readonly done: readonly string[]
  /** Not of this trail, or not readable: to be kept aside, and not given again. */
  readonly refused: readonly string[]
}

/** A table as outbox. `@trailmark/integrations/outbox` makes one for the usual databases and libraries. */
export interface Outbox {
  /** Adds a row through the application's transaction. Rejects with what the database says; the transaction has to fail then. */
  put(transaction: object, row: OutboxRow): Promise<void>
  /**
   * Gives the oldest committed rows, at most `limit`, to `work`, and then does with them what it says. Nobody else is given them
   * for a minute. Resolves with how many there were. Rejects with what `work` or the database says; then they are free again.
   */
  drain(limit: number, work: (rows: readonly OutboxRow[]) => Promise<Drained>): Promise<number>
}
