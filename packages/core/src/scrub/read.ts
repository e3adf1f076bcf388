/**
 * Reading values that callers control without running any of their code.
 *
 * Only own data properties are read, by descriptor: getters are not called, proxies are not asked (their traps are code), and
 * neither `toString`, `toJSON` nor `instanceof` is used on anything. What cannot be read comes back as `unreadable`, which is
 * of no kind that any field accepts and is therefore dropped and counted like every wrong value.
 */
import { types } from 'node:util'

/** Stands for a property behind a getter. */
export const unreadable: unique symbol = Symbol('unreadable')

/** True for a plain or class object whose properties can be read safely; false for proxies, lists and views of bytes. */
export function isReadable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  // A view has a key for each byte: listing those of an upload would take seconds.
  return !Array.isArray(value) && !ArrayBuffer.isView(value)
}

/** The same for lists. */
export function isReadableList(value: unknown): value is readonly unknown[] {
  // In this order: Array.isArray throws for a revoked proxy.
  return typeof value === 'object' && value !== null && !types.isProxy(value) && Array.isArray(value)
}

/** The value of an own data property; undefined when there is none. */
export function own(from: object, key: string | number): unknown {
  const property = Object.getOwnPropertyDescriptor(from, key)
  return property === undefined ? undefined : property.get || property.set ? unreadable : property.value
}

/** Milliseconds since the epoch of a Date or a text in ISO 8601; undefined for everything else and for invalid dates. */
export function timeOf(value: unknown): number | undefined {
  let ms: number
  if (typeof value === 'string') ms = value.length <= 40 && isoTime.test(value) ? Date.parse(value) : Number.NaN
  else if (typeof value === 'object' && types.isDate(value) && !types.isProxy(value)) ms = dateValue(value)
  else return undefined
  return ms >= timeMsMin && ms <= timeMsMax ? ms : undefined
}

const isoTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/
/** What four digits of a year can hold. */
const timeMsMin = -62_167_219_200_000
const timeMsMax = 253_402_300_799_999
/** Not `value.getTime()`: that may be somebody's own method. */
const dateValue = (date: Date): number => Reflect.apply(Date.prototype.getTime, date, [])
