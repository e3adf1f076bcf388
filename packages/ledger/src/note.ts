/**
 * Signed notes as C2SP `signed-note` has them: text, an empty line, and one line for each signature.
 *
 *     — <key name> <base64(4 bytes of key id ‖ signature)>
 *
 * Only Ed25519 (type 0x01) is made and checked here; signatures by other keys, witnesses for instance, are left alone.
 */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'

/** More is not read. A checkpoint has a few hundred bytes, each cosignature a hundred. */
export const noteBytesMax = 65_536
const signaturesMax = 64

export interface NoteSignature {
  readonly name: string
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

export interface Note {
  /** Everything that is signed, its last line feed included. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** The note of one text and one signature over it. */
export function formatNote(text: string, key: { name: string; publicKey: Uint8Array }, signature: Uint8Array): string {
  return `${text}\n${formatSignature({ name: key.name, keyId: keyIdOf(key.name, key.publicKey), signature })}`
}

/** One signature line, its line feed included. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`
}

/** Undefined for anything that is not a signed note, byte for byte: no lenient base64, no control characters, no lost end. */
export function parseNote(bytes: Uint8Array): Note | undefined {
  const all = decode(bytes)
  if (all === undefined || !all.endsWith('\n')) return undefined
  const split = all.lastIndexOf('\n\n')
  if (split < 0) return undefined
  const text = all.slice(0, split + 1)
  const lines = all.slice(split + 2, -1).split('\n')
  if (lines.length > signaturesMax) return undefined
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const signature = parseSignature(line)
    if (!signature) return undefined
    signatures.push(signature)
  }
  return { text, signatures }
}

/** Whether `note` carries a valid signature by this key under this name. */
export function isSignedBy(note: Note, key: { name: string; publicKey: Uint8Array }): boolean {
  const id = keyIdOf(key.name, key.publicKey)
  const own = note.signatures.filter((one) => one.name === key.name && id.equals(one.keyId))
  if (own.length === 0) return false
  const publicKey = importKey(key.publicKey)
  const message = Buffer.from(note.text)
  return publicKey !== undefined && own.every((one) => verify(null, message, publicKey, one.signature))
}

/** Whether a text can be the name of a key: not empty, no white space, no plus sign, no control characters. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= 512 && name.isWellFormed() && !/[\s+\u0000-\u001f\u007f]/.test(name)
}

/** The first four bytes of SHA-256(name ‖ 0x0a ‖ 0x01 ‖ public key). */
export function keyIdOf(name: string, publicKey: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(name), Buffer.of(0x0a, 0x01), publicKey]), 'buffer').subarray(0, 4)
}

const signatureLine = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/

function parseSignature(line: string): NoteSignature | undefined {
  const parts = signatureLine.exec(line)
  const [, name = '', payload = ''] = parts ?? []
  if (!parts || !isKeyName(name)) return undefined
  const bytes = Buffer.from(payload, 'base64')
  if (bytes.length < 5 || bytes.toString('base64') !== payload) return undefined
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.length > noteBytesMax) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return /[\u0000-\u0009\u000b-\u001f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Few keys sign many notes, and to import one costs as much as to check a signature. */
const imported = new Map<string, KeyObject>()
const importedMax = 64

function importKey(publicKey: Uint8Array): KeyObject | undefined {
  const x = Buffer.from(publicKey).toString('base64url')
  const known = imported.get(x)
  if (known !== undefined) return known
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    if (imported.size >= importedMax) imported.clear()
    imported.set(x, key)
    return key
  } catch {
    return undefined
  }
}
