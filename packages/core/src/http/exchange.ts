/**
 * One request and its answer, as an adapter sees them: the words that every framework shares.
 *
 * An adapter hands over the raw request and response with a `FrameworkView` of the two things only its framework knows, and
 * gets an `Exchange`. Everything else (ids, the one terminal line, the records a request owes) is the same everywhere and
 * happens in `follow.ts`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Audit } from '../audit.ts'
import type { RequestContext } from '../context.ts'
import type { ActorInput } from '../event.ts'
import { findViewOf } from '../runtime.ts'
import type { BoundStatement } from './bound-statement.ts'
import type { DebugBlock } from './debug-guard-patterns.ts'

/** The request as Node hands it out, HTTP/1 or HTTP/2; frameworks keep it as `req`, `request.raw` or `ctx.req`. */
export type RawRequest = IncomingMessage | Http2ServerRequest
/** The response as Node hands it out. */
export type RawResponse = ServerResponse | Http2ServerResponse

/** What only the framework knows. Both are asked late, at the end of the exchange, and may throw without harm. */
export interface FrameworkView {
  /** The route's template as mounted (`/patients/:id`), or undefined when nothing matched. Never the raw path. */
  route(): string | undefined
  /** Who acted, as far as the application has found out by now. */
  actor(): ActorInput | undefined
  /** What a body parser left; undefined while there is none. */
  body?(): unknown
  /** The permission that the matched route is declared to need, whether or not the request came as far as its declaration. */
  permission?(): string | undefined
}

/** `search` is recorded as `bulk_query`, `share` as `data_share`, the others as `data_<verb>`; `read` as `data_access`. */
export type AccessVerb = 'read' | 'create' | 'update' | 'delete' | 'export' | 'search' | 'share'

/** Why, by whose order and on which ground: a text, or a question that is answered with one. */
export interface Grounds {
  readonly purpose?: string | (() => unknown) | undefined
  /** The ticket or case it is done for. */
  readonly ticket?: string | (() => unknown) | undefined
  /** The legal basis of the processing: `art6.1.c`. */
  readonly legalBasis?: string | (() => unknown) | undefined
}

/**
 * A route's statement that it touches data, and whose. The functions are asked when the record is made; one that throws, or
 * answers with something else than an identifier, costs that field and never the request.
 */
export interface AccessDeclaration extends Grounds {
  readonly verb: AccessVerb
  /** The application's own name of the kind of data: `patient`. */
  readonly resource: string
  /** Identifier of what is touched: a string, a number, or a list of at most 20. Stored as tokens. */
  readonly id?: (() => unknown) | undefined
  /** Identifiers of the people whose data it is: a string, a number, or a list of at most 20. Stored as pseudonyms. */
  readonly subject?: (() => unknown) | undefined
  /** Identifier of the owner of the target. Stored as a token. */
  readonly owner?: (() => unknown) | undefined
  /** How many records were touched: a count, or `{ records, bytes }`. Asked at the end of the exchange. */
  readonly volume?: (() => unknown) | undefined
  /** The application's name of what somebody needs to be allowed: `patients:read`. It stands on the records of a refusal. */
  readonly permission?: string | undefined
  /** The application's name of the data's class: `special_category`. */
  readonly class?: string | undefined
  /** Allow-listed by the event's definition. Asked at the end of the exchange. */
  readonly metadata?: (() => unknown) | undefined
  /** The catalogue's event, where it is not the verb's own (`data_access`, `data_create`, …): for example `bulk_query`. */
  readonly event?: string | undefined
}

/**
 * A route's statement of what happens behind it, where that is no access to data: `password_change`. The answer's status
 * decides the outcome; `failed` may say that an answer which looks like a success is none.
 */
export interface EventDeclaration extends Grounds {
  /** A name of the catalogue, or of an event of the application's own. */
  readonly type: string
  /** What is acted on: `{ type, id, owner, class }`, or a list of at most 20. */
  readonly targets?: (() => unknown) | undefined
  /** Identifiers of the people it is about: a string, a number, or a list of at most 20. Stored as pseudonyms. */
  readonly subject?: (() => unknown) | undefined
  /** One of the event's own reasons. Asked at the end of the exchange. */
  readonly reason?: (() => unknown) | undefined
  /** `{ field, op }`, or a list of at most 50. Asked at the end of the exchange. */
  readonly changes?: (() => unknown) | undefined
  readonly volume?: (() => unknown) | undefined
  /** Allow-listed by the event's definition. Asked at the end of the exchange. */
  readonly metadata?: (() => unknown) | undefined
  /** True where the answer is no success although its status says so. Asked at the end of the exchange. */
  readonly failed?: (() => unknown) | undefined
  /** The first record with this key in the exchange is the only one: see `claim()`. */
  readonly once?: string | undefined
}

/** A route's statement that somebody logs in there: `login_success` or `login_failure`, whichever the answer shows. */
export interface LoginDeclaration {
  readonly login: true
  /** Who wants to come in, as the request claims it: an identifier, or an object that has one. */
  readonly user?: (() => unknown) | undefined
  /** One of the words that the metadata `method` of `login_success` may have. */
  readonly method?: string | undefined
  /** True where the answer is no success although its status says so, as a redirect back to the form. */
  readonly failed?: (() => unknown) | undefined
  /** One of the reasons of `login_failure`. Default: by status. */
  readonly reason?: (() => unknown) | undefined
  readonly metadata?: (() => unknown) | undefined
}

/** One of these, or what `bindStatement()` makes of a route's statement. */
export type Declaration = AccessDeclaration | EventDeclaration | LoginDeclaration | BoundStatement

/** A request being followed. */
export interface Exchange {
  readonly context: RequestContext
  readonly audit: Audit
  /** Runs `work` with this exchange as its ambient context. */
  run<T>(work: () => T): T
  /** Says that `error` reached the framework's error path: the terminal line will say `error`. The first error stays. */
  fail(error: unknown): void
  /**
   * Declares what the route touches or does; the record is made at the end, with the outcome the answer shows. It takes the
   * place of what the option `routes` says of this request.
   *
   * For an event of class `block` the attempt is made durable first, and a promise says how that went: true, go on; false,
   * it was not durable within 2 s, a 503 problem with the request id was answered, and the handler must not run. The
   * promise never rejects. For every other class there is nothing to wait for and the answer is undefined.
   */
  declare(declaration: Declaration): undefined | Promise<boolean>
  /**
   * What the option `routes` says of this request, declared before anything of the application runs. An adapter calls it
   * once, and runs the application when it is told so, exactly as for `declare()`.
   */
  begin(): undefined | Promise<boolean>
  /** Says that the request was for a debugging endpoint and nothing of the application will run; recorded at the end. */
  blocked(block: DebugBlock): void
  /**
   * Answers `error` with a problem document (RFC 9457) that holds the status and the request id and nothing of the error's
   * own words. Once headers are out the connection is cut instead, so that no truncated body looks complete.
   */
  answerError(error: unknown): void
}

/** The exchange that already follows this request, so that a second mount can pass it through. */
export function exchangeOf(rawRequest: object): Exchange | undefined {
  const view = findViewOf(rawRequest)
  return view !== undefined && isExchange(view) ? view : undefined
}

function isExchange(view: object): view is Exchange {
  return 'declare' in view && 'answerError' in view
}
