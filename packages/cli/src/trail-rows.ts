/** Rows of the trail for people: when, who, what, on which thing, how it ended. `timeline` and `tail` print the same ones. */
import type { StoredRecord } from '@trailmark/query'
import { timelineRow } from '@trailmark/query'
import { cliService } from './operator-audit.ts'
import { clockText, dayLines, outcomeCell, shortToken, timeWidth } from './row-text.ts'
import { layout } from './table.ts'
import type { Screen } from './terminal.ts'

/** Prints a record as its row; the first one brings the header along. */
export function trailRows(screen: Screen, actorOf: (record: StoredRecord) => Promise<string>) {
  const table = layout(
    [
      { title: 'TIME', width: timeWidth(screen) },
      { title: 'ACTOR', width: 12, wholeWidth: 34, grow: 1 },
      { title: 'ACTION', width: 7 },
      { title: 'RESOURCE', width: 18, wholeWidth: 42, grow: 2 },
      { title: 'OUTCOME', width: 7 },
      { title: 'EVENT', width: 14, wholeWidth: 24, grow: 1 },
      { title: 'SERVICE', width: 14, fromColumns: 110 },
      { title: 'REASON', width: 16, fromColumns: 130 },
      { title: 'REQUEST', width: 36, fromColumns: 180 },
    ],
    screen,
  )
  const dayLine = dayLines(screen)
  let first = true
  return async (record: StoredRecord): Promise<string> => {
    const row = timelineRow(record)
    const line = table.row([
      clockText(row.time, screen),
      { text: await actorOf(record), style: 'bold' },
      row.action,
      shortResource(row.resource, screen),
      outcomeCell(row.outcome, row.phase),
      { text: row.event, style: 'cyan' },
      row.service,
      row.reason,
      row.request_id,
    ])
    const header = first ? `${table.header()}\n` : ''
    first = false
    return `${header}${dayLine(row.time)}${line}\n`
  }
}

function shortResource(resource: string | undefined, screen: Screen): string {
  if (resource === undefined) return ''
  const slash = resource.indexOf('/')
  return slash <= 0 ? resource : `${resource.slice(0, slash)}/${shortToken(resource.slice(slash + 1), screen)}`
}

/** What the trail keeps about itself, and most readers do not mean: openings, reads, this tool's own starts. Never a warning. */
export function isBookkeeping({ category, level, service }: StoredRecord): boolean {
  if (level !== 'INFO') return false
  return category === 'audit_meta' || (category === 'system' && service.name === cliService)
}
