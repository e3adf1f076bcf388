/**
 * Keys that hold data: a map by e-mail address, by token, by card.
 */
import { isPlaceholder } from './placeholder.ts'
import type { Walker } from './walker.ts'

const keyCharsMax = 96
const hiddenKey = '[key]'

/** A key as it may be written: itself, what it is (`[email]`), or `[key]`. */
export function writtenKey(walk: Walker, key: string, level: number): string {
  if (isPlaceholder(key) || key === '') return key
  if (key.length > keyCharsMax) return removedKey(walk)
  const shown = walk.text(key, 'free', level)
  if (shown === key) return isToken(key) ? removedKey(walk) : key
  return isPlaceholder(shown) ? shown : removedKey(walk)
}

function removedKey(walk: Walker): string {
  walk.removed('key')
  return hiddenKey
}

/** Twenty characters and more without a separator, letters and digits mixed: no field is called so. */
function isToken(key: string): boolean {
  return token.test(key) && !uuid.test(key) && /\d[\s\S]*\d/.test(key) && /[A-Za-z]/.test(key)
}

const token = /^[A-Za-z0-9+/=_-]{20,}$/
const uuid = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/

/** The key, or the key with the first number that makes it another: `[email]`, `[email 2]`. */
export function uniqueKey(taken: object, key: string): string {
  if (!Object.hasOwn(taken, key)) return key
  const bare = key.endsWith(']') ? key.slice(0, -1).replace(/ \d{1,4}$/, '') : key
  const end = key.endsWith(']') ? ']' : ''
  // Doubling first, so that thousands of equal keys do not each count through all before.
  let [low, high] = [1, 2]
  const name = (n: number) => `${bare} ${n}${end}`
  while (Object.hasOwn(taken, name(high))) [low, high] = [high, high * 2]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (Object.hasOwn(taken, name(middle))) low = middle
    else high = middle
  }
  return name(high)
}
