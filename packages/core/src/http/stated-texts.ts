/**
 * Purpose, ticket and legal basis of a declaration: stated once for the route, or asked of the request.
 *
 * Asked when the route is entered and, without an answer, again at the end: a purpose may stand in a body that is read later.
 */
import type { OwnEvent } from '../own-event.ts'
import type { AnyQuestion, Asker } from './ask.ts'

/** Each a text, or a question that is answered with one. */
export interface StatedGrounds {
  readonly purpose?: string | AnyQuestion | undefined
  readonly ticket?: string | AnyQuestion | undefined
  readonly legalBasis?: string | AnyQuestion | undefined
}

export class StatedTexts {
  readonly #grounds: StatedGrounds
  readonly #asker: Asker
  #purpose: string | undefined
  #ticket: string | undefined
  #legalBasis: string | undefined

  constructor(grounds: StatedGrounds, asker: Asker) {
    this.#grounds = grounds
    this.#asker = asker
    this.#ask()
  }

  /** Undefined where nothing is stated, as on most routes. */
  static of(grounds: StatedGrounds, asker: Asker): StatedTexts | undefined {
    const { purpose, ticket, legalBasis } = grounds
    const none = purpose === undefined && ticket === undefined && legalBasis === undefined
    return none ? undefined : new StatedTexts(grounds, asker)
  }

  /** Writes into the event what is known by now. */
  tell(event: OwnEvent): void {
    this.#ask()
    event.purpose = this.#purpose
    event.ticketRef = this.#ticket
    event.legalBasis = this.#legalBasis
  }

  #ask(): void {
    const { purpose, ticket, legalBasis } = this.#grounds
    this.#purpose ??= this.#textOf(purpose, 'purpose')
    this.#ticket ??= this.#textOf(ticket, 'ticket')
    this.#legalBasis ??= this.#textOf(legalBasis, 'legalBasis')
  }

  #textOf(stated: string | AnyQuestion | undefined, name: string): string | undefined {
    const text = typeof stated === 'string' ? stated : this.#asker.ask(stated, name)
    if (typeof text === 'number' && Number.isFinite(text)) return String(text)
    return typeof text === 'string' ? text : undefined
  }
}
