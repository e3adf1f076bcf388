/**
 * The statement that one log key hands over to the next, signed by both: a C2SP signed note that the ledger keeps beside its
 * entries and a verifier follows from key to key.
 *
 *     trailmark
 *     rotation
 *     <old public key, base64>
 *     <new public key, base64>
 *     <RFC 3339 time>
 *
 *     — trailmark-rotation <base64(key id ‖ signature of the old key)>
 *     — trailmark-rotation <base64(key id ‖ signature of the new key)>
 */
import { createPublicKey, hash, verify } from 'node:crypto'

/** Whoever signs with a log key: the one of the files, a KMS, an HSM. */
export interface RotatingSigner {
  /** The raw public key, 32 bytes. */
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** A statement that was read, with both its signatures checked. */
export interface LogRotation {
  /** Base64. */
  readonly from: string
  readonly to: string
  /** RFC 3339. */
  readonly time: string
  /** The note, exact: what a signer's `lineage` takes. */
  readonly bytes: Uint8Array
}

const name = 'trailmark-rotation'

/**
 * The statement for keys that do not live in our files: give the notes, oldest first, as `lineage` of the new signer.
 * Rejects with what a signer rejects with.
 *
 *     const lineage = [...old.lineage ?? [], await signLogRotation(old, replacement)]
 */
export async function signLogRotation(
  from: RotatingSigner,
  to: RotatingSigner,
  clock: { now(): number } = Date,
): Promise<Uint8Array> {
  const text = rotationText(from.publicKey, to.publicKey, clock.now())
  const signatures = await Promise.all([from, to].map((one) => one.sign(Buffer.from(text))))
  return rotationNote(text, [from.publicKey, to.publicKey], signatures)
}

export function rotationText(from: Uint8Array, to: Uint8Array, timeMs: number): string {
  return `trailmark\nrotation\n${base64(from)}\n${base64(to)}\n${new Date(timeMs).toISOString()}\n`
}

export function rotationNote(
  text: string,
  publicKeys: readonly Uint8Array[],
  signatures: readonly Uint8Array[],
): Uint8Array {
  const lines = publicKeys.map((key, i) => {
    return `— ${name} ${Buffer.concat([keyId(key), signatures[i] ?? Buffer.alloc(0)]).toString('base64')}\n`
  })
  return Buffer.from(`${text}\n${lines.join('')}`)
}

const shape =
  /^(trailmark\nrotation\n([A-Za-z0-9+/]{43}=)\n([A-Za-z0-9+/]{43}=)\n(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n)\n— trailmark-rotation ([A-Za-z0-9+/]{91}=)\n— trailmark-rotation ([A-Za-z0-9+/]{91}=)\n$/

/** Undefined for what is not such a statement, or not signed by both keys. Never throws. */
export function parseLogRotation(bytes: Uint8Array): LogRotation | undefined {
  const [all, text = '', from = '', to = '', time = '', first = '', second = ''] =
    shape.exec(Buffer.from(bytes).toString('utf8')) ?? []
  if (all === undefined || !Buffer.from(all).equals(bytes)) return undefined
  const signed = isSigned(text, from, first) && isSigned(text, to, second)
  return signed && from !== to ? { from, to, time, bytes } : undefined
}

function isSigned(text: string, key: string, payload: string): boolean {
  const publicKey = Buffer.from(key, 'base64')
  const bytes = Buffer.from(payload, 'base64')
  if (publicKey.toString('base64') !== key || bytes.toString('base64') !== payload) return false
  if (!bytes.subarray(0, 4).equals(keyId(publicKey))) return false
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') }
    return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), bytes.subarray(4))
  } catch {
    return false
  }
}

function keyId(publicKey: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(name), Buffer.of(0x0a, 0x01), publicKey]), 'buffer').subarray(0, 4)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
