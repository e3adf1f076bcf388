/** `trailmark query`: records that match, one a line. */
import { query, type StoredRecord, timelineRow } from '@trailmark/query'
import type { Command } from '../command.ts'
import { boundOptions, boundsFrom, timeOptions } from '../filter-options.ts'
import { printableJson } from '../printable.ts'
import { progressBar } from '../progress.ts'
import { readOptions, readTrail } from '../read-trail.ts'
import { actorNamer, clockText, dayLines, jsonLine, outcomeCell, timeWidth } from '../row-text.ts'
import { layout } from '../table.ts'

export const queryCommand: Command = {
  name: 'query',
  summary: 'Find records; --json gives the stored lines themselves.',
  usage: 'trailmark query [options]',
  positionals: [],
  options: {
    ...timeOptions,
    ...readOptions,
    ...boundOptions,
  },
  example: `trailmark query --type 'login_*' --outcome failure --from 1d --purpose incident-4711

TIME                      EVENT          OUTCOME  ACTOR      ADDRESS      SERVICE  REQUEST
2026-01-15T10:04:05.123Z  login_failure  failure  p1_k3x9…   203.0.113.0  clinic   0199c2a4-…`,

  async run(invocation, terminal) {
    const bounds = boundsFrom(invocation)
    return readTrail('query', invocation, terminal, async (reading, count) => {
      const { out, err, signal, now } = terminal
      const json = invocation.flag('json')
      const progress = progressBar('query', err, now)
      const print = json
        ? (record: StoredRecord) => `${out.tty ? printableJson(jsonLine(record)) : jsonLine(record)}\n`
        : rows(terminal.out, actorNamer(reading, out))
      try {
        const { root, filter, ...options } = reading
        for await (const record of query(root, filter, {
          ...options,
          ...bounds,
          signal,
          onProgress: progress.update,
        })) {
          progress.clear()
          await out.write(await print(record))
          count.rows += 1
          if (signal.aborted) return
        }
      } finally {
        progress.clear()
      }
    })
  },
}

function rows(screen: Parameters<typeof layout>[1], actorOf: (record: StoredRecord) => Promise<string>) {
  const table = layout(
    [
      { title: 'TIME', width: timeWidth(screen) },
      { title: 'EVENT', width: 20, wholeWidth: 24, grow: 2 },
      { title: 'OUTCOME', width: 8 },
      { title: 'ACTOR', width: 12, wholeWidth: 34, grow: 1 },
      { title: 'ADDRESS', width: 15 },
      { title: 'SERVICE', width: 14, fromColumns: 110 },
      { title: 'REQUEST', width: 36, fromColumns: 140 },
    ],
    screen,
  )
  const dayLine = dayLines(screen)
  let first = true
  return async (record: StoredRecord): Promise<string> => {
    const { event, request_id } = timelineRow(record)
    const line = table.row([
      clockText(record.timestamp, screen),
      { text: event, style: 'cyan' },
      outcomeCell(record.outcome, record.phase),
      await actorOf(record),
      record.ip_address,
      record.service.name,
      request_id,
    ])
    const header = first ? `${table.header()}\n` : ''
    first = false
    return `${header}${dayLine(record.timestamp)}${line}\n`
  }
}
