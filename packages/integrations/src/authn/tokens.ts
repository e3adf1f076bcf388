/**
 * Tokens that libraries refused, and `invalid_token_presented`, at most once in a request.
 *
 * That one key refuses a token says little while keys are rotated: the next one may accept it. So refusals that belong to one
 * token wait for the end of the request, and one that was accepted after all was never invalid. Of the reasons of several keys
 * the one that says more than "not my signature" is told.
 */
import {
  type Audit,
  type BuiltInEvents,
  currentContext,
  type MetadataInput,
  type RequestContext,
} from '@trailmark/core'
import { ask, atEnd, auditFor, findViewOf, recordOnce } from '@trailmark/core/integration'

type TokenMetadata = MetadataInput<BuiltInEvents['invalid_token_presented']['metadata']>

/** Why a token was refused, in the catalogue's words. */
export interface Refusal {
  readonly reason: BuiltInEvents['invalid_token_presented']['reasons'][number]
  readonly claim?: NonNullable<TokenMetadata['claim']>
}

export interface TokenFacts {
  readonly audit?: Audit | undefined
  readonly request?: object | undefined
  readonly scheme?: TokenMetadata['scheme']
}

/** What became of each token of a request so far. More than a few means that somebody tries them, and then one is enough. */
type Judged = Map<unknown, Refusal | 'accepted'>
const judgedMax = 32
const judged = new WeakMap<RequestContext, Judged>()

/** Records that a token was refused for good. Never throws. */
export function tellRefusal(refusal: Refusal | undefined, facts: TokenFacts = {}): void {
  ask(() => {
    const { audit, request, scheme } = facts
    const metadata: TokenMetadata = {
      ...(scheme === undefined ? {} : { scheme }),
      ...(refusal?.claim === undefined ? {} : { claim: refusal.claim }),
    }
    recordOnce(auditFor(audit, request), 'token', 'invalid_token_presented', {
      ...(request === undefined ? {} : { request }),
      reason: refusal?.reason ?? 'rejected',
      metadata,
    })
  })
}

/** A library refused `token`: told when the request ends, unless it is accepted by then; outside of any request at once. */
export function refused(token: unknown, refusal: Refusal, facts: TokenFacts = {}): void {
  ask(() => {
    const tokens = tableOf(facts.request)
    const known = tokens?.get(token)
    if (known === 'accepted') return
    if (tokens === undefined || (known === undefined && tokens.size >= judgedMax)) return tellRefusal(refusal, facts)
    if (known === undefined || known.reason === 'bad_signature') tokens.set(token, refusal)
    if (waiting.has(tokens)) return
    if (atEnd(() => tellLeft(tokens, facts), facts.request)) waiting.add(tokens)
    else tellRefusal(refusal, facts)
  })
}

/** A library accepted `token`: what another key said of it no longer counts. */
export function accepted(token: unknown, request?: object): void {
  ask(() => {
    const tokens = tableOf(request)
    if (tokens !== undefined && (tokens.size < judgedMax || tokens.has(token))) tokens.set(token, 'accepted')
  })
}

/** Tables whose refusals will be told at the end of their request. */
const waiting = new WeakSet<Judged>()

function tellLeft(tokens: Judged, facts: TokenFacts): void {
  const left = [...tokens.values()].find((one) => one !== 'accepted')
  if (left !== undefined) tellRefusal(left, facts)
}

function tableOf(request: object | undefined): Judged | undefined {
  const context = (request === undefined ? undefined : findViewOf(request)?.context) ?? currentContext()
  if (context === undefined) return undefined
  const tokens: Judged = judged.get(context) ?? new Map()
  judged.set(context, tokens)
  return tokens
}
