/**
 * Reads single fields of errors for the adapters: a value of the right shape, or undefined. Nothing of an error is executed.
 */
import { types } from 'node:util'
import { isReadable, isReadableList, own, timeOf } from '../scrub/read.ts'
import { isFieldName } from './field-name.ts'

/** A name that the schema of a database or a program gives: table, column, parameter. */
export function nameIn(from: object, key: string): string | undefined {
  const value = own(from, key)
  return isFieldName(value) ? value : undefined
}

/** The text under `key`, when it is one of `words`. */
export function wordIn(from: object, key: string, words: ReadonlySet<string>): string | undefined {
  const value = own(from, key)
  return typeof value === 'string' && words.has(value) ? value : undefined
}

/** The text under `key`, when `shape` matches. The shape must be anchored and bounded. */
export function textIn(from: object, key: string, shape: RegExp): string | undefined {
  const value = own(from, key)
  return typeof value === 'string' && value.length <= 128 && shape.test(value) ? value : undefined
}

/** A whole number within bounds. */
export function intIn(from: object, key: string, min: number, max: number): number | undefined {
  const value = own(from, key)
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined
}

export function boolIn(from: object, key: string): boolean | undefined {
  const value = own(from, key)
  return typeof value === 'boolean' ? value : undefined
}

/** A Date, or a time in ISO 8601, as the latter. */
export function timeIn(from: object, key: string): string | undefined {
  const ms = timeOf(own(from, key))
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

/** The object under `key`. */
export function objectIn(from: object, key: string): object | undefined {
  const value = own(from, key)
  return isReadable(value) ? value : undefined
}

/** The first members of the list under `key` that are objects. */
export function objectsIn(from: object, key: string, max = 20): object[] {
  return objectsOf(own(from, key), max)
}

/** The first members of a list that are objects. */
export function objectsOf(list: unknown, max = 20): object[] {
  return listOf(list, max).filter((one) => isReadable(one))
}

/** The first members of a list. */
export function listOf(list: unknown, max = 20): unknown[] {
  if (!isReadableList(list)) return []
  const members: unknown[] = []
  for (let i = 0; i < Math.min(list.length, max); i++) members.push(own(list, i))
  return members
}

/** The names of an object's own members that are names of fields; undefined when there are none. */
export function memberNames(from: object | undefined, max = 20): string[] | undefined {
  if (from === undefined || types.isProxy(from)) return undefined
  const names = Object.keys(from)
    .slice(0, max)
    .map((name) => (isFieldName(name) ? name : '*'))
  return names.length === 0 ? undefined : names
}

/** The names in the list under `key`; what is none stands as `*`. */
export function namesIn(from: object, key: string): string[] | undefined {
  const names = listOf(own(from, key)).map((name) => (isFieldName(name) ? name : '*'))
  return names.length === 0 ? undefined : names
}

const methods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
])

/** An HTTP method in capitals. */
export function methodIn(from: object | undefined, key = 'method'): string | undefined {
  const value = from && own(from, key)
  const method = typeof value === 'string' && value.length <= 8 ? value.toUpperCase() : ''
  return methods.has(method) ? method : undefined
}

/** The host of an absolute URL, when it is one of `hosts`. */
export function hostOf(url: unknown, hosts: ReadonlySet<string>): string | undefined {
  if (hosts.size === 0 || typeof url !== 'string' || url.length > 2_048) return undefined
  const host = URL.canParse(url) ? new URL(url).hostname : url
  return hosts.has(host) ? host : undefined
}

/** 100 to 599. */
export function httpStatusIn(from: object | undefined, key: string): number | undefined {
  return from && intIn(from, key, 100, 599)
}
