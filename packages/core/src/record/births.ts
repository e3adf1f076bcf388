/**
 * Births of subject keys, on record before anything that was made with them.
 *
 *     1. the key's slot          its store: see `persist()` of the pseudonyms
 *     2. its birth               the `keys` ledger, whose batches wait for 1
 *     3. records that use it     every other ledger, whose batches wait for 2
 *
 * A record whose key is missing would look as if its person had been erased; a key whose birth is missing could be exchanged.
 */
import type { MaskedDraft } from '../draft.ts'
import type { Pseudonyms, SubjectAlias, SubjectBirth } from '../pseudonyms.ts'
import type { Lane } from './lane.ts'
import type { BeforeCommit } from './record-log.ts'

export interface BirthsSettings {
  readonly pseudonyms: Pick<Pseudonyms, 'takeNews' | 'told' | 'due' | 'persist' | 'persistSync'>
  /** The lane of the `keys` ledger, opened when there is first something to tell. May throw. */
  readonly lane: () => Lane
  readonly compose: (news: SubjectBirth | SubjectAlias) => MaskedDraft
}

/** How often a ledger that does not write is asked why, by whoever waits for it. */
const askMs = 50

/** What ledgers other than `keys` wait for. */
export class Births implements BeforeCommit {
  readonly #settings: BirthsSettings
  /** What the `keys` ledger waits for. */
  readonly slots: BeforeCommit
  /** Taken over and not accepted by the ledger yet. */
  #untold: (SubjectBirth | SubjectAlias)[] = []
  /** Accepted and not known to be durable. */
  #waiting = 0
  #lane: Lane | undefined
  #soon = false

  constructor(settings: BirthsSettings) {
    this.#settings = settings
    const { pseudonyms } = settings
    this.slots = {
      due: () => pseudonyms.due(),
      persist: () => pseudonyms.persist(),
      persistSync: () => pseudonyms.persistSync(),
    }
  }

  /** Hands what is new to the `keys` ledger. Called before a record that may depend on it is accepted; never throws. */
  tell(): void {
    const news = this.#settings.pseudonyms.takeNews()
    if (news.length > 0) this.#untold.push(...news)
    if (this.#untold.length === 0) return
    this.#persistSoon()
    try {
      this.#tellNow()
    } catch {
      // What could not be told is due: nothing that depends on it is written, and whoever waits for it hears why.
    }
  }

  /** For logs that do not ask what they depend on: those in memory, and some of an application's own. */
  #persistSoon(): void {
    if (this.#soon) return
    this.#soon = true
    setImmediate(() => {
      this.#soon = false
      this.#settings.pseudonyms.persist().catch(() => undefined) // who depends on it asks again, and hears why
    })
  }

  due(): boolean {
    return this.#settings.pseudonyms.due() || this.#untold.length > 0 || !this.#settled()
  }

  /** As many births at a time as the ledger has room for. */
  async persist(): Promise<void> {
    for (let rest = true; rest; ) {
      rest = !this.#tellNow()
      if (this.#lane !== undefined) await this.#flush(this.#lane)
    }
    await this.#settings.pseudonyms.persist()
  }

  async #flush(lane: Lane): Promise<void> {
    const failed = Promise.withResolvers<never>()
    // A ledger whose disk is full waits for it and never says so; whoever waits for this one must be able to.
    const asking = setInterval(() => {
      if (lane.failure !== undefined) failed.reject(systemError(lane.failure))
    }, askMs).unref()
    try {
      await Promise.race([lane.flush(), failed.promise])
    } finally {
      clearInterval(asking)
    }
  }

  persistSync(): void {
    for (let rest = true; rest; ) {
      rest = !this.#tellNow()
      this.#settings.pseudonyms.persistSync()
      this.#lane?.flushSync()
      if (!this.#settled()) throw systemError(this.#lane?.failure)
    }
  }

  #settled(): boolean {
    return this.#waiting === 0 || this.#lane?.settled === true
  }

  /** False where the ledger has no room for all of it. Throws where it cannot be opened, is closed or does not write. */
  #tellNow(): boolean {
    const { pseudonyms, lane: openLane, compose } = this.#settings
    this.#untold.push(...pseudonyms.takeNews())
    if (this.#untold.length === 0) return true
    this.#lane ??= openLane()
    const lane = this.#lane
    let told = 0
    try {
      for (const news of this.#untold) {
        if (!lane.hasRoom) break
        this.#follow(news, lane.recordKept(compose(news)).durable)
        told += 1
      }
    } finally {
      // At once: taking them out one by one from the front of thousands would take seconds.
      this.#untold.splice(0, told)
    }
    if (this.#untold.length === 0) return true
    if (lane.closed || lane.failure !== undefined) throw systemError(lane.failure)
    return false
  }

  #follow(news: SubjectBirth | SubjectAlias, durable: Promise<unknown>): void {
    this.#waiting += 1
    durable.then(
      () => {
        this.#waiting -= 1
        if (news.kind === 'birth') this.#settings.pseudonyms.told([news.kid])
      },
      () => {
        // Refused, or its ledger was closed first: told once more, if there is still anybody to tell it.
        this.#waiting -= 1
        this.#untold.push(news)
      },
    )
  }
}

function systemError(failure: { readonly code: string; readonly message: string } | undefined): Error {
  const error = new Error(`the keys ledger does not take births: ${failure?.message ?? 'it is closed or has no room'}`)
  return Object.assign(error, { code: failure?.code === 'LEDGER_FULL' ? 'ENOSPC' : failure?.code })
}
