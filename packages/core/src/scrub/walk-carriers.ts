/**
 * Headers and cookies in every shape: objects, pairs, flat lists, Maps, gRPC metadata. Headers by allow-list, cookies by name.
 */

import type { Judgement } from './names.ts'
import { isPlaceholder } from './placeholder.ts'
import { headerRule } from './walk-headers.ts'
import { uniqueKey, writtenKey } from './walk-keys.ts'
import { readOwn } from './walk-platform.ts'
import { isHidden } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

const itemsMax = 64

/** `{ host: 'x', authorization: 'y' }`; also `{ name: 'Host', value: 'x' }` and `{ host: [{ key: 'Host', value: 'x' }] }`. */
export function copyHeaders(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  level: number,
): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  const named = namedPair(keys, values)
  for (let i = 0; i < values.length && !walk.full; i++) {
    const key = keys[i] ?? ''
    const judged = walk.names.judge(key)
    walk.account?.enter(judged.plain ? key : '*')
    const isName = named !== undefined && values[i] === named && nameKeys.has(key.toLowerCase())
    const written = isName
      ? headerName(walk, named, level)
      : headerValue(walk, nameThatStays(walk, named ?? key, level), values[i], level)
    walk.account?.leave()
    if (written !== undefined) set(walk, copied, judged.plain ? key : headerName(walk, key, level), written)
  }
  return copied
}

const nameKeys = new Set(['name', 'key', 'header', 'k', 'n'])

function namedPair(keys: readonly string[], values: readonly unknown[]): string | undefined {
  if (keys.length > 4 || !keys.some((key) => /^(?:value|values|v|val)$/i.test(key))) return undefined
  const at = keys.findIndex((key) => nameKeys.has(key.toLowerCase()))
  const value = values[at]
  return typeof value === 'string' ? value : undefined
}

/** The name of a header; `:path` and the like are names too. */
export function headerName(walk: Walker, name: string, level: number): string {
  const plain = name.startsWith(':') ? name.slice(1) : name
  return walk.names.judge(plain).plain ? name : writtenKey(walk, name, level)
}

/** A header's name where it may be written as it is, else nothing: what had to be changed is no name. */
export function nameThatStays(walk: Walker, name: unknown, level: number): string {
  return typeof name === 'string' && headerName(walk, name, level) === name ? name : ''
}

/** The value of a header as it may be written. */
export function headerValue(walk: Walker, name: string, value: unknown, level: number): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (let i = 0; i < value.length && i < itemsMax && !walk.full; i++)
      items.push(headerItem(walk, name, readOwn(value, i), level) ?? null)
    return items
  }
  return headerItem(walk, name, value, level)
}

function headerItem(walk: Walker, name: string, value: unknown, level: number): unknown {
  if (value === null || value === undefined) return value
  if (typeof value === 'string' && isPlaceholder(value)) return value
  const rule = headerRule(name)
  if (typeof value === 'string' || typeof value === 'number') {
    if (value === '') return ''
    if (rule === 'host') {
      const url = walk.text(`http://${value}`, 'url', level)
      return url.startsWith('http://') ? url.slice(7) : '[host]'
    }
    if (rule === 'address') return dropped(walk, name, '[ip]', value)
    if (rule !== 'dropped') return typeof value === 'number' ? value : walk.text(value, rule, level)
  }
  if (isPairObject(value)) {
    const spoken = readOwn(value, 'key') ?? readOwn(value, 'name')
    const inner = readOwn(value, 'value')
    return {
      key: typeof spoken === 'string' ? headerName(walk, spoken, level) : '[header]',
      value:
        typeof inner === 'string'
          ? headerItem(walk, typeof spoken === 'string' ? nameThatStays(walk, spoken, level) : name, inner, level)
          : '[header]',
    }
  }
  const judged = walk.names.judge(name)
  return dropped(walk, name, isHidden(judged) ? judged.placeholder : '[header]', value)
}

function isPairObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && readOwn(value, 'value') !== undefined
}

function dropped(walk: Walker, _name: string, placeholder: string, value: unknown): string {
  if (value !== placeholder) walk.removed('header')
  return placeholder
}

/** `{ sid: 'x' }` by name only; `{ key: 'sid', value: 'x' }` of a jar keeps the name. */
export function copyCookies(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  for (let i = 0; i < values.length && !walk.full; i++) {
    const key = keys[i] ?? ''
    const judged: Judgement = walk.names.judge(key)
    const value = values[i]
    if (value === undefined) continue
    walk.account?.enter(judged.plain ? key : '*')
    set(walk, copied, judged.plain ? key : '[cookie]', cookieValue(walk, key, value))
    walk.account?.leave()
  }
  return copied
}

function cookieValue(walk: Walker, key: string, value: unknown): unknown {
  if (value === null || value === '[cookie]' || typeof value === 'boolean') return value
  if (typeof value === 'string' && nameKeys.has(key.toLowerCase()) && walk.names.judge(value).plain) return value
  walk.removed('cookie')
  return '[cookie]'
}

function set(walk: Walker, copied: Record<string, unknown>, key: string, value: unknown): void {
  walk.wrote(key.length + (typeof value === 'string' ? value.length : 0), 1)
  Object.defineProperty(copied, uniqueKey(copied, key), {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}
