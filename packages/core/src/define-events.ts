/**
 * An application's own events, checked at the start: a catalogue that is wrong must not be found out in an investigation.
 *
 * Built-in events cannot be redefined and their code prefixes are reserved, so that what an auditor knows of a code holds in
 * every application, today and after an update.
 */
import { type BuiltInEvent, type Catalogue, catalogue } from './catalogue.ts'
import { frozenSchema, type TypedDefinition } from './catalogue-kinds.ts'
import { checkEvents } from './define-check.ts'
import { AuditError } from './errors.ts'
import type { EventDefinition, MetadataSchema } from './event.ts'
import type { GuessableName } from './guessable.ts'

/** One event of an application. What is left out is the usual, as said beside each. */
export interface EventSpec
  extends Pick<EventDefinition, 'code' | 'category' | 'action'>,
    Partial<Omit<EventDefinition, 'code' | 'category' | 'action'>> {
  /** Three letters and three digits, never changed and never reused. The built-in prefixes (`ATN`, `DAT`, …) are taken. */
  readonly code: string
  /** Default INFO. */
  readonly level?: EventDefinition['level']
  /** Default 1, informational. */
  readonly severity?: EventDefinition['severity']
  /** Default `success`. */
  readonly outcome?: EventDefinition['outcome']
  /** Default `spool`. */
  readonly failureClass?: EventDefinition['failureClass']
  /** Default `standard`. */
  readonly retentionClass?: EventDefinition['retentionClass']
  /** Default: none may be given. */
  readonly reasons?: readonly string[]
  /** Default: none may be given. */
  readonly metadata?: MetadataSchema
  /** The built-in event this one looks like when it is exported as OCSF or ECS. Default: by category. */
  readonly like?: BuiltInEvent
}

/** A definition that also says which built-in event it is projected like. */
export interface DefinedEvent<R extends readonly string[], M extends MetadataSchema> extends TypedDefinition<R, M> {
  readonly like?: BuiltInEvent
}

/** What is said of a token that would be guessed; nothing is assignable to it. */
type Guessed = 'a token of so few possible values is guessed: use personalField(), or leave it out'

/** `S` again, with `Guessed` in place of every metadata field whose name or purpose has too few values for a token. */
export type SoundEvents<S> = {
  readonly [E in keyof S]: S[E] extends { readonly metadata: infer M }
    ? { readonly metadata: { readonly [F in keyof M]: SoundField<F, M[F]> } }
    : unknown
}

type SoundField<F, K> = K extends { readonly kind: 'token'; readonly purpose: infer P }
  ? F | P extends Exclude<F | P, GuessableName>
    ? unknown
    : Guessed
  : unknown

export type DefinedEvents<S extends Readonly<Record<string, EventSpec>>> = {
  readonly [K in keyof S]: DefinedEvent<
    S[K] extends { readonly reasons: infer R extends readonly string[] } ? R : readonly [],
    S[K] extends { readonly metadata: infer M extends MetadataSchema } ? M : Record<never, never>
  >
}

/**
 * Checks and freezes an application's own events, for `createAudit({ events })`.
 *
 *     const events = defineEvents({
 *       ward_transferred: { code: 'CLN001', category: 'data', action: 'update', metadata: { beds: integer(0, 50) } },
 *     })
 *     const audit = createAudit({ events })
 *     audit.record('ward_transferred', { metadata: { beds: 1 } })
 *
 * Throws an `AuditError` `AUDIT_OPTION_INVALID` that names `events.<event>.<field>`. At most 1,000 events.
 */
export function defineEvents<const S extends Readonly<Record<string, EventSpec>>>(
  specs: S & SoundEvents<S>,
): DefinedEvents<S> {
  checkEvents(specs)
  const made = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, definition(spec)]))
  defined.add(made)
  return Object.freeze(made) as DefinedEvents<S>
}

/**
 * Every event there is: the built-in ones and an application's own, as given in the option `events`.
 *
 * Takes what `defineEvents()` made, or undefined; anything else throws `AUDIT_OPTION_INVALID`, because it was never checked.
 */
export function catalogueOf(own: unknown): Catalogue {
  if (own === undefined) return catalogue
  if (typeof own !== 'object' || own === null || !defined.has(own)) {
    throw new AuditError('AUDIT_OPTION_INVALID', 'events: give what defineEvents() returned')
  }
  return Object.freeze({ ...catalogue, ...own })
}

/** The catalogue as text that is equal exactly when the catalogue is: what the configuration hash covers. */
export function catalogueText(events: Catalogue): string {
  return JSON.stringify(
    Object.keys(events)
      .sort()
      .map((name) => [name, events[name]]),
    (_key, value: unknown) => (value instanceof RegExp ? `${value}` : value),
  )
}

const defined = new WeakSet<object>()

function definition(spec: EventSpec): EventDefinition {
  return Object.freeze({
    level: 'INFO',
    severity: 1,
    outcome: 'success',
    failureClass: 'spool',
    retentionClass: 'standard',
    ...spec,
    reasons: Object.freeze([...(spec.reasons ?? [])]),
    metadata: frozenSchema(spec.metadata ?? {}),
  } as const)
}
