/**
 * Writes inside a transaction wait here until it is known whether they happened: a transaction that was rolled back changed
 * nothing, and its writes are on record as failed attempts.
 */

import type { Audit } from '@trailmark/core'
import { type AccessBelow, reportAccess } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'

/** Transactions in progress, and writes of one; beyond, the oldest is recorded as if it had been committed. */
const openMax = 1_000
const writesMax = 1_000
const rowsMax = 20

export class Transactions {
  readonly #open = new Map<string, AccessBelow[]>()
  readonly #audit: Audit | undefined

  constructor(audit: Audit | undefined) {
    this.#audit = audit
  }

  /** Reports a write, now or when the transaction of its command has ended. */
  write(command: unknown, access: AccessBelow): void {
    const key = memberOf(command, 'autocommit') === false ? keyOf(command) : undefined
    const writes = key === undefined || access.failed === true ? undefined : this.#writesOf(key)
    // No more documents are held than the trail looks at.
    if (writes !== undefined && writes.length < writesMax)
      writes.push({ ...access, records: access.records ?? access.rows?.length, rows: access.rows?.slice(0, rowsMax) })
    else reportAccess(access, this.#audit)
  }

  /** The command that ends a transaction was answered. */
  ended(command: unknown, committed: boolean): void {
    const key = keyOf(command)
    if (key !== undefined) this.#end(key, !committed)
  }

  #writesOf(key: string): AccessBelow[] {
    const known = this.#open.get(key)
    if (known !== undefined) return known
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < openMax) break
      this.#end(oldest, false)
    }
    const made: AccessBelow[] = []
    this.#open.set(key, made)
    return made
  }

  #end(key: string, failed: boolean): void {
    const writes = this.#open.get(key)
    if (writes === undefined) return
    this.#open.delete(key)
    for (const access of writes) reportAccess(failed ? { ...access, failed } : access, this.#audit)
  }
}

/** A transaction is a number within a session. */
function keyOf(command: unknown): string | undefined {
  const session: unknown = memberOf(memberOf(memberOf(command, 'lsid'), 'id'), 'buffer')
  const number = memberOf(command, 'txnNumber')
  if (!(session instanceof Uint8Array) || number === undefined) return undefined
  return `${Buffer.from(session).toString('hex')} ${String(number)}`
}
