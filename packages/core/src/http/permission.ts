/** The permission that stands in an automatic decision: what the route declares it needs, or what the framework knows of it. */
import { ask } from './ask.ts'
import type { Declared } from './declared.ts'
import type { FrameworkView } from './exchange.ts'

/** What the route needs, where all that is declared of it agree: a wrong name would be worse than none. */
export function permissionOf(accesses: readonly Declared[]): string | undefined {
  let found: string | undefined
  for (const { permission } of accesses) {
    if (permission === undefined || permission === found) continue
    if (found !== undefined) return undefined
    found = permission
  }
  return found
}

/** What the framework knows of a route that was refused before it could declare anything. */
export function permissionIn(view: FrameworkView): string | undefined {
  const known = ask(() => view.permission?.())
  return typeof known === 'string' ? known : undefined
}
