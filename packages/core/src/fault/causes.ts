/**
 * The errors behind an error: what caused it, and what it gathers, under the names that libraries use for them.
 */
import { types } from 'node:util'
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import { isError } from './type.ts'

const causesMax = 8
/** Members looked at in one list or object. */
const membersMax = 16

/** One error each, or none. `cause` may be anything that was thrown; under the others only errors count. */
const single = [
  'cause',
  'originalError',
  'original',
  'parent',
  'driverError',
  'nativeError',
  'reason',
  'inner',
  'innerError',
  'error',
  'previous',
  'suppressed',
  'err',
  'jse_cause',
  'wrapped',
] as const
const gathered = ['errors', 'inner', 'aggregateErrors', 'causes'] as const

/** Causes and gathered errors, nearest first, at most eight. The bound also ends circles and long chains. */
export function causesOf(error: unknown): unknown[] {
  const seen = new Set<unknown>([error])
  for (const one of seen) {
    if (seen.size > causesMax) break
    if (isReadable(one)) addCauses(one, seen)
  }
  return [...seen].slice(1, causesMax + 1)
}

function addCauses(error: object, seen: Set<unknown>): void {
  for (const key of single) {
    const cause = own(error, key)
    if (cause === undefined || typeof cause === 'symbol') continue
    if (isError(cause) || (key === 'cause' && cause !== null && isError(error))) seen.add(cause)
  }
  for (const key of gathered) {
    for (const member of membersOf(own(error, key))) {
      if (isError(member) || (key === 'errors' && isAggregate(error))) seen.add(member)
    }
  }
}

/** Lists, and objects with an error per field. */
function membersOf(value: unknown): unknown[] {
  const members: unknown[] = []
  if (isReadableList(value)) {
    for (let i = 0; i < Math.min(value.length, membersMax); i++) members.push(own(value, i))
  } else if (isReadable(value)) {
    for (const key of Object.keys(value).slice(0, membersMax)) members.push(own(value, key))
  }
  return members
}

function isAggregate(error: object): boolean {
  return types.isNativeError(error) && Object.getPrototypeOf(error) === AggregateError.prototype
}
