/** Which kind of declaration it is, and what follows it through its exchange. */
import type { ExchangeView, Runtime } from '../runtime.ts'
import { DeclaredAccess } from './access.ts'
import type { Declared } from './declared.ts'
import { DeclaredEvent, type DeclaredIn } from './declared-event.ts'
import { DeclaredLogin } from './declared-login.ts'
import type { Declaration } from './exchange.ts'
import { claim } from './record-once.ts'

/** What a declaration is followed in. */
export interface DeclaringExchange extends Pick<ExchangeView, 'actor' | 'context'> {
  /** Whether the application has recorded such an event itself. */
  hasTold(type: string): boolean
}

export function declaredFrom(declaration: Declaration, runtime: Runtime, exchange: DeclaringExchange): Declared {
  const onPromise = (name: string): void =>
    runtime.notice(
      'ASYNC_DECLARATION',
      `${titleOf(declaration)} answers \`${name}\` with a promise, which no record can wait for: the field is left out`,
    )
  tellIncomplete(declaration, runtime)
  if ('verb' in declaration) return new DeclaredAccess(declaration, onPromise)
  const inside: DeclaredIn = {
    definition: runtime.definitionOf('login' in declaration ? 'login_success' : declaration.type),
    onPromise,
    actor: () => exchange.actor(),
    claim: (key) => claim(key, exchange.context),
    told: (type) => exchange.hasTold(type),
  }
  return 'login' in declaration ? new DeclaredLogin(declaration, inside) : new DeclaredEvent(declaration, inside)
}

/**
 * Of an application's own events it is known here at the earliest what they need, where the framework does not say when a route
 * is mounted. The request goes on: its record will be refused and counted, and the operator is told which declaration it is.
 */
function tellIncomplete(declaration: Declaration, runtime: Runtime): void {
  const type = 'verb' in declaration ? declaration.event : 'login' in declaration ? undefined : declaration.type
  const requires = type === undefined ? undefined : runtime.definitionOf(type)?.requires
  if (requires === undefined || 'login' in declaration) return
  const has = {
    purpose: declaration.purpose !== undefined,
    ticketRef: declaration.ticket !== undefined,
    changes: 'changes' in declaration && declaration.changes !== undefined,
    targets: 'verb' in declaration || declaration.targets !== undefined,
  }
  for (const name of requires) {
    if (has[name]) continue
    const member = name === 'ticketRef' ? 'ticket' : name
    runtime.notice(
      `INCOMPLETE_${type}`,
      `${titleOf(declaration)} states no ${member}, which ${type} needs: none of its records is kept`,
    )
  }
}

function titleOf(declaration: Declaration): string {
  if ('verb' in declaration) return `the declared access to ${declaration.resource}`
  return 'login' in declaration ? 'a declared login' : `the declared ${declaration.type}`
}
