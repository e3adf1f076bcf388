/**
 * A declared login: whether somebody came in is decided by the answer, and who it was by what the application knows then.
 *
 * After a success the actor is whom the application authenticated. After a failure it is who the request claims to be, which
 * nobody has proved. One exchange has one record of a login, whoever else saw it: an attempt that a library has told already
 * is not told again.
 */
import type { ActorInput, EventInput } from '../event.ts'
import { actorFrom } from './actor.ts'
import { ask } from './ask.ts'
import type { Declared, DeclaredEnd } from './declared.ts'
import { type DeclaredIn, metadataFrom } from './declared-event.ts'
import type { LoginDeclaration } from './exchange.ts'

/** Under which a login is told once in an exchange: see `claim()`. */
export const loginKey = 'login'

export class DeclaredLogin implements Declared {
  type: 'login_success' | 'login_failure' = 'login_success'
  refused = false
  readonly #declaration: LoginDeclaration
  readonly #exchange: DeclaredIn
  /** Who was there already: somebody logged in may log in as somebody else. */
  readonly #before: ActorInput | undefined
  #claimed: ActorInput | undefined
  #operationId: string | undefined

  constructor(declaration: LoginDeclaration, exchange: DeclaredIn) {
    this.#declaration = declaration
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

  attempt(): EventInput {
    return { outcome: 'unknown', actor: unproved(this.#claimed), ...this.#metadata(undefined) }
  }

  result(end: DeclaredEnd): EventInput | undefined {
    if (this.#operationId === undefined && !this.#exchange.claim(loginKey)) return undefined
    // The body may have been read since; and who came in may be known by now under another name than was claimed.
    this.#claimed = this.#user() ?? this.#claimed
    const metadata = this.#metadata(this.#ask('metadata'))
    const failure = this.#failure(end)
    if (failure === undefined) {
      const actor = this.#cameIn(end.actor)
      return { ...(actor === undefined ? {} : { actor }), ...metadata }
    }
    this.type = 'login_failure'
    const asked = this.#ask('reason')
    const reason = typeof asked === 'string' ? asked : failure.reason
    return {
      actor: unproved(this.#claimed),
      ...(failure.known ? {} : { outcome: 'unknown' as const }),
      ...(reason === undefined ? {} : { reason }),
      ...metadata,
    }
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
    return this.#ask('failed') ? { known: true, reason: 'invalid_credentials' } : undefined
  }

  #user(): ActorInput | undefined {
    const user = this.#ask('user')
    return user === undefined ? undefined : actorFrom({ user })
  }

  #metadata(answer: unknown): Pick<EventInput, 'metadata'> {
    const { method } = this.#declaration
    const { metadata } = metadataFrom(answer)
    if (method === undefined) return metadata === undefined ? {} : { metadata }
    if (metadata === undefined) return { metadata: { method } }
    const both: unknown = ask(() => ({ method, ...metadata }))
    return metadataFrom(both)
  }

  #ask(name: 'user' | 'failed' | 'reason' | 'metadata'): unknown {
    return ask(this.#declaration[name], () => this.#exchange.onPromise(name))
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
