/** Strings that no rule touches, told by their bytes: a UUID, a trace or span id, a time in ISO 8601. */

/** True for such a string between `start` and `end`. */
export function isHarmlessShape(bytes: Uint8Array, start: number, end: number): boolean {
  switch (end - start) {
    case 36:
      return matches(bytes, start, uuid) && hasLetter(bytes, start, end)
    case 16:
    case 32:
      return isHexadecimal(bytes, start, end) && hasLetter(bytes, start, end)
    case 24:
      return matches(bytes, start, time)
    default:
      return false
  }
}

const uuid = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'
const time = '2ddd-dd-ddTdd:dd:dd.dddZ'

function matches(bytes: Uint8Array, start: number, pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern.charCodeAt(i)
    const byte = bytes[start + i] ?? 0
    if (wanted === 120 ? !isHexDigit(byte) : wanted === 100 ? byte < 48 || byte > 57 : byte !== wanted) return false
  }
  return true
}

const isHexDigit = (byte: number) => (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102)

function isHexadecimal(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isHexDigit(bytes[i] ?? 0)) return false
  return true
}

/**
 * At least two letters, and a byte beyond ASCII in every alignment that spells a text: eight in the upper half are asked for, so
 * that neither way of pairing the digits gives printable bytes alone.
 */
function hasLetter(bytes: Uint8Array, start: number, end: number): boolean {
  let upperEven = 0
  let upperOdd = 0
  let at = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0
    if (byte === 45) continue
    if (byte >= 56) {
      if (at % 2 === 0) upperEven += 1
      else upperOdd += 1
    }
    at += 1
  }
  return upperEven > 0 && upperOdd > 0 && hasLow(bytes, start, end)
}

/** A letter among the digits, so that it is no number. */
function hasLow(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 97) return true
  return false
}
