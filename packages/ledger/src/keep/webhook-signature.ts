/**
 * The signature on a webhook: who sent it, and that it is not an old one sent again.
 *
 *     trailmark-signature: t=<seconds since 1970>,v1=<hex of HMAC-SHA-256(secret, "<t>." ‖ body)>
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { LedgerError } from '../errors.ts'

export const webhookSignatureHeader = 'trailmark-signature'
const secretBytesMin = 16
const toleranceMsDefault = 300_000

/** The value of the header over these exact bytes. */
export function signWebhook(secret: string | Uint8Array, body: Uint8Array, timeMs: number): string {
  const seconds = String(Math.floor(timeMs / 1000))
  return `t=${seconds},v1=${mac(secret, seconds, body).toString('hex')}`
}

export interface WebhookToCheck {
  readonly secret: string | Uint8Array
  /** The value of `trailmark-signature`; undefined where there is none. */
  readonly signature: string | undefined
  /** The body, exact: before anything parses it. */
  readonly body: Uint8Array
  /** Milliseconds since 1970; now by default. */
  readonly nowMs?: number
  /** How old, or how far ahead, a message may be; 300,000 ms by default. */
  readonly toleranceMs?: number
}

/**
 * Whether a webhook was sent by somebody who has the secret, and just now: what a receiver asks before it keeps anything.
 *
 * Never throws for what came with the request. Throws LEDGER_OPTION_INVALID for a secret that is too short.
 *
 *     if (!checkWebhook({ secret, signature: request.headers['trailmark-signature'], body })) response.statusCode = 401
 */
export function checkWebhook({
  secret,
  signature = '',
  body,
  nowMs = Date.now(),
  toleranceMs = toleranceMsDefault,
}: WebhookToCheck): boolean {
  requireSecret(secret)
  const [, seconds, hex] = /^t=([0-9]{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  if (seconds === undefined || hex === undefined) return false
  const isFresh = Math.abs(nowMs - Number(seconds) * 1000) <= toleranceMs
  return timingSafeEqual(Buffer.from(hex, 'hex'), mac(secret, seconds, body)) && isFresh
}

/** Throws LEDGER_OPTION_INVALID unless a secret has at least 16 bytes. */
export function requireSecret(secret: string | Uint8Array): void {
  const length =
    typeof secret === 'string' ? Buffer.byteLength(secret) : secret instanceof Uint8Array ? secret.length : 0
  if (length >= secretBytesMin) return
  throw new LedgerError('LEDGER_OPTION_INVALID', `secret: has fewer than ${secretBytesMin} bytes`)
}

function mac(secret: string | Uint8Array, seconds: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest()
}
