/**
 * The identifiers in rows of a result: the declared columns of at most twenty rows, and nothing else of them.
 *
 * Rows are somebody else's objects. A driver gives arrays or plain objects, an ORM instances with getters and its own
 * spelling of a column (`patient_id` becomes `patientId`), so names are compared without case and underscores.
 */
import { types } from 'node:util'

/** Rows that are looked at, and identifiers that are kept. */
export const idsMax = 20
const idCharsMax = 1_024
const bytesMax = 64
const keysMax = 1_000

/** Adds the identifiers in `column` to `into`, up to `idsMax`. Never throws. */
export function collectIds(
  into: Set<string>,
  rows: readonly unknown[],
  column: string,
  columns: readonly string[] | undefined,
): void {
  try {
    for (let i = 0; i < rows.length && i < idsMax && into.size < idsMax; i++) {
      const id = textOf(cellOf(rows[i], column, columns))
      if (id !== undefined) into.add(id)
    }
  } catch {
    // A proxy or a getter that throws: those identifiers are not there.
  }
}

function cellOf(row: unknown, column: string, columns: readonly string[] | undefined): unknown {
  if (typeof row !== 'object' || row === null) return undefined
  if (Array.isArray(row)) {
    const at = columns === undefined ? -1 : findName(columns, column)
    return at === -1 ? undefined : row[at]
  }
  if (Object.hasOwn(row, column)) return Reflect.get(row, column)
  const keys = Object.keys(row)
  const at = findName(keys, column)
  // Instances may keep their values behind getters of the class.
  return at === -1 ? Reflect.get(row, column) : Reflect.get(row, keys[at]!)
}

function findName(names: readonly string[], column: string): number {
  const exact = names.indexOf(column)
  if (exact !== -1) return exact
  const wanted = plain(column)
  return names.slice(0, keysMax).findIndex((name) => plain(name) === wanted)
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

/** An identifier as text: what is none is left out. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > 0 && value.length <= idCharsMax ? value : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return undefined
  if (types.isUint8Array(value)) return value.length > bytesMax ? undefined : Buffer.from(value).toString('hex')
  const hex: unknown = Reflect.get(value, 'toHexString')
  const text: unknown = typeof hex === 'function' ? Reflect.apply(hex, value, []) : undefined
  return typeof text === 'string' && text.length > 0 && text.length <= idCharsMax ? text : undefined
}
