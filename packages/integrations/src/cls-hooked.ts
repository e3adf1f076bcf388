/**
 * The ids of the request in progress in a namespace of cls-hooked: `@trailmark/integrations/cls-hooked`.
 *
 * For applications that read `ns.get('request_id')` in many places. Off unless called: cls-hooked itself needs
 * `async_hooks`, which slows every promise of the process down, and this says so once.
 */

import { createNotices } from '@trailmark/core/integration'
import cls from 'cls-hooked'
import { repairBindings } from './cls-hooked/bindings.ts'
import { mirrorIds, type Namespace } from './cls-hooked/mirror.ts'

export type { Namespace } from './cls-hooked/mirror.ts'

export interface MirrorOptions {
  /** Where the one sentence about the cost goes. Default: stderr; under NODE_ENV=test nowhere. */
  readonly print?: (line: string) => void
}

const mirrored = new WeakMap<Namespace, () => void>()
let told = false

/**
 * Mirrors `request_id`, `trace_id`, `span_id` and `trace_flags` into a namespace, which is created if there is none of that
 * name, and repairs its `bind` and `bindEmitter`, so that callbacks keep the request as well as the namespace's own values.
 *
 * `ns.get('request_id')` answers with the request in progress, and in a context that `ns.run()` made in a request it goes on
 * answering where the request got lost. Outside any request nothing is mirrored.
 *
 * Returns a function that undoes it. Mirroring twice does nothing more.
 *
 *     mirrorToNamespace('clinic')
 *     getNamespace('clinic').get('request_id')
 */
export function mirrorToNamespace(name: string | Namespace, options: MirrorOptions = {}): () => void {
  const namespace = typeof name === 'string' ? (cls.getNamespace(name) ?? cls.createNamespace(name)) : name
  tellCost(options.print)
  const before = mirrored.get(namespace)
  if (before !== undefined) return before
  const undo = [mirrorIds(namespace), repairBindings(namespace)]
  const stop = (): void => {
    mirrored.delete(namespace)
    for (const step of undo.splice(0).reverse()) step()
  }
  mirrored.set(namespace, stop)
  return stop
}

function tellCost(print: ((line: string) => void) | undefined): void {
  if (told) return
  if (print === undefined && process.env['NODE_ENV'] === 'test') return
  told = true
  createNotices(print).notice(
    'CLS_HOOKED_COST',
    'cls-hooked makes loops over promises 20 to 45 times slower in the whole process; ids are available without it from currentContext()',
  )
}
