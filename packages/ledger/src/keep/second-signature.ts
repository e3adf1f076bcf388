/**
 * The second signature of a log: ML-DSA-44 on every checkpoint, as C2SP `tlog-cosignature` has it (type 0x06), for the day on
 * which Ed25519 can be forged.
 *
 *     message    "subtree/v1" LF NUL ‖ name ‖ time ‖ origin ‖ 0 ‖ size ‖ root     texts with a byte of length before them,
 *     signature  time ‖ ML-DSA-44 over the message (2,420 bytes)                numbers of 8 bytes, big endian
 *
 * Made by whoever has such a key; checked where node:crypto knows the algorithm, from Node 24.6 on.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Checkpoint } from '../checkpoint.ts'
import { formatSignature, type Note } from '../note.ts'
import { signatureTypes, verifierKey } from '../vkey.ts'

export const secondKeyBytes = 1_312
const signatureBytes = 8 + 2_420
/** Texts in the message have one byte for their length. */
const nameBytesMax = 255

/** Whether the second signatures of this origin can be told apart: its name must fit into the signed message. */
export function fitsSecond(origin: string): boolean {
  return Buffer.byteLength(secondKeyName(origin)) <= nameBytesMax
}

export function secondKeyName(origin: string): string {
  return `${origin}/ml-dsa-44`
}

/** What is signed; `timeS` is whole seconds since 1970. */
export function secondMessage({ origin, size, root }: Checkpoint, timeS: number): Buffer {
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    withLength(secondKeyName(origin)),
    uint64(timeS),
    withLength(origin),
    uint64(0),
    uint64(size),
    Buffer.from(root, 'latin1'),
  ])
}

/** The signature line, its line feed included. */
export function formatSecond(origin: string, publicKey: Uint8Array, timeS: number, signature: Uint8Array): string {
  const { name, keyId } = verifierKey(secondKeyName(origin), signatureTypes.mlDsa44, publicKey)
  return formatSignature({ name, keyId, signature: Buffer.concat([uint64(timeS), signature]) })
}

/** `unchecked`: it is there, and this Node.js does not know the algorithm. */
export function checkSecond(
  note: Note,
  checkpoint: Checkpoint,
  publicKey: Uint8Array,
): 'valid' | 'missing' | 'invalid' | 'unchecked' {
  const { name, keyId } = verifierKey(secondKeyName(checkpoint.origin), signatureTypes.mlDsa44, publicKey)
  const own = note.signatures.filter((one) => one.name === name && Buffer.compare(one.keyId, keyId) === 0)
  if (own.length === 0) return 'missing'
  if (own.some((one) => one.signature.length !== signatureBytes)) return 'invalid'
  const key = importKey(publicKey)
  if (!key) return 'unchecked'
  try {
    return own.every(({ signature }) => isSigned(checkpoint, signature, key)) ? 'valid' : 'invalid'
  } catch {
    return 'unchecked' // an OpenSSL that reads such keys and cannot use them
  }
}

function isSigned(checkpoint: Checkpoint, signature: Uint8Array, key: KeyObject): boolean {
  const timeS = Number(Buffer.from(signature).readBigUInt64BE())
  const payload = Buffer.from(signature.subarray(8))
  return Number.isSafeInteger(timeS) && verify(null, secondMessage(checkpoint, timeS), key, payload)
}

const spkiPrefix = Buffer.from('30820532300b06096086480165030403110382052100', 'hex')

function importKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
