/** Which kind of declaration it is, and what follows it through its exchange. */
import type { EventDefinition } from '../event.ts'
import { DeclaredAccess, eventOf } from './access.ts'
import type { Declared } from './declared.ts'
import { DeclaredEvent, type DeclaredIn } from './declared-event.ts'
import { DeclaredLogin } from './declared-login.ts'
import type { Declaration } from './exchange.ts'

/** What `declare()` needs of its exchange, besides the definition. */
export interface DeclaringExchange extends Omit<DeclaredIn, 'definition' | 'onPromise'> {
  /** Of an event by its name; undefined for one that nobody knows. */
  readonly definitionOf: (type: string) => EventDefinition | undefined
  /** Told what was declared, and the name of a question about it that was answered with a promise. */
  readonly onPromise: (what: string, name: string) => void
}

export function declaredFrom(declaration: Declaration, exchange: DeclaringExchange): Declared {
  const onPromise = (name: string): void => exchange.onPromise(titleOf(declaration), name)
  if ('verb' in declaration) return new DeclaredAccess(declaration, onPromise)
  const definition = exchange.definitionOf(eventTypeOf(declaration))
  const inside: DeclaredIn = { definition, onPromise, actor: exchange.actor, claim: exchange.claim }
  return 'login' in declaration ? new DeclaredLogin(declaration, inside) : new DeclaredEvent(declaration, inside)
}

/** The name of the event that a declaration is recorded as; for a login, if it succeeds. */
export function eventTypeOf(declaration: Declaration): string {
  if ('verb' in declaration) return declaration.event ?? eventOf[declaration.verb]
  return 'login' in declaration ? 'login_success' : declaration.type
}

function titleOf(declaration: Declaration): string {
  if ('verb' in declaration) return `the declared access to ${declaration.resource}`
  return 'login' in declaration ? 'a declared login' : `the declared ${declaration.type}`
}
