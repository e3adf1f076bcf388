/**
 * Where a request came from and what it was, as far as a record may say: networks instead of addresses, families instead of
 * user agents, methods and completions from closed lists, templates instead of URLs.
 */
import {
  type ExchangeFacts,
  type HttpFacts,
  type HttpMember,
  type RemoteMember,
  SharedSource,
  type SourceMember,
} from '../draft.ts'
import { maskAddress } from '../scrub/address.ts'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { looksPersonal } from '../scrub/identifier.ts'
import { PairCache } from './pair-cache.ts'
import { isToken, type Tokens } from './tokens.ts'
import { type AgentFamily, agentFamily } from './user-agent.ts'

/** Methods of HTTP (RFC 9110, 5789) and WebDAV (RFC 4918); every other one is `OTHER`: a method is free text to a client. */
const methods: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH'.split(
    ' ',
  ),
)
const completions = ['completed', 'aborted', 'timeout', 'error', 'upgraded'] as const
const remoteReasons = ['untrusted', 'malformed', 'duplicate'] as const

/** A method from the closed list, else `OTHER`. */
export function knownMethod(method: string): string {
  return methods.has(method) ? method : 'OTHER'
}

/** Where clients came from lately, by what they are and by their peer: one of them asks many times. */
const sources = new PairCache<AgentFamily | undefined, SharedSource>(1_000)
/** Longer ones are no addresses. */
const peerCharsMax = 100

export function maskSource(facts: ExchangeFacts): SourceMember | undefined {
  const family = agentFamily(facts.userAgent)
  const hops = countOf(facts.trustedHops)
  const peer =
    typeof facts.peerAddress === 'string' && facts.peerAddress.length <= peerCharsMax ? facts.peerAddress : ''
  const before = sources.get(family, peer)
  if (before !== undefined && before.trusted_hops === hops) return before
  const masked = maskAddress(peer)
  if (family === undefined && masked === undefined && hops === undefined) return undefined
  const source = new SharedSource(masked, hops, family?.ua_family, family?.os_family)
  sources.set(family, peer, source)
  return source
}

export function maskHttp(http: HttpFacts): HttpMember {
  return {
    method: knownMethod(http.method),
    route: isRoute(http.route) ? http.route : undefined,
    status: within(http.status, 100, 599),
    duration_ms: within(http.durationMs, 0, Number.MAX_SAFE_INTEGER),
    req_bytes: countOf(http.reqBytes),
    res_bytes: countOf(http.resBytes),
    completion: completions.find((one) => one === http.completion),
  }
}

/** What the caller called itself. Its request id is a token by now; if it is not, it becomes one here. */
export function maskRemote(facts: ExchangeFacts, tokens: Tokens): RemoteMember | undefined {
  const { remote } = facts
  const reason = remote && remoteReasons.find((one) => one === remote.reason)
  if (remote === undefined || reason === undefined) return undefined
  const id = remote.requestIdToken
  return {
    request_id_token: id === undefined || isToken(id) ? id : tokens.token('request_id', id.slice(0, 1_024)),
    trace_id: remote.traceId !== undefined && /^[0-9a-f]{32}$/.test(remote.traceId) ? remote.traceId : undefined,
    reason,
  }
}

const routes = new BoundedCache<boolean>(2_000)
const routeShape = /^[\p{L}\p{N}\p{P}\p{S}]{1,256}$/u
const query = /[?&][\w.[\]-]{1,64}=/

/** A template as frameworks write them. A fall-back to parts of the URL must not bring a query or somebody's address. */
function isRoute(route: string | undefined): boolean {
  if (route === undefined || route.length > 256) return false
  const before = routes.get(route)
  if (before !== undefined) return before
  const verdict = routeShape.test(route) && !query.test(route) && !looksPersonal(route)
  routes.set(route, verdict)
  return verdict
}

function countOf(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? within(value, 0, Number.MAX_SAFE_INTEGER) : undefined
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined
}
