/**
 * What an application answers when it is asked for identifiers or for a volume, as plain values.
 *
 * The answers are read at a request's expense: proxies, getters that throw and endless lists cost the field and never more.
 */
import type { VolumeInput } from '../event.ts'

/** As many as a record names. */
export const listMax = 20
const idCharsMax = 1_024

export interface Identifiers {
  readonly listed: readonly string[]
  /** How many there were, listed or not. */
  readonly count: number
}

export const none: Identifiers = { listed: [], count: 0 }

/** A string or a number, or a list of them of which the first 20 are listed. Never throws. */
export function identifiers(answer: unknown): Identifiers {
  const single = identifier(answer)
  if (single !== undefined) return { listed: [single], count: 1 }
  try {
    if (!Array.isArray(answer)) return none
    const listed: string[] = []
    for (let i = 0; i < answer.length && i < listMax; i++) {
      const id = identifier(answer[i])
      if (id !== undefined) listed.push(id)
    }
    return { listed, count: answer.length }
  } catch {
    return none // A proxy, or a getter that throws.
  }
}

function identifier(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'string' && value.length > 0 && value.length <= idCharsMax ? value : undefined
}

/** A count, or `{ records, bytes }`. Never throws. */
export function volumeFrom(answer: unknown): VolumeInput | undefined {
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
