/**
 * Which types of text may hold anything, told from those the code itself spells out.
 *
 * `string` is open, and so is a template type with a hole such as `user ${string}`; a literal, a union of literals and an
 * `Id` are not. Types only: what a value really holds is judged where it is written.
 */

declare const identifier: unique symbol

/** A string that the code says is an identifier: see `asId()`. */
export type Id = string & { readonly [identifier]: true }

export type IsAny<T> = 0 extends 1 & T ? true : false

/** `never` for text that may hold anything, `unknown` for everything else; `any` counts as text that may. */
export type Spelled<T> = IsAny<T> extends true ? never : true extends IsOpen<T> ? never : unknown

/** Distributes over unions; a record over a literal requires that key, one over an open text requires none. */
type IsOpen<T> = T extends Id
  ? false
  : T extends string
    ? Record<never, never> extends Record<T, 1>
      ? true
      : false
    : false
