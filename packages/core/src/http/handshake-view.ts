/**
 * An upgrade request that no framework follows, and a connection that began with a request: what records made there are told.
 *
 * A handshake has no response of Node's, so it has no exchange either; its view says who asked, from where, under which ids. What
 * happens on the connection afterwards happens in a context of its own with the same ids, whose actor was fixed at the handshake:
 * a session that ends or changes later does not change who opened this socket.
 */
import type { IncomingMessage } from 'node:http'
import type { Audit } from '../audit.ts'
import { clientAddress } from '../capture/client-ip.ts'
import { openContext } from '../capture/open-context.ts'
import { RequestContext, runInContext } from '../context.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { ActorInput, Category } from '../event.ts'
import { type ExchangeView, findViewOf, type Runtime, rememberView } from '../runtime.ts'
import { plainActor } from './actor.ts'
import { recordOwed } from './decisions.ts'
import { methodOf, userAgentOf } from './exchange-facts.ts'
import { settingsOf } from './settings.ts'

/** The handshake itself, until its answer is known and after. */
export class HandshakeView implements ExchangeView {
  readonly audit: Audit
  readonly context: RequestContext
  readonly #runtime: Runtime
  readonly #told = new Set<Category>()
  #facts: ExchangeFacts
  /** Let go of when the answer is known: the view lives as long as the connection. */
  #req: IncomingMessage | undefined

  constructor(audit: Audit, runtime: Runtime, req: IncomingMessage) {
    const { trace, proxies } = settingsOf(runtime)
    const context = openContext(req, trace)
    const client = clientAddress(req, proxies)
    this.audit = audit
    this.context = context
    this.#runtime = runtime
    this.#req = req
    this.#facts = {
      requestId: context.requestId,
      traceId: context.traceId,
      spanId: context.spanId,
      traceFlags: context.traceFlags,
      remote: context.remote,
      clientAddress: client.address,
      peerAddress: client.peer,
      trustedHops: client.trustedHops,
      userAgent: userAgentOf(req),
      http: { method: methodOf(req) },
    }
  }

  facts(): ExchangeFacts {
    return this.#facts
  }

  actor(): ActorInput | undefined {
    return undefined
  }

  recorded(category: Category): void {
    this.#told.add(category)
  }

  /** Its one line, and the record that a refusal owes unless the application made one. `status` is undefined for no answer. */
  end(status: number | undefined): void {
    const req = this.#req
    if (req === undefined) return
    this.#req = undefined
    const completion = status === 101 ? 'upgraded' : status === undefined ? 'aborted' : 'completed'
    this.#facts = { ...this.#facts, http: { method: methodOf(req), status, completion } }
    const { credentials } = this.#runtime.options
    const owed = recordOwed(status, { req, actor: undefined, credentials, permission: undefined })
    if (owed !== undefined && !owed.replacedBy.some((category) => this.#told.has(category)))
      this.#runtime.recordIn(this.#facts, owed.type, owed.event)
    this.#runtime.accessLine(this.#facts)
  }
}

/** The view of this upgrade request: made with the first question, the same one afterwards. */
export function handshakeOf(audit: Audit, runtime: Runtime, req: IncomingMessage): HandshakeView {
  const known = findViewOf(req)
  if (known instanceof HandshakeView) return known
  const view = new HandshakeView(audit, runtime, req)
  rememberView(view, req)
  return view
}

/** A connection. Records made in `run()`, or with its object as `event.request`, have the handshake's ids and this actor. */
export class ConnectionView implements ExchangeView {
  readonly audit: Audit
  readonly context: RequestContext
  /** The application recorded a decision or a login itself. */
  decided = false
  readonly #began: ExchangeView
  #actor: ActorInput | undefined

  constructor(audit: Audit, began: ExchangeView, connection: object) {
    this.audit = audit
    this.#began = began
    // Exchanges are told apart by this object, and two connections may share one request.
    this.context = new RequestContext(began.context)
    rememberView(this, connection)
  }

  facts(): ExchangeFacts {
    return this.#began.facts()
  }

  actor(): ActorInput | undefined {
    return this.#actor ?? this.#began.actor()
  }

  recorded(category: Category): void {
    if (category === 'authn' || category === 'authz' || category === 'security') this.decided = true
  }

  /** From now on who acts here is what `question` answers; where it throws or answers nobody, nothing changes. */
  identify(question: () => unknown): void {
    this.#actor = plainActor(question) ?? this.#actor
  }

  run<T>(work: () => T): T {
    return runInContext(this.context, work)
  }
}
