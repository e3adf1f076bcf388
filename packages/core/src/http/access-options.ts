/**
 * What a route states of itself, checked while the application is put together: a mistake there must stop the start, because
 * later it would only cost what the records should have said.
 */
import type { Audit } from '../audit.ts'
import { type Catalogue, catalogue, findEvent } from '../catalogue.ts'
import { AuditError } from '../errors.ts'
import type { EventDefinition } from '../event.ts'
import { runtimeOf } from '../runtime.ts'
import { eventOf } from './access.ts'
import type { Statement, StatementKind } from './statement.ts'

/** The members of one kind of statement: functions that are asked, texts, and what may be either. */
export interface StatementMembers {
  readonly asked: readonly string[]
  readonly either: readonly string[]
  readonly stated: readonly string[]
}

const grounds = ['purpose', 'ticket', 'legalBasis']

export const statementMembers: Readonly<Record<StatementKind, StatementMembers>> = {
  access: {
    asked: ['id', 'subject', 'owner', 'volume', 'metadata'],
    either: grounds,
    stated: ['permission', 'class', 'event'],
  },
  event: {
    asked: ['targets', 'subject', 'reason', 'changes', 'volume', 'metadata', 'failed'],
    either: grounds,
    stated: [],
  },
  login: { asked: ['user', 'failed', 'reason', 'metadata'], either: [], stated: ['method'] },
  logout: { asked: ['failed', 'reason', 'metadata'], either: [], stated: [] },
}

/**
 * Throws `AUDIT_OPTION_INVALID`, naming the member, unless `resource` is a name and each of `options` is one that exists and
 * of its type: id, subject, owner, volume and metadata are functions; permission, class and event are texts; purpose, ticket
 * and legalBasis may be either. `where` is how the application wrote it: `audited.read`.
 */
export function checkAccessOptions(where: string, resource: unknown, options: unknown): void {
  if (typeof resource !== 'string' || resource === '') throw invalid(`${where}: the name of the resource is missing`)
  checkMembers(`${where}(${JSON.stringify(resource)})`, 'access', options)
}

/** The same for every kind of statement; `call` is how the application wrote it: `audited.event("password_change")`. */
export function checkMembers(call: string, kind: StatementKind, options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalid(`${call}: its options must be an object`)
  const { asked, either, stated } = statementMembers[kind]
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const rule = memberRule(kind, name, value)
    if (rule === 'unknown')
      throw invalid(`${call}: ${name} is not an option; there are ${[...asked, ...either, ...stated].join(', ')}`)
    if (rule !== undefined) throw invalid(`${call}: ${name} ${rule}`)
  }
}

/** What is wrong with a member, as the end of a sentence; `unknown` for one that this kind has not. */
export function memberRule(kind: StatementKind, name: string, value: unknown): string | undefined {
  const { asked, either, stated } = statementMembers[kind]
  const asks = typeof value === 'function'
  const says = typeof value === 'string'
  if (asked.includes(name)) return asks ? undefined : 'must be a function'
  if (either.includes(name)) return asks || says ? undefined : 'must be a text or a function'
  if (stated.includes(name)) return says ? undefined : 'must be a text'
  return 'unknown'
}

/**
 * What the event behind a statement needs and the statement has not. Throws `AUDIT_OPTION_INVALID` naming the member; also for
 * an event nobody knows, where the audit is known. Without it the built-in events are looked at alone: a name that is not
 * among them may be the application's own.
 */
export function checkStatement(call: string, statement: Statement<never>, audit?: Audit): void {
  if (audit !== undefined) checkAmong(call, statement, (type) => runtimeOf(audit).definitionOf(type), true)
  else checkAmong(call, statement, (type) => findEvent(catalogue, type)?.definition, false)
}

/** The same where there is a catalogue and no audit yet. */
export function checkKnownStatement(call: string, statement: Statement<never>, events: Catalogue): void {
  checkAmong(call, statement, (type) => findEvent(events, type)?.definition, true)
}

function checkAmong(
  call: string,
  statement: Statement<never>,
  definitionOf: (type: string) => EventDefinition | undefined,
  all: boolean,
): void {
  if (statement.kind === 'login') checkMethod(call, statement.options.method)
  if (statement.kind === 'login' || statement.kind === 'logout') return
  const type = statement.kind === 'event' ? statement.type : (statement.options.event ?? eventOf[statement.verb])
  const definition = definitionOf(type)
  if (definition === undefined) {
    if (all) throw invalid(`${call}: there is no event ${JSON.stringify(type.slice(0, 60))}`)
    return
  }
  const { options } = statement
  const has: Readonly<Record<NonNullable<EventDefinition['requires']>[number], boolean>> = {
    purpose: options.purpose !== undefined,
    ticketRef: options.ticket !== undefined,
    changes: statement.kind === 'event' && statement.options.changes !== undefined,
    targets: statement.kind === 'access' || statement.options.targets !== undefined,
  }
  for (const name of definition.requires ?? []) {
    if (has[name]) continue
    const member = name === 'ticketRef' ? 'ticket' : name
    throw invalid(`${call}: ${member} is missing; no ${type} is recorded without it`)
  }
}

const methods = catalogue.login_success.metadata.method.values

function checkMethod(call: string, method: string | undefined): void {
  if (method === undefined || methods.some((one) => one === method)) return
  throw invalid(`${call}: method must be one of ${methods.join(', ')}`)
}

function invalid(message: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', message)
}
