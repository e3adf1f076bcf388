/** What a ledger tells of itself, as events: which opened it was, what recovery cut off, whom it refused. */
import { hash } from 'node:crypto'
import { basename } from 'node:path'
import type { EventInput } from '../event.ts'
import type { GapCause } from './gap.ts'
import type { LogOpening } from './record-log.ts'

export interface FactEvent {
  readonly type: string
  readonly event: EventInput
}

type Metadata = Record<string, string | number | boolean>

/** The records that follow an opening, `stream_open` always first: it has `seq` 0. `replaced` is the writer that failed. */
export function openFacts(opening: LogOpening, shared: Readonly<Metadata>, replaced: string | undefined): FactEvent[] {
  const { writer, incarnation, next, previous, predecessor, recovered, refused, ack, publicKey } = opening
  const metadata: Metadata = { ...shared, incarnation, writer, previous, next }
  if (ack === 'durable' || ack === 'written' || ack === 'queued') metadata.ack = ack
  // The whole key stands in LEDGER.json; 16 hex digits are enough to see that it changed.
  if (publicKey !== '') metadata.key_fingerprint = hash('sha256', publicKey, 'hex').slice(0, 16)
  if (predecessor !== undefined) {
    metadata.predecessor_size = predecessor.size
    metadata.predecessor_root = predecessor.root
  }
  if (replaced !== undefined) metadata.replaces_writer = replaced
  if (refused.length > 0) metadata.refused_writers = refused.length
  const facts: FactEvent[] = [{ type: 'stream_open', event: { metadata } }]
  if (recovered !== undefined) {
    const { first, bytes } = recovered
    const quarantine = basename(recovered.quarantine)
    facts.push({ type: 'ledger_recovered', event: { reason: 'torn', metadata: { first, bytes, quarantine, writer } } })
  }
  for (const one of refused) {
    facts.push({
      type: 'ledger_recovered',
      event: { reason: 'corrupt', outcome: 'failure', metadata: { writer: one.writer } },
    })
  }
  return facts
}

const causes: Readonly<Record<string, GapCause>> = {
  ENOSPC: 'no_space',
  EDQUOT: 'no_space',
  EIO: 'io_error',
  EROFS: 'read_only',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ENOENT: 'deleted',
}

/** The catalogue's word for a code of the ledger or of the system. */
export function failureCause(code: string | undefined): GapCause {
  if (code === undefined) return 'no_space'
  const found = causes[code]
  if (found !== undefined) return found
  if (/FULL|SPACE/.test(code)) return 'no_space'
  if (/REPLACED/.test(code)) return 'replaced'
  if (/DELETED|GONE/.test(code)) return 'deleted'
  if (/SYNC/.test(code)) return 'sync_failed'
  if (/STUCK|TIMEOUT/.test(code)) return 'stuck'
  return 'error'
}
