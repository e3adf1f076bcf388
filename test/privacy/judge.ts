/** What came of one case: which planted values can be read in the output and where, and which guards are gone. */
import { inspect, types } from 'node:util'
import { findLeaks } from './find-leaks.ts'
import type { Guard, Payload } from './payload.ts'
import type { Planted } from './planted.ts'

export interface Verdict {
  /** One line for each planted value that got out. */
  readonly leaks: readonly string[]
  /** One line for each guard that did not. */
  readonly lost: readonly string[]
  readonly planted: number
  readonly guards: number
}

/** Judges an output as it would be written down: as one line of JSON. */
export function judge(payload: Payload, output: unknown): Verdict {
  const text = JSON.stringify(output) ?? 'undefined'
  const leaks = findLeaks(text, payload.planted).map(
    ({ planted, form, spelling, excerpt }) =>
      `${payload.id}: ${planted.class} ${planted.value} ${form}${spelling === '' ? '' : ` (${spelling})`} at ${placeOf(output, planted)}: ${excerpt}`,
  )
  if (payload.keeps !== 'everything') {
    const lost = payload.keeps.filter((guard) => !holds(text, guard))
    return {
      leaks,
      lost: lost.map((guard) => `${payload.id}: ${guard} is gone from ${text.slice(0, 300)}`),
      planted: payload.planted.length,
      guards: payload.keeps.length,
    }
  }
  const expected = [...leavesOf(payload.make())]
  const found = new Map(leavesOf(output))
  const lost = expected.filter(([path, value]) => !Object.is(found.get(path), value))
  return {
    leaks,
    lost: lost.map(([path, value]) => `${payload.id}: ${path || 'it'} was ${show(value)}, is ${show(found.get(path))}`),
    planted: 0,
    guards: expected.length,
  }
}

const show = (value: unknown): string => inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 120 })

/** Whether the guard stands in a line of JSON: numbers by themselves, texts anywhere. */
export function holds(text: string, guard: Guard): boolean {
  if (typeof guard === 'string') return text.includes(JSON.stringify(guard).slice(1, -1))
  return new RegExp(`(?<![\\w.-])${String(guard).replace('.', '\\.')}(?![\\w-]|\\.\\d)`).test(text)
}

/** Where in the output the value can be read: a path of names, or `several members` where only all together say it. */
function placeOf(output: unknown, planted: Planted): string {
  for (const [path, value] of leavesOf(output)) {
    if (findLeaks(typeof value === 'string' ? value : show(value), [planted]).length > 0)
      return path || 'the text itself'
    if (findLeaks(path, [planted]).length > 0) return 'a name'
  }
  return 'several members'
}

/** Every leaf with its path. Empty lists and objects count as leaves. */
function* leavesOf(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [path, value]
    return
  }
  const entries = Object.entries(value)
  if (entries.length === 0) yield [path, Array.isArray(value) ? '[]' : '{}']
  for (const [name, member] of entries) yield* leavesOf(member, path === '' ? name : `${path}.${name}`)
}

/** All that can be read in a value by whoever tries everything: what a logger without protection might print. */
export function readAll(value: unknown): string {
  const parts = [
    inspect(value, { depth: 60, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
  ]
  parts.push(...bytesOf(value, new Set()))
  try {
    parts.push(JSON.stringify(value, (_name, member) => (typeof member === 'bigint' ? String(member) : member)) ?? '')
  } catch {
    // Cycles: inspect() has seen them.
  }
  return parts.join('\n')
}

/** What `inspect` shows in part, or as the value wants it: bytes, code, own members. */
function* bytesOf(value: unknown, seen: Set<unknown>): Generator<string> {
  if (typeof value === 'function') yield Function.prototype.toString.call(value)
  if (typeof value === 'string') yield value
  if (typeof value !== 'object' || value === null || types.isProxy(value) || seen.has(value) || seen.size > 2_000)
    return
  seen.add(value)
  if (ArrayBuffer.isView(value)) yield Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  else if (value instanceof ArrayBuffer) yield Buffer.from(value).toString('utf8')
  else if (value instanceof Map || value instanceof Set) for (const member of value) yield* bytesOf(member, seen)
  else {
    for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value)))
      yield* bytesOf(descriptor.value, seen)
  }
}
