/**
 * How often personal data may be revealed: counted from the trail itself, so that no counter can be reset on the side.
 *
 * The attempt is on record before it is judged, and every other attempt of the last hour counts. Two at the same moment may
 * therefore both be refused; both cannot pass.
 */
import type { Identities } from '@trailmark/query'
import { query } from '@trailmark/query'

export const revealsPerOperatorMax = 20
export const revealsMax = 60
export const hourMs = 3_600_000

export interface RevealQuestion {
  /** The configured trail. */
  readonly root: string
  /** The operator's own identifier. */
  readonly operator: string
  readonly identities: Identities
  readonly nowMs: number
  /** Of the attempt that is judged. */
  readonly operationId: string
  readonly signal: AbortSignal
}

export type RevealVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly limit: number; readonly of: 'operator' | 'all'; readonly nextMs: number }

/** Whether one more reveal is within the limits; otherwise when the next one is. */
export async function judgeReveal(question: RevealQuestion): Promise<RevealVerdict> {
  const { root, operator, identities, nowMs, operationId, signal } = question
  const attempts = new Map<string, { readonly timeMs: number; readonly user: string | undefined }>()
  const refused = new Set<string>([operationId])
  const filter = { types: ['audit_log_read'], from: nowMs - hourMs }
  for await (const { reason, phase, operation_id, outcome, timeMs, user_id } of query(root, filter, { signal })) {
    if (operation_id === undefined) continue
    if (reason === 'reveal' && phase === 'attempt') attempts.set(operation_id, { timeMs, user: user_id })
    if (reason === 'forbidden' && outcome === 'denied') refused.add(operation_id)
  }
  const counted = [...attempts].filter(([operation]) => !refused.has(operation)).map(([, attempt]) => attempt)
  const names = new Set(identities.person(operator, undefined))
  const own = counted.filter(({ user }) => user !== undefined && names.has(user))
  const ownNextMs = nextAt(own, revealsPerOperatorMax)
  const allNextMs = nextAt(counted, revealsMax)
  if (ownNextMs === undefined && allNextMs === undefined) return { allowed: true }
  if (allNextMs !== undefined && allNextMs >= (ownNextMs ?? 0))
    return { allowed: false, limit: revealsMax, of: 'all', nextMs: allNextMs }
  return { allowed: false, limit: revealsPerOperatorMax, of: 'operator', nextMs: ownNextMs ?? nowMs }
}

/** When fewer than `max` of these are younger than an hour; undefined where that is so now. */
function nextAt(attempts: readonly { readonly timeMs: number }[], max: number): number | undefined {
  const times = attempts.map(({ timeMs }) => timeMs).sort((a, b) => a - b)
  const leaving = times[times.length - max]
  return leaving === undefined ? undefined : leaving + hourMs
}
