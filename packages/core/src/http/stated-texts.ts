/**
 * Purpose, ticket and legal basis of a declaration: stated once for the route, or asked of the request.
 *
 * Asked when the route is entered and, without an answer, again at the end: a purpose may stand in a body that is read later.
 */
import { ask } from './ask.ts'
import type { Grounds } from './exchange.ts'

const names = ['purpose', 'ticket', 'legalBasis'] as const
type Name = (typeof names)[number]

export class StatedTexts {
  readonly #grounds: Grounds
  readonly #onPromise: (name: string) => void
  readonly #known: { [N in Name]?: string } = {}

  constructor(grounds: Grounds, onPromise: (name: string) => void) {
    this.#grounds = grounds
    this.#onPromise = onPromise
    this.#ask()
  }

  /** As an event has them. */
  read(): { readonly purpose?: string; readonly ticketRef?: string; readonly legalBasis?: string } {
    this.#ask()
    const { purpose, ticket, legalBasis } = this.#known
    return {
      ...(purpose === undefined ? {} : { purpose }),
      ...(ticket === undefined ? {} : { ticketRef: ticket }),
      ...(legalBasis === undefined ? {} : { legalBasis }),
    }
  }

  #ask(): void {
    for (const name of names) {
      const stated = this.#grounds[name]
      if (stated === undefined || this.#known[name] !== undefined) continue
      const text = typeof stated === 'string' ? stated : ask(stated, () => this.#onPromise(name))
      if (typeof text === 'string') this.#known[name] = text
      else if (typeof text === 'number' && Number.isFinite(text)) this.#known[name] = String(text)
    }
  }
}
