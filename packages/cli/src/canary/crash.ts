/**
 * What a process prints by itself, tried in one of its own: console, process warnings, and the error that ends it.
 * Called by nobody here: `children.ts` starts a process that calls it.
 */
import { join } from 'node:path'
import { createAudit } from '@trailmark/core'
import { memoryKeys } from '@trailmark/keys'
import { errorOf, makeCanaries } from './canaries.ts'

/** Opens an audit in `dir`, prints every canary of `seed`, and dies of an error made of all of them. */
export function crash(seed: string, dir: string, ending: 'exception' | 'rejection'): void {
  const canaries = makeCanaries(seed)
  createAudit({
    service: { name: 'canary', version: '1', env: 'production', instance: 'doctor' },
    dir: join(dir, 'data'),
    keys: memoryKeys(),
    ledger: 'disk',
    console: 'scrub',
    metrics: false,
  })
  for (const one of canaries) {
    const value = one.payload()
    console.log(one.text)
    console.info('value', value)
    console.warn({ value })
    console.error('%s and %o', one.text, value)
    process.emitWarning(one.text)
    process.emitWarning(errorOf(one))
  }
  // Warnings are printed in a later turn.
  setImmediate(() => {
    const errors = canaries.map(errorOf)
    const last = new AggregateError(errors, canaries.map(({ text }) => text).join('; '), { cause: errors[0] })
    if (ending === 'rejection') void Promise.reject(last)
    else throw last
  })
}
