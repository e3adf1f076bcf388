/**
 * Values under names that lines give themselves: time, level, service, message, ids. A line has each name once, so what a
 * caller gives under one of them moves: a text under `msg` becomes the message where there is none, an id stays where the line
 * has none of its own, and everything else stands below `fields`.
 */
import { Message } from '@trailmark/core'
import { idShapes } from '../line-ids.ts'

export type Fields = Record<string, unknown>

const messageNames: ReadonlySet<string> = new Set(['msg', 'message'])
const lineNames: ReadonlySet<string> = new Set([
  'schema',
  'timestamp',
  'time',
  'level',
  'stream',
  'service',
  ...messageNames,
  'seq',
  ...Object.keys(idShapes),
])

export function isLineName(key: string): boolean {
  return lineNames.has(key)
}

/** A text that may become the message of its line. */
export function isSpoken(key: string, value: unknown): value is string | Message {
  return messageNames.has(key) && (typeof value === 'string' || Message.textOf(value) !== undefined)
}

/** `fields` with what stood under names of the line where it may stand. `below` is the name of the object for the rest. */
export function placed(fields: Fields, moved: Fields, keepIds: boolean, below: 'fields' | 'bound'): Fields {
  const rest: Fields = {}
  const ids: Fields = {}
  for (const [key, value] of Object.entries(moved)) {
    if (value === undefined) continue
    const shape = Object.entries(idShapes).find(([name]) => name === key)?.[1]
    if (keepIds && typeof value === 'string' && shape?.test(value)) ids[key] = value
    else rest[key] = value
  }
  if (Object.keys(rest).length === 0) return { ...fields, ...ids }
  const free = Object.hasOwn(fields, below) ? `_${below}` : below
  return { ...fields, ...ids, [free]: rest }
}
