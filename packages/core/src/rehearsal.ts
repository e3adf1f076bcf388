/**
 * A rehearsal: an application is loaded only to look at what it has mounted, as `trailmark coverage` does.
 *
 * Whoever rehearses puts a listener on one symbol slot of this process before the application loads. Every audit made from then
 * on, by whichever copy of this package, keeps its records in memory, tells nobody outside, and is known to the listener.
 * A slot and not an environment variable: what a variable switches off, a shell or a container would switch off unseen.
 */
import type { Catalogue } from './catalogue.ts'
import type { AuditOptions } from './options.ts'

export interface Rehearsal {
  /** Called with every audit that was opened. */
  opened(audit: object): void
  /** Gets the notices that would have gone to stderr: `trailmark: <sentence> [<code>]`. */
  print(line: string): void
}

const REHEARSAL = Symbol.for('@trailmark/core/rehearsal/1')

/** From now on, and until this process ends, nothing is recorded here. For a process that serves nobody. */
export function beginRehearsal(rehearsal: Rehearsal): void {
  Object.defineProperty(globalThis, REHEARSAL, { value: rehearsal, configurable: true })
}

/** The listener, in a process that only rehearses. */
export function findRehearsal(): Rehearsal | undefined {
  const found: unknown = Reflect.get(globalThis, REHEARSAL)
  return isRehearsal(found) ? found : undefined
}

function isRehearsal(value: unknown): value is Rehearsal {
  if (typeof value !== 'object' || value === null) return false
  return (
    'opened' in value && typeof value.opened === 'function' && 'print' in value && typeof value.print === 'function'
  )
}

/** The options as they are; in a rehearsal without what writes, signs, listens or publishes. */
export function rehearsedOptions<E extends Catalogue>(options: AuditOptions<E>): AuditOptions<E> {
  if (findRehearsal() === undefined) return options
  const { dir: _dir, keysDir: _keysDir, keys: _keys, pseudonyms: _names, anchors: _anchors, ...others } = options
  return { ...others, ledger: 'memory', operational: 'none', signals: false, metrics: false }
}
