/**
 * What an application answers when it is asked for identifiers or for a volume, as plain values.
 *
 * The answers are read at a request's expense: proxies, getters that throw and endless lists cost the field and never more.
 */
import type { VolumeInput } from '../event.ts'

/** As many as a record names. */
export const listMax = 20
const idCharsMax = 1_024

/** One identifier stands for itself, because most answers are one; undefined says that there is none. */
export type Identifiers = string | IdentifierList | undefined

export interface IdentifierList {
  /** At least one. */
  readonly listed: readonly string[]
  /** How many there were, listed or not. */
  readonly count: number
}

/** A string or a number, or a list of them of which the first 20 are listed. Never throws. */
export function identifiers(answer: unknown): Identifiers {
  if (answer === undefined) return undefined
  const single = identifier(answer)
  if (single !== undefined) return single
  try {
    if (!Array.isArray(answer)) return undefined
    const listed: string[] = []
    for (let i = 0; i < answer.length && i < listMax; i++) {
      const id = identifier(answer[i])
      if (id !== undefined) listed.push(id)
    }
    return listed.length === 0 ? undefined : { listed, count: answer.length }
  } catch {
    return undefined // A proxy, or a getter that throws.
  }
}

/** As an event has them. */
export function listOf(ids: Identifiers): readonly string[] | undefined {
  return typeof ids === 'string' ? [ids] : ids?.listed
}

/** The only one, or the first. */
export function firstOf(ids: Identifiers): string | undefined {
  return typeof ids === 'string' ? ids : ids?.listed[0]
}

function identifier(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > 0 && value.length <= idCharsMax ? value : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return typeof value === 'bigint' ? value.toString() : undefined
}

/** A count, or `{ records, bytes }`. Never throws. */
export function volumeFrom(answer: unknown): VolumeInput | undefined {
  if (answer === undefined) return undefined
  if (isCount(answer)) return { records: answer }
  if (typeof answer !== 'object' || answer === null) return undefined
  try {
    const records: unknown = Reflect.get(answer, 'records')
    const bytes: unknown = Reflect.get(answer, 'bytes')
    if (!isCount(records) && !isCount(bytes)) return undefined
    return { ...(isCount(records) ? { records } : {}), ...(isCount(bytes) ? { bytes } : {}) }
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
