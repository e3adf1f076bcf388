/** Which kind of declaration it is, and what follows it through its exchange. */
import type { ExchangeView, Runtime } from '../runtime.ts'
import { DeclaredAccess } from './access.ts'
import type { Declared } from './declared.ts'
import { DeclaredEvent, type DeclaredIn } from './declared-event.ts'
import { DeclaredLogin } from './declared-login.ts'
import type { Declaration } from './exchange.ts'
import { claim } from './record-once.ts'

export function declaredFrom(
  declaration: Declaration,
  runtime: Runtime,
  exchange: Pick<ExchangeView, 'actor' | 'context'>,
): Declared {
  const onPromise = (name: string): void =>
    runtime.notice(
      'ASYNC_DECLARATION',
      `${titleOf(declaration)} answers \`${name}\` with a promise, which no record can wait for: the field is left out`,
    )
  if ('verb' in declaration) return new DeclaredAccess(declaration, onPromise)
  const inside: DeclaredIn = {
    definition: runtime.definitionOf('login' in declaration ? 'login_success' : declaration.type),
    onPromise,
    actor: () => exchange.actor(),
    claim: (key) => claim(key, exchange.context),
  }
  return 'login' in declaration ? new DeclaredLogin(declaration, inside) : new DeclaredEvent(declaration, inside)
}

function titleOf(declaration: Declaration): string {
  if ('verb' in declaration) return `the declared access to ${declaration.resource}`
  return 'login' in declaration ? 'a declared login' : `the declared ${declaration.type}`
}
