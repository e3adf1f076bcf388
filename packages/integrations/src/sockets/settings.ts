/** What integrations of sockets share: their options, and the line at the end of a connection. */
import { type ActorInput, type Audit, AuditError } from '@trailmark/core'
import { auditFor, type ConnectionView, recordDynamic, runtimeOf } from '@trailmark/core/integration'

/**
 * Who acts on a connection: asked once, when it is made, with what the library gives its own handlers. Written as a method's
 * type, so that a function may say what it is given: `(request: IncomingMessage, client: Client) => …`.
 */
export type AskActor = { asked(...given: unknown[]): ActorInput | undefined }['asked']

export interface SocketOptions {
  /** Default: the audit that follows the handshake, else the process's. */
  readonly audit?: Audit
}

/** Throws `AUDIT_OPTION_INVALID` naming the member that cannot be. */
export function checkOptions(where: string, options: object, functions: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new AuditError('AUDIT_OPTION_INVALID', `${where}: options must be an object`)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (functions.includes(name)) {
      if (typeof value !== 'function')
        throw new AuditError('AUDIT_OPTION_INVALID', `${where}: ${name} must be a function`)
    } else if (name !== 'audit') throw new AuditError('AUDIT_OPTION_INVALID', `${where}: ${name} is no option`)
    else runtimeOrThrow(where, value)
  }
}

function runtimeOrThrow(where: string, audit: object): void {
  try {
    runtimeOf(audit)
  } catch {
    throw new AuditError('AUDIT_OPTION_INVALID', `${where}: audit must be made by createAudit()`)
  }
}

/** The audit of a handshake; undefined where the process's own cannot be made, since a handshake must not fail for that. */
export function auditOf({ audit }: SocketOptions, request: object): Audit | undefined {
  try {
    return auditFor(audit, request)
  } catch {
    return undefined
  }
}

/** How a connection ended. */
export interface SocketEnd {
  readonly reason: 'closed' | 'lost' | 'timeout' | 'error'
  readonly code?: number | undefined
}

/** Counts what is said on one connection, and tells its end once. */
export class Conversation {
  messages = 0
  readonly #view: ConnectionView
  readonly #startedMs: number
  #ended = false

  constructor(view: ConnectionView) {
    this.#view = view
    this.#startedMs = runtimeOf(view.audit).clock.monotonic()
  }

  end({ reason, code }: SocketEnd): void {
    if (this.#ended) return
    this.#ended = true
    const { audit } = this.#view
    const elapsedMs = Math.max(0, Math.round(runtimeOf(audit).clock.monotonic() - this.#startedMs))
    const closeCode = code !== undefined && code >= 1_000 && code <= 4_999 ? { close_code: code } : {}
    const metadata = { duration_ms: elapsedMs, messages: this.messages, ...closeCode }
    this.#view.run(() => recordDynamic(audit, 'socket_closed', { reason, metadata }))
  }
}
