/**
 * Verifier keys of C2SP `signed-note`: one word that names a key, says what it signs, and tells a mistyped key from a right one.
 *
 *     <name>+<key id, 8 hex digits>+<base64(type ‖ public key)>        key id = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]
 *
 * Read strictly: there is one way to write each key. What a type means is the business of whoever uses it.
 */
import { hash } from 'node:crypto'
import { isKeyName } from './note.ts'

/** What a key's signatures are over: the text itself, a timestamped cosignature, or the same with ML-DSA-44. */
export const signatureTypes = { note: 0x01, cosignature: 0x04, mlDsa44: 0x06 } as const

/** Room for a name and the longest key there is, ML-DSA-44 with 1,312 bytes. */
const vkeyCharactersMax = 4_096
const keyBytes: Readonly<Record<number, number>> = { 1: 32, 4: 32, 6: 1_312 }

/** A public key together with the name it signs under. */
export interface VerifierKey {
  readonly name: string
  /** One of `signatureTypes`. */
  readonly type: number
  /** Four bytes. */
  readonly keyId: Uint8Array
  readonly publicKey: Uint8Array
}

/** The key with its id worked out. */
export function verifierKey(name: string, type: number, publicKey: Uint8Array): VerifierKey {
  const input = Buffer.concat([Buffer.from(name), Buffer.of(0x0a, type), publicKey])
  return { name, type, publicKey, keyId: hash('sha256', input, 'buffer').subarray(0, 4) }
}

export function formatVkey({ name, type, keyId, publicKey }: VerifierKey): string {
  const key = Buffer.concat([Buffer.of(type), publicKey])
  return `${name}+${Buffer.from(keyId).toString('hex')}+${key.toString('base64')}`
}

/** Undefined for what is not a verifier key of a known type, byte for byte, with the id its name and key give. */
export function parseVkey(text: string): VerifierKey | undefined {
  if (text.length > vkeyCharactersMax) return undefined
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text)
  const [, name = '', , base64 = ''] = parts ?? []
  if (!parts || !isKeyName(name)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  const [type = 0] = bytes
  if (bytes.length - 1 !== keyBytes[type]) return undefined
  const key = verifierKey(name, type, bytes.subarray(1))
  // The id has to be right, and lenient base64 has to be somebody else's: both show in how the key is written.
  return formatVkey(key) === text ? key : undefined
}
