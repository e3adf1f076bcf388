/**
 * What the shapes (lists, members, headers, special objects) need of the walk that found them.
 */
import type { Account } from './account.ts'
import type { Judgement, Names } from './names.ts'
import type { NameClass } from './scrubber.ts'

export interface Walker {
  readonly names: Names
  readonly hosts: ReadonlySet<string>
  readonly queryNames: ReadonlySet<string>
  readonly account: Account | undefined
  /** A bound was reached: nothing more is written. */
  readonly full: boolean
  /** How many more nodes may be written. */
  readonly nodesLeft: number
  /** A copy of one value under a name; `context` is a sum of `around`. */
  copy(value: unknown, name: Judgement, context: number, level: number): unknown
  /** A text under a name, without counting a node. */
  written(text: string, name: Judgement, context: number, level: number): string
  /** What stands in the place of a value whose name hits. */
  hide(value: unknown, name: Judgement): string
  /** One text by the rules for texts. */
  text(text: string, as: NameClass, level: number): string
  /** Counts characters and nodes that were written past `copy()`. */
  wrote(chars: number, nodes: number): void
  /** Counts one removal by `rule` at the current path. */
  removed(rule: string): void
}

/** Where a value stands, besides under its name. */
export const around = {
  /** The object is about a person. */
  person: 1,
  /** A member of a query: values of parameters that were not listed go. */
  query: 2,
  /** An item of the argument list of a database's client. */
  argv: 4,
  /** The object is a thing. */
  thing: 8,
  /** The object is a session. */
  session: 16,
  /** A member of what was an error: its message is written as its template. */
  fault: 32,
  /** Anywhere in what was an error: only words, codes and numbers are written. */
  insideFault: 64,
} as const
