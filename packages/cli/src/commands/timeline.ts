/** `trailmark timeline`: the trail as a story, over all services. */
import { query, type StoredRecord, timelineRow } from '@trailmark/query'
import type { Command } from '../command.ts'
import { boundOptions, boundsFrom, timeOptions } from '../filter-options.ts'
import { printableJson } from '../printable.ts'
import { progressBar } from '../progress.ts'
import { readOptions, readTrail } from '../read-trail.ts'
import { actorNamer } from '../row-text.ts'
import { isBookkeeping, trailRows } from '../trail-rows.ts'

export const timelineCommand: Command = {
  name: 'timeline',
  summary: 'Tell what happened: who did what to which thing, in order of time, over all services.',
  usage: 'trailmark timeline [options]',
  positionals: [],
  options: {
    ...timeOptions,
    ...readOptions,
    ...boundOptions,
    all: { type: 'boolean', short: 'a', help: 'also what the trail records about itself' },
  },
  example: `trailmark timeline --trace 4bf92f3577b34da6a3ce929d0e0e4736

2026-01-15 UTC
TIME          ACTOR       ACTION  RESOURCE        OUTCOME  EVENT
10:04:05.123  ~Zk3J9aQ0   login                   success  login_success
10:04:07.880  ~Zk3J9aQ0   read    patient/~x81Lw  success  data_access`,

  async run(invocation, terminal) {
    const bounds = boundsFrom(invocation)
    const everything = invocation.flag('all') || invocation.texts('type').length > 0
    let hidden = 0
    const code = await readTrail('timeline', invocation, terminal, async (reading, count) => {
      const { out, err, signal, now } = terminal
      const progress = progressBar('timeline', err, now)
      const accept = (record: StoredRecord) => {
        if (!reading.accept(record)) return false
        if (everything || !isBookkeeping(record)) return true
        hidden += 1
        return false
      }
      const print = invocation.flag('json') ? jsonRow(out.tty) : trailRows(out, actorNamer(reading, out))
      try {
        const { root, filter, ...options } = reading
        const all = { ...options, ...bounds, accept, signal, onProgress: progress.update }
        for await (const record of query(root, filter, all)) {
          progress.clear()
          await out.write(await print(record))
          count.rows += 1
          if (signal.aborted) return
        }
      } finally {
        progress.clear()
      }
    })
    if (hidden > 0 && !terminal.readerGone())
      terminal.note(`trailmark: ${hidden} of the trail's own records left out; --all shows them`)
    return code
  },
}

function jsonRow(tty: boolean) {
  return (record: StoredRecord) => {
    const json = JSON.stringify(timelineRow(record))
    return `${tty ? printableJson(json) : json}\n`
  }
}
