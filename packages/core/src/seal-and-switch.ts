/**
 * Seal and switch: on suspicion what is recorded so far is sealed and kept as it is, while recording goes on behind it.
 *
 * Asked for in the program, or from outside with a request file that the process looks for once a second (`trailmark seal`).
 * Each sealed segment is on record as `log_rotated`.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventInput } from './event.ts'
import type { SealedRange } from './record/record-log.ts'

/** What was sealed of one ledger. */
export interface SealedLedger extends SealedRange {
  /** For instance `audit.standard`. */
  readonly stream: string
  readonly writer: string
  /** The writer directory, which the names of the files begin at. */
  readonly dir: string
}

/** The file whose change asks every process of a service to seal and switch, in the directory of the service. */
export const sealRequestFile = 'SEAL-REQUEST'

export interface SealingParts {
  /** Seals every ledger that can be; none in memory. */
  seal(): Promise<PromiseSettledResult<SealedLedger>[]>
  /** Records one of the trail's own events. */
  readonly announce: (type: string, event: EventInput) => void
}

/** Rejects with the first failure, once everything that could be sealed is, and on record. */
export async function sealAndSwitch({ seal, announce }: SealingParts): Promise<SealedLedger[]> {
  const settled = await seal()
  const sealed = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  for (const one of sealed) announce('log_rotated', rotatedEvent(one))
  for (const one of settled) if (one.status === 'rejected') throw one.reason
  return sealed
}

function rotatedEvent({ stream, first, next, bytes, root }: SealedLedger): EventInput {
  const [name = stream, retentionClass = ''] = stream.split('.')
  const range = { stream: name, retention_class: retentionClass, first, last: next - 1, records: next - first }
  return { reason: 'request', metadata: { ...range, bytes, root } }
}

/** Looks whether somebody asked since the last look; what was asked before this process started is not for it. */
export function createSealRequests(serviceDir: string | undefined, asked: () => void): () => void {
  if (serviceDir === undefined) return () => {}
  let knownMs = Date.now()
  return () => {
    stat(join(serviceDir, sealRequestFile)).then(
      ({ mtimeMs }) => {
        if (mtimeMs <= knownMs) return
        knownMs = mtimeMs
        asked()
      },
      () => {}, // nobody asked
    )
  }
}
