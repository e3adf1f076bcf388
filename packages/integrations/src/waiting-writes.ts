/**
 * Writes inside a transaction wait here until it is known whether they happened: a transaction that was rolled back changed
 * nothing, and its writes are on record as failed attempts. What was read was read, however the transaction ends, and does
 * not wait.
 */
import type { Audit } from '@trailmark/core'
import { type AccessBelow, reportAccess } from '@trailmark/core/integration'

/** Writes of one transaction that wait; beyond, they are on record at once, as if they had been committed. */
const writesMax = 1_000
/** No more rows are held than the trail looks at. */
const rowsMax = 20

/** The writes of one transaction. */
export class WaitingWrites {
  readonly #audit: Audit | undefined
  #writes: AccessBelow[] = []
  /** Savepoints, with the number of writes before each. */
  #marks: { readonly name: string; readonly at: number }[] = []

  constructor(audit: Audit | undefined) {
    this.#audit = audit
  }

  add(access: AccessBelow): void {
    const { rows } = access
    if (access.failed === true || this.#writes.length >= writesMax) reportAccess(access, this.#audit)
    else this.#writes.push({ ...access, records: access.records ?? rows?.length, rows: rows?.slice(0, rowsMax) })
  }

  /** A savepoint was set. */
  mark(name: string): void {
    if (this.#marks.length < writesMax) this.#marks.push({ name, at: this.#writes.length })
  }

  /** A savepoint is none any more; what came after it shares the transaction's end. */
  release(name: string): void {
    const index = this.#marks.findLastIndex((mark) => mark.name === name)
    if (index !== -1) this.#marks.length = index
  }

  /** What came after the savepoint did not happen. */
  back(name: string): void {
    const index = this.#marks.findLastIndex((mark) => mark.name === name)
    if (index === -1) return
    this.#tell(this.#writes.splice(this.#marks[index]!.at), false)
    this.#marks.length = index + 1
  }

  end(committed: boolean): void {
    this.#marks = []
    this.#tell(this.#writes.splice(0), committed)
  }

  #tell(writes: readonly AccessBelow[], happened: boolean): void {
    for (const access of writes) reportAccess(happened ? access : { ...access, failed: true }, this.#audit)
  }
}
