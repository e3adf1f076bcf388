/**
 * Webhooks that you deliver to others: `@trailmark/integrations/webhooks`.
 *
 *     const deliver = auditedWebhook(
 *       ({ url, body }: Delivery & { body: string }) => fetch(url, { method: 'POST', body }),
 *       { next: ({ attempt }) => (attempt < 5 ? new Date(Date.now() + 60_000 * attempt) : undefined) },
 *     )
 *     await deliver({ url, body, deliveryId, attempt: 1 })
 */
import { AuditError } from '@trailmark/core'
import { auditFor, recordDynamic, watchCall } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type AuditOption, nameOf } from './system/given.ts'
import { undelivered } from './vendors/undelivered.ts'

/** One attempt at one delivery. Whatever else your function needs may stand beside it. */
export interface Delivery {
  readonly url: string | URL
  /** Yours; the same for every attempt. */
  readonly deliveryId?: string
  /** Counts from 1. Default: 1. */
  readonly attempt?: number
}

export interface WebhookOptions<D extends Delivery> extends AuditOption {
  /** When a delivery that failed will be tried again; undefined: never. Default: never. */
  readonly next?: (delivery: Required<Pick<Delivery, 'attempt'>> & D) => Date | undefined
}

/**
 * The function, with every attempt on record: `webhook_delivered`, else `webhook_retried` where `next` names a time and
 * `webhook_failed` where it does not. A delivery failed when the function threw or rejected, or gave something whose `status` is 400
 * or more. Of the address only the host is kept. Returns and throws what the function does.
 *
 * Throws `AUDIT_OPTION_INVALID` for what is no function.
 */
export function auditedWebhook<D extends Delivery, R>(
  deliver: (delivery: D) => R,
  options: WebhookOptions<D> = {},
): (delivery: D) => R {
  checkOptions('auditedWebhook()', options, { next: 'function' })
  if (typeof deliver !== 'function')
    throw new AuditError('AUDIT_OPTION_INVALID', 'auditedWebhook(): the delivery must be a function')
  return function (this: unknown, delivery: D): R {
    const startedMs = performance.now()
    return watchCall(
      () => Reflect.apply(deliver, this, [delivery]),
      (end) => {
        const status = end.failed ? undefined : statusOf(end.value)
        const reason = undelivered(status, end.failed ? (end.error ?? new Error('nothing was thrown')) : undefined)
        const attempt = delivery.attempt ?? 1
        const id = nameOf(delivery.deliveryId)
        const host = URL.parse(String(delivery.url))?.hostname.toLowerCase()
        const metadata = {
          attempt,
          duration_ms: Math.round(performance.now() - startedMs),
          ...(host === undefined ? {} : { host }),
          ...(id === undefined ? {} : { delivery_id: id }),
          ...(status === undefined ? {} : { status }),
        }
        const audit = auditFor(options.audit)
        if (reason === undefined) return void recordDynamic(audit, 'webhook_delivered', { metadata })
        const next = nextOf(options, { ...delivery, attempt })
        const type = next === undefined ? 'webhook_failed' : 'webhook_retried'
        recordDynamic(audit, type, { reason, metadata: next === undefined ? metadata : { ...metadata, next_at: next } })
      },
    )
  }
}

function nextOf<D extends Delivery>(
  { next }: WebhookOptions<D>,
  delivery: Required<Pick<Delivery, 'attempt'>> & D,
): Date | undefined {
  try {
    const at: unknown = next?.(delivery)
    return at instanceof Date && !Number.isNaN(at.getTime()) ? at : undefined
  } catch {
    return undefined
  }
}

function statusOf(value: unknown): number | undefined {
  const status: unknown = Reflect.get(Object(value), 'status')
  return typeof status === 'number' && status >= 100 && status <= 599 ? status : undefined
}
