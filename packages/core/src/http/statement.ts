/**
 * What a route states of itself, in an adapter's own terms: its questions are asked with what the framework hands to a
 * handler. `Q` is that: `[req: Request, res: Response]` in Express, `[ctx: Context]` in Koa.
 *
 * A statement is made once, when the route is mounted; `bindStatement()` declares it for one request.
 */
import { AuditError } from '../errors.ts'
import { checkAccessOptions, checkMembers, checkStatement } from './access-options.ts'
import { BoundStatement } from './bound-statement.ts'
import type { AccessVerb } from './exchange.ts'

/** One question about the request. A promise is no answer: nothing waits. One that throws costs its field only. */
export type Question<Q extends readonly unknown[]> = (...asked: Q) => unknown

/** Why, by whose order and on which ground: a text, or a question of the request. */
export interface GroundOptions<Q extends readonly unknown[]> {
  readonly purpose?: string | Question<Q>
  /** The ticket or case it is done for. */
  readonly ticket?: string | Question<Q>
  /** The legal basis of the processing: `art6.1.c`. */
  readonly legalBasis?: string | Question<Q>
}

/** What a route says of the data it touches. */
export interface AccessOptions<Q extends readonly unknown[]> extends GroundOptions<Q> {
  /** Identifier of what is touched: a string, a number, or a list of at most 20. Stored as tokens. */
  readonly id?: Question<Q>
  /** Identifiers of the people whose data it is: a string, a number, or a list of at most 20. Stored as pseudonyms. */
  readonly subject?: Question<Q>
  /** Identifier of the target's owner. Stored as a token. */
  readonly owner?: Question<Q>
  /** How many records were touched: a count, or `{ records, bytes }`. Asked at the end, when the handler knows it. */
  readonly volume?: Question<Q>
  /** Values the event's definition allows. Asked at the end. */
  readonly metadata?: Question<Q>
  /** Your name of what somebody needs for this: `patients:read`. A refusal of this route is recorded with it. */
  readonly permission?: string
  /** Your name of the data's class: `special_category`. */
  readonly class?: string
  /** The catalogue's event, or one of your own, where it is not the verb's: `break_glass_access`. */
  readonly event?: string
}

/** What a route says of an event that is no access to data. All but `targets` and `subject` is asked at the end. */
export interface EventOptions<Q extends readonly unknown[]> extends GroundOptions<Q> {
  /** What is acted on: `{ type, id, owner, class }`, or a list of at most 20. */
  readonly targets?: Question<Q>
  /** Identifiers of the people it is about. Stored as pseudonyms. */
  readonly subject?: Question<Q>
  /** One of the event's own reasons. */
  readonly reason?: Question<Q>
  /** `{ field, op }`, or a list of at most 50. */
  readonly changes?: Question<Q>
  readonly volume?: Question<Q>
  readonly metadata?: Question<Q>
  /** True where the answer is no success although its status says so. */
  readonly failed?: Question<Q>
}

export interface LoginOptions<Q extends readonly unknown[]> {
  /** Who wants to come in: the identifier, or an object that has one. After a failure it stands as claimed, not as proved. */
  readonly user?: Question<Q>
  /** How: `password`, `passkey`, `oidc`, … (the words of `login_success.metadata.method`). */
  readonly method?: string
  /** True where the answer is no success although its status says so: a redirect back to the form. Asked at the end. */
  readonly failed?: Question<Q>
  /** One of the reasons of `login_failure`. Default: by status. Asked at the end. */
  readonly reason?: Question<Q>
  /** Asked at the end. */
  readonly metadata?: Question<Q>
}

export type LogoutOptions<Q extends readonly unknown[]> = Pick<EventOptions<Q>, 'failed' | 'reason' | 'metadata'>

export type Statement<Q extends readonly unknown[]> =
  | {
      readonly kind: 'access'
      readonly verb: AccessVerb
      readonly resource: string
      readonly options: AccessOptions<Q>
    }
  | { readonly kind: 'event'; readonly type: string; readonly options: EventOptions<Q> }
  | { readonly kind: 'login'; readonly options: LoginOptions<Q> }
  | { readonly kind: 'logout'; readonly options: LogoutOptions<Q> }

export type StatementKind = Statement<never>['kind']

export const accessVerbs: readonly AccessVerb[] = ['read', 'create', 'update', 'delete', 'export', 'search', 'share']

/**
 * Each makes a statement, or throws `AUDIT_OPTION_INVALID` naming the member that cannot be, or that the event behind it needs.
 * Of events that are not built in, that is known once the audit is: `checkStatement` with its catalogue.
 */
export const state = {
  access<Q extends readonly unknown[]>(
    verb: AccessVerb,
    resource: string,
    options: AccessOptions<Q> = {},
  ): Statement<Q> {
    checkAccessOptions(`audited.${verb}`, resource, options)
    return checked(`audited.${verb}(${JSON.stringify(resource)})`, { kind: 'access', verb, resource, options })
  },
  event<Q extends readonly unknown[]>(type: string, options: EventOptions<Q> = {}): Statement<Q> {
    if (typeof type !== 'string' || type === '')
      throw new AuditError('AUDIT_OPTION_INVALID', 'audited.event: the name of the event is missing')
    const call = `audited.event(${JSON.stringify(type)})`
    checkMembers(call, 'event', options)
    return checked(call, { kind: 'event', type, options })
  },
  login<Q extends readonly unknown[]>(options: LoginOptions<Q> = {}): Statement<Q> {
    checkMembers('audited.login()', 'login', options)
    return checked('audited.login()', { kind: 'login', options })
  },
  logout<Q extends readonly unknown[]>(options: LogoutOptions<Q> = {}): Statement<Q> {
    checkMembers('audited.logout()', 'logout', options)
    return { kind: 'logout', options }
  },
} as const

function checked<Q extends readonly unknown[]>(call: string, statement: Statement<Q>): Statement<Q> {
  checkStatement(call, statement)
  return statement
}

/** How the coverage names what a route is declared to do: its verb, or the event. */
export function verbOf(statement: Statement<never>): string {
  if (statement.kind === 'access') return statement.verb
  return statement.kind === 'event' ? statement.type : statement.kind
}

/** The statement for one request: its questions are asked with `asked`. */
export function bindStatement<Q extends readonly unknown[]>(statement: Statement<Q>, ...asked: Q): BoundStatement {
  return new BoundStatement(statement, asked)
}
