/** Transactions of MongoDB in progress: a number within a session, named by every command of it. */
import type { Audit } from '@trailmark/core'
import { type AccessBelow, reportAccess } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'
import { WaitingWrites } from '../waiting-writes.ts'

/** Transactions in progress; beyond, the oldest is recorded as if it had been committed. */
const openMax = 1_000

export class Transactions {
  readonly #open = new Map<string, WaitingWrites>()
  readonly #audit: Audit | undefined

  constructor(audit: Audit | undefined) {
    this.#audit = audit
  }

  /** Reports a write, now or when the transaction of its command has ended. */
  write(command: unknown, access: AccessBelow): void {
    const key = memberOf(command, 'autocommit') === false ? keyOf(command) : undefined
    if (key === undefined) reportAccess(access, this.#audit)
    else this.#writesOf(key).add(access)
  }

  /** The command that ends a transaction was answered. */
  ended(command: unknown, committed: boolean): void {
    const key = keyOf(command)
    if (key !== undefined) this.#end(key, committed)
  }

  #writesOf(key: string): WaitingWrites {
    const known = this.#open.get(key)
    if (known !== undefined) return known
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < openMax) break
      this.#end(oldest, true)
    }
    const made = new WaitingWrites(this.#audit)
    this.#open.set(key, made)
    return made
  }

  #end(key: string, committed: boolean): void {
    const writes = this.#open.get(key)
    this.#open.delete(key)
    writes?.end(committed)
  }
}

function keyOf(command: unknown): string | undefined {
  const session: unknown = memberOf(memberOf(memberOf(command, 'lsid'), 'id'), 'buffer')
  const number = memberOf(command, 'txnNumber')
  if (!(session instanceof Uint8Array) || number === undefined) return undefined
  return `${Buffer.from(session).toString('hex')} ${String(number)}`
}
