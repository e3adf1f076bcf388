/**
 * What the compiler lets pass to `record()`: the words of one event's definition and nothing else.
 *
 * Most leaks begin as a convenient argument: a whole user, an error, a header object, something typed `any`. None of these
 * compiles. The masker enforces the same at run time for whoever has no types.
 */
import type { Aliases, Catalogue } from './catalogue.ts'
import type {
  ActorInput,
  ChangeInput,
  DecisionInput,
  EventDefinition,
  EventInput,
  MetadataKind,
  MetadataSchema,
  TargetInput,
  VolumeInput,
} from './event.ts'
import type { GuessableName } from './guessable.ts'
import type { Id, IsAny, Spelled } from './open-text.ts'
import type { Receipt } from './receipt.ts'

/**
 * Says that a string is an identifier and not free text, so that it may stand where metadata expects one.
 *
 * A literal needs no such word. At run time the event's pattern still decides: what does not match is dropped and counted.
 * Use it where the value comes from your own system (a commit, a backup id), never on what a client sent.
 */
export function asId(text: string): Id {
  return text as Id
}

/** Names that `record()` takes: the catalogue's and the accepted aliases. */
export type EventName<E extends Catalogue> = (keyof E & string) | keyof Aliases

/** The definition behind a name. */
export type DefinitionOf<E extends Catalogue, K extends EventName<E>> = K extends keyof E
  ? E[K]
  : K extends keyof Aliases
    ? E[Aliases[K]]
    : never

/** Records one event; see `Audit.record`. */
export interface RecordCall<E extends Catalogue> {
  <K extends EventName<E>>(type: K): Receipt
  // Two forms and no optional argument: `any` is assignable to `undefined`, and would pass through the question mark.
  <K extends EventName<E>, const I extends EventInput<DefinitionOf<E, K>>>(
    type: K,
    event: IsAny<I> extends true ? never : I & Declared<DefinitionOf<E, K>, I>,
  ): Receipt
}

/** Records one event as part of a transaction; see `Audit.inTransaction`. */
export interface TransactionCall<E extends Catalogue> {
  <K extends EventName<E>>(transaction: object, type: K): Promise<{ readonly id: string }>
  <K extends EventName<E>, const I extends EventInput<DefinitionOf<E, K>>>(
    transaction: object,
    type: K,
    event: IsAny<I> extends true ? never : I & Declared<DefinitionOf<E, K>, I>,
  ): Promise<{ readonly id: string }>
}

/** `never` wherever `I` says more than the definition allows: a name it does not know, or a value of type `any`. */
export type Declared<D extends EventDefinition, I> = {
  readonly [P in keyof I]: P extends keyof EventInput
    ? P extends 'request'
      ? unknown
      : P extends 'metadata'
        ? Metadata<D['metadata'], I[P]>
        : P extends 'changes'
          ? Changes<I[P]>
          : P extends keyof Shapes
            ? Shaped<Shapes[P], I[P]>
            : Refuse<I[P]>
    : never
}

interface Shapes {
  actor: ActorInput
  decision: DecisionInput
  volume: VolumeInput
  targets: TargetInput
}

/** `any` is assignable to everything but `never`. */
type Refuse<T> = IsAny<T> extends true ? never : unknown

/** The members of `S`, none of them `any`, and no others; for a list, of each of its items. */
type Shaped<S, T> =
  IsAny<T> extends true
    ? never
    : T extends readonly unknown[]
      ? { readonly [N in keyof T]: Shaped<S, T[N]> }
      : T extends object
        ? { readonly [P in keyof T]: P extends keyof S ? Refuse<T[P]> : never }
        : unknown

type Metadata<M extends MetadataSchema, T> =
  IsAny<T> extends true ? never : { readonly [P in keyof T]: P extends keyof M ? Worded<M[P], T[P]> : never }

/** A variable of type `string` where an identifier is due may hold anything; a literal or an `Id` may not. */
type Worded<K extends MetadataKind, V> =
  IsAny<V> extends true ? never : K extends { readonly kind: 'id' } ? Spelled<V> : unknown

/** Of a field with few possible values only the name may be told: a token of the value would be guessed. */
type Changes<T> =
  IsAny<T> extends true
    ? never
    : T extends readonly unknown[]
      ? { readonly [N in keyof T]: Shaped<ChangeInput, T[N]> & Unguessed<T[N]> }
      : unknown

type Unguessed<T> = T extends { readonly field: GuessableName }
  ? { readonly before?: never; readonly after?: never }
  : unknown
