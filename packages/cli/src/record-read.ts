/**
 * Readers are audited: no row is shown before the trail says that somebody asked for it.
 *
 * A read is an operation with two `audit_log_read` records in this tool's own writer: the attempt, durable before the first
 * row, and the result with the number of rows. When the attempt cannot be recorded the read is refused. The records of a
 * read are no read themselves, and a read leaves its own out of what it shows: so nothing recurses.
 */
import { randomUUID } from 'node:crypto'
import type { Keys } from '@trailmark/keys'
import type { Filter, StoredRecord } from '@trailmark/query'
import type { Location } from './location.ts'
import { cliService, notRecorded, openOperatorAudit } from './operator-audit.ts'
import { questionHash } from './question-hash.ts'
import type { Terminal } from './terminal.ts'

export interface ReadRequest {
  readonly command: 'query' | 'timeline' | 'tail'
  readonly filter: Filter
  readonly purpose?: string
}

export interface RecordedRead {
  /** True for what this very read wrote into the trail. */
  isOwn(record: StoredRecord): boolean
  /** Records the end. `truncated`: the reader stopped before everything was shown. */
  end(rows: number, truncated: boolean): Promise<void>
}

const unrecorded: RecordedRead = { isOwn: () => false, end: () => Promise.resolve() }

/** Records that a read begins. Throws CLI_NOT_RECORDED, and then nothing may be shown. */
export async function recordRead(
  location: Location,
  keys: Keys | Error,
  request: ReadRequest,
  terminal: Terminal,
): Promise<RecordedRead> {
  if (location.copy) {
    terminal.note(`trailmark: ${location.root} is a copy outside of ${location.configured}: this read is not recorded`)
    return unrecorded
  }
  try {
    if (keys instanceof Error) throw keys
    return await begin(location, keys, request)
  } catch (error) {
    throw notRecorded('this read', location, error)
  }
}

async function begin(location: Location, keys: Keys, request: ReadRequest): Promise<RecordedRead> {
  const { audit, instance, actor } = openOperatorAudit(location, keys)
  const operationId = randomUUID()
  const common = {
    actor,
    reason: request.command,
    operationId,
    ...(request.purpose !== undefined && { purpose: request.purpose }),
  }
  const metadata = { query_hash: questionHash(keys, 'query', questionOf(request.filter)), command: request.command }
  try {
    await audit.record('audit_log_read', { ...common, phase: 'attempt', outcome: 'unknown', metadata }).durable
  } catch (error) {
    await audit.close().catch(() => undefined)
    throw error
  }
  return {
    isOwn: (record) => record.service.name === cliService && record.service.instance === instance,
    async end(rows, truncated) {
      try {
        await audit.record('audit_log_read', { ...common, phase: 'result', metadata: { ...metadata, rows, truncated } })
          .durable
      } finally {
        await audit.close()
      }
    },
  }
}

/** The filter as text, whatever order its members were given in. */
function questionOf(filter: Filter): string {
  return JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)))
}
