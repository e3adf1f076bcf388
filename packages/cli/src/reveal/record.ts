/**
 * A reveal on record: the attempt is durable before anything is opened, the result before anything is shown.
 *
 * The records name the record that was opened by a keyed token (`--resource audit_record/<id>` finds it), and hold nothing of
 * what was in it.
 */
import { randomUUID } from 'node:crypto'
import type { Keys } from '@trailmark/keys'
import { identitiesOf } from '@trailmark/query'
import { CliError } from '../errors.ts'
import type { Location } from '../location.ts'
import { notRecorded, openOperatorAudit } from '../operator-audit.ts'
import { questionHash } from '../question-hash.ts'
import type { Terminal } from '../terminal.ts'
import { judgeReveal } from './limit.ts'

export interface RevealRequest {
  readonly recordId: string
  readonly purpose: string
  /** Goes past the limit, and is told as `break_glass_access`. */
  readonly breakGlass: boolean
}

/**
 * Records a reveal around `open`, which says how many values it opened. Throws CLI_NOT_RECORDED, and then nothing was opened,
 * or must not be shown; CLI_REVEAL_LIMIT naming when the next one is possible.
 */
export async function recordReveal<T extends { readonly rows: number }>(
  location: Pick<Location, 'configured'>,
  keys: Keys,
  { recordId, purpose, breakGlass }: RevealRequest,
  terminal: Terminal,
  open: () => Promise<T>,
): Promise<T> {
  const refusing = async <R>(work: () => R | Promise<R>): Promise<R> => {
    try {
      return await work()
    } catch (error) {
      throw notRecorded('this reveal', location, error)
    }
  }
  const { audit, actor } = await refusing(() => openOperatorAudit(location, keys))
  const operationId = randomUUID()
  const targets = [{ type: 'audit_record', id: recordId }]
  const common = { actor, operationId, purpose, targets }
  const metadata = { query_hash: questionHash(keys, 'reveal', recordId), command: 'reveal' } as const
  const tell = (phase: 'attempt' | 'result', more: Result) =>
    refusing(() => {
      const { rows = 0, ...said } = { reason: 'reveal', ...more } as const
      return audit.record('audit_log_read', { ...common, phase, ...said, metadata: { ...metadata, rows } }).durable
    })
  try {
    if (breakGlass) {
      const event = { actor, operationId: randomUUID(), purpose, targets, reason: 'emergency' } as const
      await refusing(() => audit.record('break_glass_access', { ...event, phase: 'result' }).durable)
    }
    await tell('attempt', { outcome: 'unknown' })
    if (!breakGlass) {
      const { signal } = terminal
      const question = { root: location.configured, operator: actor.id, nowMs: terminal.now(), operationId, signal }
      const verdict = await judgeReveal({ ...question, identities: identitiesOf(keys) })
      if (!verdict.allowed) {
        await tell('result', { outcome: 'denied', reason: 'forbidden', rows: 0 })
        const whose = verdict.of === 'all' ? 'by all operators' : `by ${actor.id}`
        const next = new Date(verdict.nextMs).toISOString()
        throw new CliError(
          'CLI_REVEAL_LIMIT',
          `${verdict.limit} reveals ${whose} in the last hour; the next is possible at ${next}, or now with --break-glass`,
        )
      }
    }
    const opened = await open()
    await tell('result', { outcome: opened.rows > 0 ? 'success' : 'failure', rows: opened.rows })
    return opened
  } finally {
    await audit.close().catch(() => undefined)
  }
}

interface Result {
  readonly outcome: 'unknown' | 'success' | 'failure' | 'denied'
  readonly reason?: 'forbidden'
  readonly rows?: number
}
