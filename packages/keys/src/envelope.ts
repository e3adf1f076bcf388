/**
 * Personal fields as an envelope, and what of a subject's key stands in records.
 *
 *     enc, pn     HKDF-SHA-256(key, no salt, "enc" or "pn"), 32 bytes each
 *     pseudonym   first 22 characters of base64url(HMAC-SHA-256(pn, epoch)), the epoch as decimal digits
 *     commitment  hex(SHA-256("trailmark-kc-v1" ‖ kid ‖ key)), the kid as its 16 bytes
 *     envelope    base64(nonce ‖ AES-256-GCM(enc, fields) ‖ tag), 12 and 16 bytes of nonce and tag
 *                 fields: JSON, padded with spaces to a multiple of 32 bytes
 *                 additional data: origin|record id|kid|pseudonym, the kid as its 22 characters
 *
 * GCM alone does not bind a ciphertext to one key; the commitment does, and is checked before anything is decrypted.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'

export const nonceBytes = 12
export const tagBytes = 16
const cipher = 'aes-256-gcm'
const paddedTo = 32
/** 8 KiB of fields, padded, with nonce and tag, in base64. */
const envelopeCharsMax = 11_000
const base64 = /^[A-Za-z0-9+/]{40,}={0,2}$/

/** What an envelope is bound to. */
export interface Binding {
  readonly origin: string
  readonly recordId: string
  readonly kid: string
  readonly pseudonym: string
}

export function deriveKey(key: KeyObject, purpose: 'enc' | 'pn'): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32)))
}

export function pseudonymOf(key: KeyObject, epoch: string): string {
  return createHmac('sha256', deriveKey(key, 'pn')).update(epoch).digest('base64url').slice(0, 22)
}

export function commitmentOf(kid: Uint8Array, key: KeyObject): string {
  return hash('sha256', Buffer.concat([Buffer.from('trailmark-kc-v1'), kid, key.export()]), 'hex')
}

/** The envelope; `nonce` must never have been used with this key. */
export function sealEnvelope(enc: KeyObject, nonce: Uint8Array, binding: Binding, fields: string): string {
  const length = Buffer.byteLength(fields)
  const padded = Math.max(paddedTo, Math.ceil(length / paddedTo) * paddedTo)
  const encrypting = createCipheriv(cipher, enc, nonce)
  encrypting.setAAD(additional(binding))
  const sealed = encrypting.update(fields + ' '.repeat(padded - length), 'utf8')
  encrypting.final()
  return Buffer.concat([nonce, sealed, encrypting.getAuthTag()]).toString('base64')
}

/** The fields with their padding, which JSON ignores; undefined when the envelope is not what was sealed with this binding. */
export function openEnvelope(enc: KeyObject, binding: Binding, envelope: string): string | undefined {
  if (envelope.length > envelopeCharsMax || !base64.test(envelope)) return undefined
  const bytes = Buffer.from(envelope, 'base64')
  if (bytes.length < nonceBytes + tagBytes + paddedTo || bytes.toString('base64') !== envelope) return undefined
  try {
    const decrypting = createDecipheriv(cipher, enc, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decrypting.setAAD(additional(binding))
    decrypting.setAuthTag(bytes.subarray(-tagBytes))
    const opened = decrypting.update(bytes.subarray(nonceBytes, -tagBytes))
    decrypting.final()
    return opened.toString('utf8')
  } catch {
    return undefined
  }
}

function additional({ origin, recordId, kid, pseudonym }: Binding): Buffer {
  return Buffer.from(`${origin}|${recordId}|${kid}|${pseudonym}`)
}
