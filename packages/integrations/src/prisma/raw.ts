/** Raw SQL that is sent through a Prisma client: its text without values, and what it gave. */
import { countOf, listOf, memberOf } from '../member.ts'
import type { StatementResult } from '../statement-watch.ts'

/** Undefined for operations of models. */
export function rawTextOf(operation: unknown, args: unknown): string | undefined {
  if (typeof operation !== 'string' || !/^\$(?:query|execute)Raw/.test(operation)) return undefined
  // Of the template forms the pieces between values; of the others the text itself.
  const pieces = memberOf(args, 'strings')
  const text = Array.isArray(pieces) ? pieces.join(' ? ') : (memberOf(args, 'sql') ?? listOf(args)[0])
  return typeof text === 'string' ? text : undefined
}

/** Rows, or the number of rows that were changed. */
export function rawResultOf(value: unknown): StatementResult {
  return Array.isArray(value) ? { rows: value } : { affected: countOf(value) }
}
