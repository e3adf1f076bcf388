/**
 * Puts a function of ours around a method of somebody else's object, once, however often and by however many copies of this
 * package it is asked for.
 */
import { AuditError } from './errors.ts'

const WRAPPED = Symbol.for('@trailmark/core/wrapped/1')

/** Any function at all: of a library's method no more is known. */
export type AnyFunction = (this: unknown, ...given: unknown[]) => unknown

/**
 * Replaces `owner[name]` by `make(inner)`, which keeps its name, its length and whatever stands on it. True when it did; false
 * when it stands there already. `where` is the call to name in an error.
 *
 * Throws `AUDIT_LIBRARY_UNKNOWN` when there is no such method or it cannot be replaced: a version that is not known must not
 * pass for one that is recorded.
 */
export function wrapOnce(
  where: string,
  owner: object,
  name: string,
  make: (inner: AnyFunction) => AnyFunction,
): boolean {
  const inner: unknown = Reflect.get(owner, name)
  if (!isFunction(inner)) throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: there is no method ${name}()`)
  if (isWrapped(inner)) return false
  const outer = make(inner)
  for (const key of Reflect.ownKeys(inner)) {
    const own = Reflect.getOwnPropertyDescriptor(inner, key)
    if (key !== 'prototype' && own !== undefined) Reflect.defineProperty(outer, key, own)
  }
  Object.defineProperty(outer, WRAPPED, { value: inner })
  const there = Reflect.getOwnPropertyDescriptor(owner, name)
  const enumerable = there?.enumerable ?? false
  if (!Reflect.defineProperty(owner, name, { value: outer, writable: true, configurable: true, enumerable }))
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: ${name}() cannot be replaced; the object is frozen`)
  return true
}

/** Whether this function is one that `wrapOnce` put in place of another. */
export function isWrapped(value: unknown): boolean {
  return isFunction(value) && Object.hasOwn(value, WRAPPED)
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}
