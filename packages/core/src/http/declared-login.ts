/**
 * A declared login: whether somebody came in is decided by the answer, and who it was by what the application knows then.
 *
 * After a success the actor is whom the application authenticated. After a failure it is who the request claims to be, which
 * nobody has proved. One exchange has one record of a login, whoever else saw it: an attempt that a library has told already
 * is not told again.
 */
import type { ActorInput, EventInput } from '../event.ts'
import { OwnEvent } from '../own-event.ts'
import { actorFrom } from './actor.ts'
import { type AnyQuestion, type Asker, ask } from './ask.ts'
import type { Declared, DeclaredEnd } from './declared.ts'
import { type DeclaredIn, metadataFrom } from './declared-event.ts'

/** Under which a login is told once in an exchange: see `claim()`. */
export const loginKey = 'login'

/** What is said of a login: by a route in an adapter's own terms, or in one declaration. */
export interface LoginSaid {
  readonly user?: AnyQuestion | undefined
  readonly method?: string | undefined
  readonly failed?: AnyQuestion | undefined
  readonly reason?: AnyQuestion | undefined
  readonly metadata?: AnyQuestion | undefined
}

export class DeclaredLogin implements Declared {
  type: 'login_success' | 'login_failure' = 'login_success'
  refused = false
  readonly #said: LoginSaid
  readonly #asker: Asker
  readonly #exchange: DeclaredIn
  /** Who was there already: somebody logged in may log in as somebody else. */
  readonly #before: ActorInput | undefined
  #claimed: ActorInput | undefined
  #operationId: string | undefined

  constructor(said: LoginSaid, asker: Asker, exchange: DeclaredIn) {
    this.#said = said
    this.#asker = asker
    this.#exchange = exchange
    this.#before = exchange.actor()
    this.#claimed = this.#user()
  }

  get operationId(): string | undefined {
    return this.#operationId
  }

  /** Its attempt is on record, so its result will be as well: whoever comes later steps back. */
  set operationId(id: string | undefined) {
    this.#operationId = id
    this.#exchange.claim(loginKey)
  }

  attempt(): OwnEvent {
    const event = new OwnEvent()
    event.outcome = 'unknown'
    event.actor = unproved(this.#claimed)
    event.metadata = this.#metadata(undefined)
    return event
  }

  result(end: DeclaredEnd): OwnEvent | undefined {
    if (this.#operationId === undefined && !this.#exchange.claim(loginKey)) return undefined
    // The body may have been read since; and who came in may be known by now under another name than was claimed.
    this.#claimed = this.#user() ?? this.#claimed
    const event = new OwnEvent()
    event.metadata = this.#metadata(this.#asker.ask(this.#said.metadata, 'metadata'))
    const failure = this.#failure(end)
    if (failure === undefined) {
      event.actor = this.#cameIn(end.actor)
      return event
    }
    this.type = 'login_failure'
    const asked = this.#asker.ask(this.#said.reason, 'reason')
    event.actor = unproved(this.#claimed)
    if (!failure.known) event.outcome = 'unknown'
    event.reason = typeof asked === 'string' ? asked : failure.reason
    return event
  }

  /** Whom the application knows since then; where that is still who was there before, it says nothing of this login. */
  #cameIn(known: ActorInput | undefined): ActorInput | undefined {
    const since = known?.id !== undefined && known.id !== this.#before?.id
    return since ? known : (this.#claimed ?? known)
  }

  /** Why nobody came in; undefined where somebody did. Not known is it where the client left before there was an answer. */
  #failure({ status, completion }: DeclaredEnd): { readonly known: boolean; readonly reason?: string } | undefined {
    if (this.refused) return { known: true, reason: 'error' }
    if (status === undefined) return completion === 'error' ? { known: true, reason: 'error' } : { known: false }
    if (status >= 400) return { known: true, reason: reasonOf(status) }
    return this.#asker.ask(this.#said.failed, 'failed') ? { known: true, reason: 'invalid_credentials' } : undefined
  }

  #user(): ActorInput | undefined {
    const user = this.#asker.ask(this.#said.user, 'user')
    return user === undefined ? undefined : actorFrom({ user })
  }

  #metadata(answer: unknown): EventInput['metadata'] {
    const { method } = this.#said
    const metadata = metadataFrom(answer)
    if (method === undefined) return metadata
    return metadata === undefined ? { method } : metadataFrom(ask(() => ({ method, ...metadata })))
  }
}

/** Roles of somebody who did not come in would be a claim as well. */
function unproved(claimed: ActorInput | undefined): ActorInput {
  return claimed?.id === undefined ? {} : { id: claimed.id, proved: false }
}

function reasonOf(status: number): string {
  if (status === 400 || status === 401 || status === 422) return 'invalid_credentials'
  if (status === 404 || status === 410) return 'unknown_account'
  if (status === 423) return 'account_locked'
  if (status === 429) return 'rate_limited'
  return status < 500 && status !== 413 && status !== 415 ? 'not_allowed' : 'error'
}
