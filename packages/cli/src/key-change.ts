/** A change of keys by an operator: recorded before it happens and after, and refused where that cannot be. */
import type { Keys } from '@trailmark/keys'
import type { Invocation } from './command.ts'
import { usageError } from './errors.ts'
import { notRecorded, type OperatorAudit, openOperatorAudit } from './operator-audit.ts'
import type { Terminal } from './terminal.ts'

const reasons = ['scheduled', 'compromised', 'policy', 'request'] as const
export const keyChangeReasons = reasons.join(', ')

export interface KeyChange {
  readonly keysDir: string
  readonly configured: string
  readonly reason: (typeof reasons)[number]
  readonly operator: OperatorAudit
  readonly invocation: Invocation
  readonly terminal: Terminal
}

/** Throws CLI_NOT_RECORDED. */
export function openKeyAudit(location: { readonly configured: string }, keys: Keys): OperatorAudit {
  try {
    return openOperatorAudit(location, keys)
  } catch (error) {
    throw notRecorded('this change of keys', location, error)
  }
}

/** Resolves when a record of the change is safe. Rejects with CLI_NOT_RECORDED. */
export async function recorded(change: { readonly configured: string }, durable: Promise<unknown>): Promise<void> {
  try {
    await durable
  } catch (error) {
    throw notRecorded('this change of keys', change, error)
  }
}

export function reasonFrom(invocation: Invocation): KeyChange['reason'] {
  const text = invocation.text('reason') ?? 'scheduled'
  const found = reasons.find((one) => one === text)
  if (found === undefined) throw usageError(`--reason must be one of ${keyChangeReasons}`)
  return found
}
