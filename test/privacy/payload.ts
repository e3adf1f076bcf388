/**
 * One case of the corpus: a value as a program would hand it to a logger, what must not come out of it, and what must.
 */
import type { Planted } from './planted.ts'

/** What leads a reader to the planted values. The first four are held to zero leaks. */
export type Group = 'secret names' | 'headers' | 'structures' | 'bodies' | 'personal names' | 'texts' | 'guards'

export type Guard = string | number | boolean

export interface Payload {
  readonly id: string
  readonly group: Group
  /** Makes the value anew: a test compares it with itself afterwards. */
  readonly make: () => unknown
  readonly planted: readonly Planted[]
  /** Must be readable in the output. `everything`: each leaf comes out as it went in, at its place. */
  readonly keeps: readonly Guard[] | 'everything'
}

export type Row = readonly [id: string, make: () => unknown, planted: readonly Planted[], keeps?: readonly Guard[]]

/** Cases that have something planted. */
export const payloads = (group: Exclude<Group, 'guards'>, rows: readonly Row[]): readonly Payload[] =>
  rows.map(([id, make, planted, keeps = []]) => ({ id, group, make, planted, keeps }))

/** Cases in which nothing is to be hidden. */
export const harmless = (rows: readonly (readonly [id: string, make: () => unknown])[]): readonly Payload[] =>
  rows.map(([id, make]) => ({ id, group: 'guards', make, planted: [], keeps: 'everything' }))
