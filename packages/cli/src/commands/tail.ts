/** `trailmark tail`: the trail as it grows, until Ctrl-C. */
import { follow, lastMax, type StoredRecord } from '@trailmark/query'
import type { Command } from '../command.ts'
import { parseCount } from '../filter-options.ts'
import { printableJson } from '../printable.ts'
import { readOptions, readTrail } from '../read-trail.ts'
import { actorNamer, jsonLine } from '../row-text.ts'
import { isBookkeeping, trailRows } from '../trail-rows.ts'

export const tail: Command = {
  name: 'tail',
  summary: 'Follow the trail: the newest records, then each one as it becomes durable. Ctrl-C ends it.',
  usage: 'trailmark tail [options]',
  positionals: [],
  options: {
    ...readOptions,
    last: { type: 'string', short: 'n', value: 'count', help: 'begin with the newest so many; default 10, 0 for none' },
    all: { type: 'boolean', short: 'a', help: 'also what the trail records about itself' },
  },
  example: `trailmark tail --outcome denied -n 2

2026-01-15 UTC
TIME          ACTOR       ACTION  RESOURCE         OUTCOME  EVENT
10:04:07.880  ~Zk3J9aQ0   read    /patients/:id    denied   authz_deny
10:04:09.112  anonymous   other   /admin           denied   authz_deny`,

  async run(invocation, terminal) {
    const last = parseCount(invocation.text('last') ?? '10', 'last', 0, lastMax)
    const everything = invocation.flag('all') || invocation.texts('type').length > 0
    return readTrail('tail', invocation, terminal, async (reading, count) => {
      const { out, signal } = terminal
      const print = invocation.flag('json')
        ? (record: StoredRecord) => `${out.tty ? printableJson(jsonLine(record)) : jsonLine(record)}\n`
        : trailRows(out, actorNamer(reading, out))
      const { root, filter, ...options } = reading
      const accept = (record: StoredRecord) => reading.accept(record) && (everything || !isBookkeeping(record))
      for await (const record of follow(root, filter, signal, { ...options, accept, last })) {
        await out.write(await print(record))
        count.rows += 1
      }
    })
  },
}
