/**
 * Bytes in disguise: lists of small numbers that read as text, what `JSON.stringify` makes of a Buffer, a text spread into its
 * characters.
 */
import { own } from './read.ts'

const bytesMin = 8
/** A list is told from its beginning; it goes or stays whole. */
const looked = 64

/** True for more than 8 whole numbers from 0 to 255 that, read as bytes, are printable text. */
export function isByteList(list: readonly unknown[], anyBytes: boolean): boolean {
  if (list.length <= bytesMin) return false
  const first = own(list, 0)
  // Nearly every list ends here.
  return typeof first === 'number' && looksLikeBytes(list, list.length, anyBytes)
}

/** The same for `{ 0: 104, 1: 117, … }`. */
export function isByteObject(value: object, keys: readonly string[], anyBytes: boolean): boolean {
  return keys.length > bytesMin && keys[0] === '0' && keys[8] === '8' && looksLikeBytes(value, keys.length, anyBytes)
}

function looksLikeBytes(from: object, length: number, anyBytes: boolean): boolean {
  let letters = 0
  const count = Math.min(length, looked)
  for (let i = 0; i < count; i++) {
    const byte = own(from, i)
    if (typeof byte !== 'number' || !Number.isInteger(byte) || byte < 0 || byte > 255) return false
    if (anyBytes) continue
    const printable = (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13 || byte >= 128
    if (!printable) return false
    if ((byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57)) letters += 1
  }
  // Percentages and scores are numbers below 256 too, but seldom mostly letters.
  return anyBytes || letters * 2 >= count
}

/** `{ 0: 'h', 1: 'u', … }` and `['h', 'u', …]`: a text that was spread. */
export function isSpreadText(from: object, length: number): boolean {
  if (length < 6) return false
  for (let i = 0; i < Math.min(length, looked); i++) {
    const character = own(from, i)
    if (typeof character !== 'string' || character.length > 2 || Array.from(character).length !== 1) return false
  }
  return true
}

/** The length of the bytes in `{ type: 'Buffer', data: […] }`; undefined for anything else. */
export function jsonBufferLength(value: object): number | undefined {
  if (own(value, 'type') !== 'Buffer') return undefined
  const data = own(value, 'data')
  return Array.isArray(data) ? data.length : typeof data === 'string' ? data.length : undefined
}

const viewLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')?.get
const dataViewLength = Object.getOwnPropertyDescriptor(DataView.prototype, 'byteLength')?.get
const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get
const sharedLength = Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength')?.get

/** How many bytes a buffer or a view of one holds, by the intrinsic getters: it may bring a `byteLength` of its own. */
export function byteLength(value: object): number {
  for (const getter of [viewLength, dataViewLength, bufferLength, sharedLength]) {
    try {
      const length: unknown = getter && Reflect.apply(getter, value, [])
      if (typeof length === 'number') return length
    } catch {
      // Another kind of bytes.
    }
  }
  return 0
}
