/** Which kind of declaration it is, and what follows it through its exchange. */
import type { EventDefinition } from '../event.ts'
import type { ExchangeView, Runtime } from '../runtime.ts'
import { type AccessSaid, DeclaredAccess } from './access.ts'
import { Asker } from './ask.ts'
import type { BoundStatement } from './bound-statement.ts'
import type { Declared } from './declared.ts'
import { DeclaredEvent, type DeclaredIn, type EventSaid } from './declared-event.ts'
import { DeclaredLogin, type LoginSaid } from './declared-login.ts'
import type { AccessVerb, Declaration } from './exchange.ts'
import { claim } from './record-once.ts'
import type { StatedGrounds } from './stated-texts.ts'

/** What a declaration is followed in. */
export interface DeclaringExchange extends Pick<ExchangeView, 'actor' | 'context'> {
  /** Whether the application has recorded such an event itself. */
  hasTold(type: string): boolean
}

/** What is handed to `Exchange.declare()`, followed in that exchange. */
export function declaredFrom(declaration: Declaration, runtime: Runtime, exchange: DeclaringExchange): Declared {
  // Not by its class: an adapter may have brought another copy of this package.
  if ('statement' in declaration) return declaredBy(declaration, runtime, exchange)
  if ('verb' in declaration) return accessOf(declaration.verb, declaration.resource, declaration, nothing, runtime)
  if ('login' in declaration) return loginOf(declaration, nothing, runtime, exchange)
  return eventOf(declaration.type, declaration, nothing, runtime, exchange)
}

/** What the questions of a declaration that was made for one request are asked with. */
const nothing: readonly unknown[] = []

function declaredBy({ statement, asked }: BoundStatement, runtime: Runtime, exchange: DeclaringExchange): Declared {
  switch (statement.kind) {
    case 'access':
      return accessOf(statement.verb, statement.resource, statement.options, asked, runtime)
    case 'event':
      return eventOf(statement.type, statement.options, asked, runtime, exchange)
    case 'login':
      return loginOf(statement.options, asked, runtime, exchange)
    case 'logout':
      return eventOf('logout', { ...statement.options, once: 'logout' }, asked, runtime, exchange)
  }
}

function accessOf(
  verb: AccessVerb,
  resource: string,
  said: AccessSaid,
  asked: readonly unknown[],
  runtime: Runtime,
): Declared {
  const title = titleOfAccess(resource)
  if (said.event !== undefined) tellIncomplete(title, said.event, { ...has(said), targets: true }, runtime)
  const asker = new Asker(title, runtime, undefined, asked)
  return new DeclaredAccess(verb, resource, said, asker, asker)
}

function eventOf(
  type: string,
  said: EventSaid,
  asked: readonly unknown[],
  runtime: Runtime,
  exchange: DeclaringExchange,
): Declared {
  const title = `the declared ${type}`
  const { changes, targets } = said
  const stated = { ...has(said), changes: changes !== undefined, targets: targets !== undefined }
  tellIncomplete(title, type, stated, runtime)
  return new DeclaredEvent(type, said, new Asker(title, runtime, undefined, asked), inside(type, runtime, exchange))
}

function loginOf(said: LoginSaid, asked: readonly unknown[], runtime: Runtime, exchange: DeclaringExchange): Declared {
  const asker = new Asker('a declared login', runtime, undefined, asked)
  return new DeclaredLogin(said, asker, inside('login_success', runtime, exchange))
}

function inside(type: string, runtime: Runtime, exchange: DeclaringExchange): DeclaredIn {
  return {
    definition: runtime.definitionOf(type),
    actor: () => exchange.actor(),
    claim: (key) => claim(key, exchange.context),
    told: (name) => exchange.hasTold(name),
  }
}

/** How the operator is told of a declared access. */
export function titleOfAccess(resource: string): string {
  return `the declared access to ${resource}`
}

type Required = NonNullable<EventDefinition['requires']>[number]

function has({ purpose, ticket }: StatedGrounds): Record<Required, boolean> {
  return { purpose: purpose !== undefined, ticketRef: ticket !== undefined, changes: false, targets: false }
}

/**
 * Of an application's own events it is known here at the earliest what they need, where the framework does not say when a route
 * is mounted. The request goes on: its record will be refused and counted, and the operator is told which declaration it is.
 */
function tellIncomplete(title: string, type: string, stated: Record<Required, boolean>, runtime: Runtime): void {
  for (const name of runtime.definitionOf(type)?.requires ?? []) {
    if (stated[name]) continue
    const member = name === 'ticketRef' ? 'ticket' : name
    runtime.notice(
      `INCOMPLETE_${type}`,
      `${title} states no ${member}, which ${type} needs: none of its records is kept`,
    )
  }
}
