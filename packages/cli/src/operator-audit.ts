/**
 * The trail's own tool on the trail: an audit in which the operator of a command is the actor.
 *
 * What a command does to keys or shows of people is on record before it happens. When that cannot be, it does not happen.
 */
import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { type Audit, createAudit } from '@trailmark/core'
import type { Keys } from '@trailmark/keys'
import { CliError } from './errors.ts'
import type { Location } from './location.ts'

export const cliService = 'trailmark-cli'

export interface OperatorAudit {
  readonly audit: Audit
  /** Tells the records of this very run from those of others. */
  readonly instance: string
  readonly actor: { readonly id: string; readonly type: 'user'; readonly authMethod: 'os' }
}

/** Opens the configured trail for this run. Throws what `createAudit()` throws. */
export function openOperatorAudit(location: Pick<Location, 'configured'>, keys: Keys): OperatorAudit {
  const instance = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const audit = createAudit({
    service: { name: cliService, instance },
    dir: location.configured,
    keys,
    ledger: 'disk',
    operational: 'none',
    signals: false,
    metrics: false,
    ack: 'durable',
  })
  return { audit, instance, actor: { id: userInfo().username, type: 'user', authMethod: 'os' } }
}

/** The refusal of something that could not be recorded. */
export function notRecorded(what: string, location: Pick<Location, 'configured'>, error: unknown): CliError {
  const reason = error instanceof Error ? error.message : 'unknown failure'
  const hint = /: ENOENT$/.test(reason) ? '; set TRAILMARK_KEYS_DIR, or give --keys' : ''
  const message = `${what} cannot be recorded in ${location.configured}, so it is refused: ${reason}${hint}`
  return new CliError('CLI_NOT_RECORDED', message, { cause: error })
}
