/**
 * Reading the platform's own containers with the platform's own methods, never with those of the value.
 *
 * A Map may carry an `entries` of somebody's making, and a subclass an iterator: only the intrinsic ones run, taken when this
 * module is loaded. Everything is bounded by `max`, and what is not of the right brand reads as empty.
 */
import { types } from 'node:util'
import { own, timeOf } from './read.ts'
import { platformPrototype } from './walk-kinds.ts'

type Step = { readonly done?: boolean | undefined; readonly value?: unknown }

const mapEntries = Map.prototype.entries
const setValues = Set.prototype.values
const nextOf = (iterator: object): (() => Step) => Object.getPrototypeOf(iterator).next
const mapNext = nextOf(new Map().entries())
const setNext = nextOf(new Set().values())
const searchEntries = URLSearchParams.prototype.entries
const searchNext = nextOf(new URLSearchParams().entries())

/** Keys and values side by side. */
export interface Entries {
  readonly keys: unknown[]
  readonly values: unknown[]
}

function collect(iterator: object, next: () => Step, max: number): Entries {
  const [keys, values]: [unknown[], unknown[]] = [[], []]
  for (let i = 0; i < max; i++) {
    const step: Step = Reflect.apply(next, iterator, [])
    if (step.done === true) break
    const entry = step.value
    if (!Array.isArray(entry)) continue
    keys.push(entry[0])
    values.push(entry[1])
  }
  return { keys, values }
}

/** The first `max` entries of a Map. */
export function entriesOfMap(map: object, max: number): Entries {
  return collect(Reflect.apply(mapEntries, map, []), mapNext, max)
}

/** The first `max` members of a Set. */
export function membersOfSet(set: object, max: number): unknown[] {
  const iterator: object = Reflect.apply(setValues, set, [])
  const members: unknown[] = []
  for (let i = 0; i < max; i++) {
    const step: Step = Reflect.apply(setNext, iterator, [])
    if (step.done === true) break
    members.push(step.value)
  }
  return members
}

/** Entries of URLSearchParams; undefined for what only descends from it. */
export function entriesOfSearch(search: object, max: number): Entries | undefined {
  return guarded(() => collect(Reflect.apply(searchEntries, search, []), searchNext, max))
}

/** Entries of fetch's Headers or FormData. */
export function entriesOfFetch(name: 'Headers' | 'FormData', value: object, max: number): Entries | undefined {
  return guarded(() => {
    const entries: unknown = platformMember(name, 'entries')?.value
    if (typeof entries !== 'function') return undefined
    const iterator: object = Reflect.apply(entries, value, [])
    return collect(iterator, nextOf(iterator), max)
  })
}

/** What a getter of a platform class says about a value of that class: `method` of a `Request`. */
export function platformGetter(name: string, member: string, value: object): unknown {
  return guarded(() => {
    const getter = platformMember(name, member)?.get
    return getter === undefined ? undefined : Reflect.apply(getter, value, [])
  })
}

function platformMember(name: string, member: string): PropertyDescriptor | undefined {
  const prototype = platformPrototype(name)
  return prototype && Object.getOwnPropertyDescriptor(prototype, member)
}

/** A wrong brand throws: then there is nothing to read. */
function guarded<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The primitive in a boxed one. */
export function unboxed(value: object): unknown {
  for (const type of [String, Number, Boolean, BigInt, Symbol]) {
    const primitive = guarded((): unknown => Reflect.apply(type.prototype.valueOf, value, []))
    if (primitive !== undefined) return primitive
  }
  return undefined
}

/**
 * An own property, read as it will be written: boxed primitives unboxed, dates and large integers as text. So names beside
 * values are found in whatever they are wrapped.
 */
export function readOwn(from: object, key: string | number): unknown {
  return asWritten(own(from, key))
}

/** A value as it will be written, where that is a primitive. */
export function asWritten(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return value
  if (types.isBoxedPrimitive(value)) return asWritten(unboxed(value))
  if (!types.isDate(value)) return value
  const ms = timeOf(value)
  return ms === undefined ? '[invalid date]' : new Date(ms).toISOString()
}

const hrefGetter = Object.getOwnPropertyDescriptor(URL.prototype, 'href')?.get

/** The address in a URL; empty for what only descends from one. */
export function hrefOf(value: object): string {
  try {
    const href: unknown = hrefGetter && Reflect.apply(hrefGetter, value, [])
    return typeof href === 'string' ? href : ''
  } catch {
    // Only descends from URL.
    return ''
  }
}
