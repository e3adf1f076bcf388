/**
 * OpenFeature: a flag that a provider reports as changed is a record.
 *
 * Only that it changed is known: not to what, nor by whom. That stands in the trail of the system that manages the flags. What
 * a flag is evaluated to is nobody's decision about a person and is not recorded.
 */

import type { Audit } from '@trailmark/core'
import { AuditError } from '@trailmark/core'
import { auditFor, recordDynamic } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { listOf, memberOf } from './member.ts'
import { isFirst } from './seen-before.ts'

/** `OpenFeature`, or a client of it, as far as it is looked at. */
export interface OpenFeatureLike {
  addHandler(event: never, handler: (details?: object) => void): void
}

export interface OpenFeatureOptions {
  /** Default: the process's own audit. */
  readonly audit?: Audit
}

/** Flags of one change that have a record each; the change is told once more without a name where there are more. */
const flagsMax = 50

/**
 * Records changes of flags as `feature_flag_changed`. Returns what it was given. Throws `AUDIT_LIBRARY_UNKNOWN` for something
 * else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     auditOpenFeature(OpenFeature)
 *     await OpenFeature.setProviderAndWait(provider)
 */
export function auditOpenFeature<T extends OpenFeatureLike>(openFeature: T, options: OpenFeatureOptions = {}): T {
  checkOptions('auditOpenFeature', options)
  const addHandler = memberOf(openFeature, 'addHandler')
  if (typeof addHandler !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditOpenFeature: expected OpenFeature of @openfeature/server-sdk')
  if (!isFirst('openfeature', openFeature)) return openFeature
  Reflect.apply(addHandler, openFeature, [
    'PROVIDER_CONFIGURATION_CHANGED',
    (details: unknown) => tellChanged(listOf(memberOf(details, 'flagsChanged')), options),
  ])
  return openFeature
}

function tellChanged(flags: readonly unknown[], options: OpenFeatureOptions): void {
  try {
    const audit = auditFor(options.audit)
    const actor = { type: 'system' } as const
    const named = flags.slice(0, flagsMax).filter((flag) => typeof flag === 'string')
    for (const flag of named) recordDynamic(audit, 'feature_flag_changed', { actor, metadata: { flag } })
    if (named.length === 0 || flags.length > flagsMax) recordDynamic(audit, 'feature_flag_changed', { actor })
  } catch {
    // What cannot be recorded must not reach the provider.
  }
}
