/** What a writer's parts say together of how it is, for whoever asks the ledger. */
import type { AckLevel, LedgerState } from '../ledger.ts'
import type { Batcher } from './batcher.ts'
import type { InFlight } from './in-flight.ts'
import type { Failure } from './trouble.ts'

export function stateOf(
  ack: AckLevel,
  batcher: Batcher,
  inFlight: InFlight,
  checkpoint: LedgerState['checkpoint'],
  failure: Failure | undefined,
): LedgerState {
  const { queue, next } = batcher
  let queuedBytes = queue.bytes
  let queuedEntries = queue.size
  for (const batch of inFlight.all) {
    if (ack !== 'durable' && batch !== inFlight.batch) continue
    queuedBytes += batch.bytes.length
    queuedEntries += batch.entries.length
  }
  return {
    next: next + queue.size,
    durable: inFlight.durable,
    queuedBytes,
    queuedEntries,
    healthy: !failure || failure.code === 'LEDGER_SIGNER_FAILED',
    ...(failure && { failure }),
    ...(checkpoint && { checkpoint }),
  }
}
