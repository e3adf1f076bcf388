/**
 * What happened in the database while one endpoint of better-auth ran: its database hooks tell, with the endpoint's context.
 * Only identifiers are kept.
 */
import { textOf } from '../authn/text.ts'
import { memberOf } from '../member.ts'

export interface SessionFact {
  readonly id: string | undefined
  readonly userId: string | undefined
}

export class Facts {
  /** Identifiers of users that were made and deleted. */
  readonly created: string[] = []
  readonly deleted: string[] = []
  /** Sessions that were made and ended. */
  readonly begun: SessionFact[] = []
  readonly ended: SessionFact[] = []
  /** Whether the second factor is on, where that was written. */
  twoFactor: boolean | undefined
}

/** As many as one endpoint is remembered for. */
const factsMax = 1_000

export class FactTable {
  readonly #facts = new WeakMap<object, Facts>()

  find(context: unknown): Facts | undefined {
    const key = memberOf(context, 'context')
    return typeof key === 'object' && key !== null ? this.#facts.get(key) : undefined
  }

  /** Of an endpoint in progress; undefined for what runs outside of any. */
  of(context: unknown): Facts | undefined {
    // The endpoint, its hooks and those of the database are given contexts of their own around the same one.
    const key = memberOf(context, 'context')
    if (typeof key !== 'object' || key === null) return undefined
    const facts = this.#facts.get(key) ?? new Facts()
    this.#facts.set(key, facts)
    return facts
  }

  /** The hooks to hand to better-auth. `orphan` is told of users who come and go outside of any endpoint. */
  hooks(orphan: (type: 'account_created' | 'account_deleted', id: string) => void): object {
    const user = (list: 'created' | 'deleted') => async (row: unknown, context: unknown) => {
      const id = textOf(row, 'id')
      const facts = this.of(context)
      if (id === undefined) return
      if (facts === undefined) orphan(list === 'created' ? 'account_created' : 'account_deleted', id)
      else if (facts[list].length < factsMax) facts[list].push(id)
    }
    const session = (list: 'begun' | 'ended') => async (row: unknown, context: unknown) => {
      const facts = this.of(context)
      if (facts !== undefined && facts[list].length < factsMax)
        facts[list].push({ id: textOf(row, 'id'), userId: textOf(row, 'userId') })
    }
    const updated = async (row: unknown, context: unknown): Promise<void> => {
      const enabled = memberOf(row, 'twoFactorEnabled')
      const facts = typeof enabled === 'boolean' ? this.of(context) : undefined
      if (facts !== undefined && typeof enabled === 'boolean') facts.twoFactor = enabled
    }
    return {
      user: { create: { after: user('created') }, delete: { after: user('deleted') }, update: { after: updated } },
      session: { create: { after: session('begun') }, delete: { after: session('ended') } },
    }
  }
}
