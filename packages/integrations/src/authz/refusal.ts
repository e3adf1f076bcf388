/**
 * What an answer or an error says of a decision by its HTTP status alone, for guards that say no other way.
 *
 * Who somebody is comes before what they may do. A 401 to a request that presents a credential is left to the automatic
 * `invalid_token_presented`, which says more; told here as a refusal it would replace that.
 */
import type { IncomingMessage } from 'node:http'
import type { Audit } from '@trailmark/core'
import { auditFor, type Decision, presentsCredential, runtimeOf } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'

export type Refusal = Pick<Decision, 'effect' | 'reason' | 'undecided'>

/** What `error`, handed on by a guard, says: a refusal if its status does, else that nothing could be decided. */
export function refusalOf(error: unknown): Refusal {
  const status = memberOf(error, 'status') ?? memberOf(error, 'statusCode')
  return (
    (status === 401 || status === 403 ? refusedWith(status) : undefined) ?? {
      effect: 'deny',
      undecided: { error },
      reason: 'undecided',
    }
  )
}

/** What a guard says that answers by itself instead of letting pass; undefined for an answer of success. */
export function refusedWith(status: unknown): Refusal | undefined {
  if (typeof status !== 'number' || status < 300 || status === 304) return undefined
  if (status >= 500) return { effect: 'deny', undecided: { error: undefined }, reason: 'undecided' }
  return { effect: 'deny', reason: status === 401 ? 'unauthenticated' : 'forbidden' }
}

/** Whether this refusal is about who somebody is, of a request whose own record says so. */
export function isOfCredential({ reason }: Refusal, request: unknown, audit: Audit | undefined): boolean {
  if (reason !== 'unauthenticated') return false
  const message = messageOf(request)
  if (message === undefined) return false
  return presentsCredential(message, runtimeOf(auditFor(audit, message)).options.credentials)
}

/** Node's request: itself, or what Fastify keeps as `raw` and Koa as `req`. */
function messageOf(request: unknown): IncomingMessage | undefined {
  for (const one of [request, memberOf(request, 'raw'), memberOf(request, 'req')]) {
    if (isMessage(one)) return one
  }
  return undefined
}

function isMessage(value: unknown): value is IncomingMessage {
  return typeof memberOf(value, 'httpVersion') === 'string' && typeof memberOf(value, 'headers') === 'object'
}
