/**
 * A webhook as an anchor: every checkpoint is posted to an address of yours, signed with a shared secret.
 *
 * What it is worth depends on who answers there and what he keeps. A receiver that compares with what it holds, and answers 409 to a
 * smaller or another tree, detects rollbacks; one that only stores lets people look.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerError } from '../errors.ts'
import type { Anchor, AnchorEvidence, PublishedCheckpoint } from './anchor.ts'
import { anchorName, anchorTimeoutMs, refused, unreachable, withDeadline } from './anchor-limits.ts'
import { addressOf, isLoopback, post } from './http-post.ts'
import { requireSecret, signWebhook, webhookSignatureHeader } from './webhook-signature.ts'

export interface WebhookAnchorOptions {
  /** Where to post: https, or http on this machine alone. */
  readonly url: string
  /** Shared with the receiver, at least 16 bytes; better 32 of chance. Appears in no message. */
  readonly secret: string | Uint8Array
  /** PEM of the certificates to trust instead of the system's. */
  readonly ca?: string
  /** Names it in reports, `[a-z0-9-]{1,40}`; `webhook` by default. */
  readonly name?: string
  /** How long one publication may take, all attempts included; 10,000 ms by default. */
  readonly timeoutMs?: number
  /** From 1 to 10; 3 by default. Only what may pass is tried again: no answer, 408, 429 and 5xx. */
  readonly attempts?: number
}

const answerBytesMax = 65_536
const pauseMs = 250

/**
 * Posts `{"checkpoint","origin","size","root"}` as JSON, `checkpoint` being the exact signed note and `root` 64 hex digits. The header
 * `trailmark-signature` is checked by `checkWebhook`.
 *
 * Counts when the answer is 2xx. Rejects with LEDGER_ANCHOR_ROLLBACK for 409, LEDGER_ANCHOR_UNREACHABLE when all attempts fail, and
 * LEDGER_ANCHOR_REFUSED for every other answer, redirects among them. Throws LEDGER_OPTION_INVALID for options that cannot be.
 *
 *     const anchors = [webhookAnchor({ url: 'https://auditor.example/checkpoints', secret })]
 */
export function webhookAnchor(options: WebhookAnchorOptions): Anchor {
  const name = anchorName(options.name ?? 'webhook')
  const timeoutMs = anchorTimeoutMs(options.timeoutMs ?? 10_000)
  const { secret, ca, attempts = 3 } = options
  const url = addressOf('url', options.url)
  requireSecret(secret)
  if (url.protocol !== 'https:' && !isLoopback(url)) throw invalid('url', 'is not https, and not on this machine')
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > 10) throw invalid('attempts', 'is not between 1 and 10')
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
    throw invalid('ca', 'holds no certificate in PEM')
  const send = async (body: Buffer, signal: AbortSignal): Promise<AnchorEvidence> => {
    const signature = signWebhook(secret, body, Date.now())
    const headers = { 'content-type': 'application/json', [webhookSignatureHeader]: signature }
    const { status } = await post({ url, headers, body, answerBytesMax, signal, ca })
    const told = `${url.host} answers with status ${status}`
    if (status >= 200 && status < 300) return { suffix: 'json', detail: told }
    if (status === 409)
      throw new LedgerError('LEDGER_ANCHOR_ROLLBACK', `${name}: ${told}: it holds a larger or another tree`)
    throw status === 408 || status === 429 || status >= 500 ? unreachable(name, told) : refused(name, told)
  }
  return {
    name,
    publish: (checkpoint, _tree, signal) =>
      withDeadline(name, timeoutMs, signal, async (until) => {
        const body = bodyOf(checkpoint)
        for (let attempt = 1; ; attempt++) {
          try {
            return await send(body, until)
          } catch (error) {
            const isFinal = error instanceof LedgerError && error.code !== 'LEDGER_ANCHOR_UNREACHABLE'
            if (isFinal || attempt >= attempts || until.aborted) throw error
          }
          await sleep(pauseMs * 2 ** (attempt - 1), undefined, { signal: until })
        }
      }),
  }
}

function bodyOf({ note, origin, size, root }: PublishedCheckpoint): Buffer {
  return Buffer.from(JSON.stringify({ checkpoint: note, origin, size, root }))
}

function invalid(option: string, why: string): LedgerError {
  return new LedgerError('LEDGER_OPTION_INVALID', `${option}: ${why}`)
}
