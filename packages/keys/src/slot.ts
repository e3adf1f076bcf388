/**
 * One slot: 128 bytes that hold a wrapped subject key, or say that it was destroyed. Numbers are big-endian.
 *
 *       0  16  subject id: HMAC-SHA-256(index key, tenant|canonical id), truncated
 *      16  16  key id, random
 *      32  60  key: 12 nonce, 32 AES-256-GCM under the key-encryption key, 16 tag; additional data: bytes 0–31 and 96–99
 *      92   4  number of the key-encryption key
 *      96   4  epoch: 2026, or 202601 for anonymous visitors
 *     100   4  state: 1 made, 2 its birth is on record, 3 destroyed (then the key and its number are zero)
 *     104   8  CRC-32 of bytes 0–103, then CRC-32 of bytes 0–103 and 112–127
 *     112   8  when it was made, milliseconds since 1970: tells which of two keys is the older
 *     120   8  zero
 *
 * Fixed places in a fixed order, so that destroying a key is one small write in place.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const slotBytes = 128
export const slotState = { made: 1, born: 2, erased: 3 } as const

/** Where the state and the checksum stand: what changes once a birth is on record. */
export const stateSpan = { from: 100, to: 112 } as const

const [kidAt, keyAt, kekAt, epochAt, stateAt, checkAt, createdAt, endAt] = [16, 32, 92, 96, 100, 104, 112, 128]
const cipher = 'aes-256-gcm'

export interface NewSlot {
  readonly subject: Uint8Array
  readonly kid: Uint8Array
  readonly epoch: number
  readonly createdMs: number
  readonly key: Uint8Array
}

/** A slot for a new key, wrapped. */
export function makeSlot({ subject, kid, epoch, createdMs, key }: NewSlot, kek: KeyObject, kekNumber: number): Buffer {
  const slot = Buffer.alloc(slotBytes)
  slot.set(subject, 0)
  slot.set(kid, kidAt)
  slot.writeUInt32BE(epoch, epochAt)
  slot.writeUInt32BE(slotState.made, stateAt)
  slot.writeBigUInt64BE(BigInt(Math.max(0, Math.trunc(createdMs))), createdAt)
  wrapInto(slot, key, kek, kekNumber)
  return slot
}

/** Puts the key into the slot, wrapped, and makes the slot sound. */
export function wrapInto(slot: Buffer, key: Uint8Array, kek: KeyObject, kekNumber: number): void {
  const nonce = randomBytes(12)
  const wrapping = createCipheriv(cipher, kek, nonce)
  wrapping.setAAD(additional(slot))
  slot.set(nonce, keyAt)
  slot.set(wrapping.update(key), keyAt + 12)
  wrapping.final()
  slot.set(wrapping.getAuthTag(), keyAt + 44)
  slot.writeUInt32BE(kekNumber, kekAt)
  sum(slot)
}

/** The key of a slot; undefined when it was not wrapped so, or was destroyed. */
export function unwrap(slot: Buffer, kek: KeyObject): Buffer | undefined {
  try {
    const unwrapping = createDecipheriv(cipher, kek, slot.subarray(keyAt, keyAt + 12), { authTagLength: 16 })
    unwrapping.setAAD(additional(slot))
    unwrapping.setAuthTag(slot.subarray(keyAt + 44, kekAt))
    const key = unwrapping.update(slot.subarray(keyAt + 12, keyAt + 44))
    unwrapping.final()
    return key
  } catch {
    return undefined
  }
}

/** The same slot with its birth on record. */
export function setBorn(slot: Buffer): void {
  slot.writeUInt32BE(slotState.born, stateAt)
  sum(slot)
}

/** The same slot without its key: says that it was destroyed. */
export function setErased(slot: Buffer): void {
  slot.fill(0, keyAt, epochAt)
  slot.writeUInt32BE(slotState.erased, stateAt)
  sum(slot)
}

/** Whether a slot is what was written: checksum and state. */
export function isSound(slot: Buffer): boolean {
  const state = slot.readUInt32BE(stateAt)
  if (state < slotState.made || state > slotState.erased) return false
  return matchesSum(slot)
}

export function matchesSum(slot: Buffer): boolean {
  const first = crc32(slot.subarray(0, checkAt))
  return (
    slot.readUInt32BE(checkAt) === first &&
    slot.readUInt32BE(checkAt + 4) === crc32(slot.subarray(createdAt, endAt), first)
  )
}

/** Writes the checksum. */
export function sum(slot: Buffer): void {
  const first = crc32(slot.subarray(0, checkAt))
  slot.writeUInt32BE(first, checkAt)
  slot.writeUInt32BE(crc32(slot.subarray(createdAt, endAt), first), checkAt + 4)
}

export const subjectOf = (slot: Buffer): Buffer => slot.subarray(0, kidAt)
export const kidOf = (slot: Buffer): Buffer => slot.subarray(kidAt, keyAt)
export const kekOf = (slot: Buffer): number => slot.readUInt32BE(kekAt)
export const epochOf = (slot: Buffer): number => slot.readUInt32BE(epochAt)
export const stateOf = (slot: Buffer): number => slot.readUInt32BE(stateAt)
export const createdOf = (slot: Buffer): number => Number(slot.readBigUInt64BE(createdAt))
export const isErased = (slot: Buffer): boolean => stateOf(slot) === slotState.erased

/** Binds the wrapped key to whose it is, so that slots cannot be exchanged. */
function additional(slot: Buffer): Buffer {
  return Buffer.concat([slot.subarray(0, keyAt), slot.subarray(epochAt, stateAt)])
}
