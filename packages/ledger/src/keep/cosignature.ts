/**
 * Cosignatures of C2SP `tlog-cosignature`, version 1 with Ed25519 (type 0x04): made by a witness, checked by everybody else.
 *
 *     message    cosignature/v1 LF ‖ time <seconds> LF ‖ text of the checkpoint
 *     signature  time (8 bytes, big endian) ‖ Ed25519 over the message (64 bytes), as one more line below the checkpoint
 *
 * It says: at this time, this was the largest tree of this log that I had seen, and everything I saw before is in it.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { parseCheckpoint } from '../checkpoint.ts'
import type { Note, NoteSignature } from '../note.ts'
import { signatureTypes, type VerifierKey, verifierKey } from '../vkey.ts'

const signatureBytes = 72

/** Who signs: `@trailmark/keys`, a KMS, an HSM. The key must not sign anything else. */
export interface Cosigner {
  /** The name of the witness, such as `witness.example/w1`. */
  readonly name: string
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
  /** 64 raw bytes over exactly `message`. */
  sign(message: Uint8Array): Uint8Array
}

/** A cosignature that was checked. */
export interface Cosignature {
  /** The name of the witness. */
  readonly name: string
  /** When the witness says it signed, in seconds since 1970. */
  readonly timeS: number
  /** The signature line, its line feed included. */
  readonly line: string
}

/** One signature line, its line feed included, over the text of a checkpoint. `timeS` is whole seconds since 1970. */
export function cosign(text: string, cosigner: Cosigner, timeS: number): string {
  const { name, publicKey } = cosigner
  const { keyId } = verifierKey(name, signatureTypes.cosignature, publicKey)
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(timeS))
  return signatureLine({ name, keyId, signature: Buffer.concat([time, cosigner.sign(messageOf(text, timeS))]) })
}

/**
 * The cosignature a note carries from this witness, or undefined. A note is not cosigned if it is no checkpoint, or if any
 * line under the witness's name and key id does not verify. Of several, the newest. Other signatures are not looked at.
 *
 *     const note = parseNote(bytes)
 *     const seen = note && findCosignature(note, witness) // .timeS: 1768471200
 */
export function findCosignature(note: Note, witness: VerifierKey): Cosignature | undefined {
  if (witness.type !== signatureTypes.cosignature || parseCheckpoint(note.text) === undefined) return undefined
  const own = note.signatures.filter(({ name, keyId }) => name === witness.name && equal(keyId, witness.keyId))
  const publicKey = own.length > 0 ? importKey(witness.publicKey) : undefined
  if (publicKey === undefined) return undefined
  const found = own.flatMap((one) => {
    const timeS = timeOf(note.text, one.signature, publicKey)
    return timeS === undefined ? [] : [{ name: witness.name, timeS, line: signatureLine(one) }]
  })
  const [first, ...others] = found
  if (first === undefined || found.length < own.length) return undefined
  return others.reduce((newest, one) => (one.timeS > newest.timeS ? one : newest), first)
}

/** When the signature was made, or undefined if it is not one over this text. Times from 2^53 on are refused. */
function timeOf(text: string, signature: Uint8Array, publicKey: KeyObject): number | undefined {
  if (signature.length !== signatureBytes) return undefined
  const timeS = Number(Buffer.from(signature).readBigUInt64BE())
  if (!Number.isSafeInteger(timeS)) return undefined
  return verify(null, messageOf(text, timeS), publicKey, signature.subarray(8)) ? timeS : undefined
}

/** A signature as a line of a note, its line feed included: there is one way to write it. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`
}

function messageOf(text: string, timeS: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${timeS}\n${text}`)
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function importKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    const x = Buffer.from(publicKey).toString('base64url')
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    return undefined
  }
}
