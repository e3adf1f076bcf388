/** How the parts of a record look in a table: short where a person reads, whole where a program does. */
import type { Outcome, Phase } from '@trailmark/core'
import type { StoredRecord } from '@trailmark/query'
import type { ClearNames } from './clear-names.ts'
import type { Cell } from './table.ts'
import type { Screen } from './terminal.ts'

const token = /^p1_[a-z0-9]{1,16}_([A-Za-z0-9_-]{8})[A-Za-z0-9_-]*$/

const pseudonym = /^[A-Za-z0-9_-]{22}$/

/** `p1_k3x9q0aa_Zk3J9aQ0x…` as `~Zk3J9aQ0` on a screen. */
export function shortToken(text: string, screen: Screen): string {
  if (!screen.fits) return text
  const found = token.exec(text)
  return found ? `~${found[1]}` : text
}

/** A person's name in records: a pseudonym of 22 characters, or a token. */
function shortName(text: string, screen: Screen): string {
  return screen.fits && pseudonym.test(text) ? `~${text.slice(0, 8)}` : shortToken(text, screen)
}

/** What names people in rows. */
export interface Naming {
  readonly filter: { readonly actor?: string }
  readonly identities?: object
  readonly clearNames?: ClearNames
}

/** Who acted. The person asked for by name is shown by that name; outside production others are, too, marked with `=`. */
export function actorNamer({ filter, identities, clearNames }: Naming, screen: Screen) {
  return async (record: StoredRecord): Promise<string> => {
    if (record.user_id === undefined) return record.actor?.type ?? 'unknown'
    // The filter matched, so whoever acted is whoever was asked for.
    if (filter.actor !== undefined && identities !== undefined) return filter.actor
    const clear = await clearNames?.of(record)
    return clear === undefined ? shortName(record.user_id, screen) : `=${clear}`
  }
}

const outcomeStyles = { success: 'green', failure: 'red', denied: 'yellow', unknown: 'dim' } as const

export function outcomeCell(outcome: Outcome | undefined, phase: Phase | undefined): Cell {
  const shown = outcome ?? 'unknown'
  return { text: phase === 'attempt' ? 'attempt' : shown, style: outcomeStyles[shown] }
}

/** `10:04:05.123` on a screen, which shows the day above; the whole timestamp elsewhere. */
export function clockText(timestamp: string, screen: Screen): string {
  return screen.fits ? timestamp.slice(11, 23) : timestamp
}

export const timeWidth = (screen: Screen): number => (screen.fits ? 12 : 24)

/** On a screen, a line above the first row of each day. */
export function dayLines(screen: Screen): (timestamp: string) => string {
  let day = ''
  return (timestamp) => {
    const next = timestamp.slice(0, 10)
    if (!screen.fits || next === day) return ''
    day = next
    return `${screen.paint('bold', `${next} UTC`)}\n`
  }
}

/** `{"ledger":…` in front of the stored line: still one JSON object, and behind that member byte for byte what is stored. */
export function jsonLine(record: StoredRecord): string {
  const { dir } = record.position
  return `{"ledger":${JSON.stringify(dir)},${record.line.slice(1)}`
}
