/**
 * `audit.inTransaction()`: a record that exists if and only if the application's transaction commits.
 *
 * The record is made and masked here, in the request; the application's transaction carries it to the outbox; the relay brings
 * it to the ledger. Keys it was made with are durable before it leaves this process: a record whose key is missing would look
 * as if its person had been erased.
 */
import type { Catalogue } from './catalogue.ts'
import { AuditError } from './errors.ts'
import type { EventInput } from './event.ts'
import { findRecorded } from './find-recorded.ts'
import { freeze, frozenCharsMax, thaw } from './mask/freeze.ts'
import type { Tokens } from './mask/tokens.ts'
import type { Outbox } from './outbox.ts'
import type { Pipeline } from './pipeline.ts'
import { RefusedReceipt } from './receipt.ts'
import type { Recorder } from './record/recorder.ts'
import { type Relay, startRelay } from './relay.ts'

export interface InTransactionParts {
  readonly outbox: Outbox | undefined
  readonly pipeline: Pipeline
  readonly recorder: Recorder
  readonly catalogue: Catalogue
  readonly tokens: Tokens
  /** Where the ledgers of the service are; undefined in memory, where nothing outlives a crash. */
  readonly serviceDir: string | undefined
  readonly announce: (type: string, event: EventInput) => void
  readonly notice: (code: string, message: string) => void
}

export interface InTransaction {
  /** See `Audit.inTransaction`. */
  put(transaction: object, type: string, event: unknown): Promise<{ readonly id: string }>
  readonly relay: Relay | undefined
}

export function openInTransaction(parts: InTransactionParts): InTransaction {
  const { outbox, pipeline, recorder, catalogue, tokens, serviceDir, announce, notice } = parts
  if (outbox === undefined) return { put: () => Promise.reject(missing()), relay: undefined }
  const relay = startRelay({
    outbox,
    record: ({ body }) => {
      const thawed = thaw(body, catalogue, tokens)
      return thawed && pipeline.append(thawed)
    },
    findRecorded: async (ids) => (serviceDir === undefined ? new Set() : findRecorded(serviceDir, ids)),
    refused: (count) => {
      notice('OUTBOX_REFUSED', 'rows of the outbox were not made by this trail and are kept aside')
      announce('event_dead_lettered', { reason: 'invalid', metadata: { sink: 'outbox', n: count } })
    },
    notice,
  })
  return {
    relay,
    async put(transaction, type, event) {
      const prepared = pipeline.prepare(type, event)
      if (prepared instanceof RefusedReceipt) {
        await prepared.durable.catch((error: unknown) => {
          // That the policy records none of these is no reason to fail a transaction.
          if (!(error instanceof AuditError && error.code === 'AUDIT_NOT_RECORDED')) throw error
        })
        return { id: prepared.id }
      }
      await recorder.settle()
      const { id } = prepared.masked.members
      const body = freeze(prepared.masked, prepared.activity, tokens)
      if (body.length > frozenCharsMax)
        throw new AuditError('AUDIT_RECORD_DROPPED', `${type} is too large for an outbox`)
      await outbox.put(transaction, { id, body })
      relay.expect()
      return { id }
    },
  }
}

function missing(): AuditError {
  const message = 'inTransaction() needs the option `outbox`: see sqlOutbox() of @trailmark/integrations/outbox'
  return new AuditError('AUDIT_OUTBOX_MISSING', message)
}
