/**
 * One token key as a line of text, and back.
 *
 * The line is `trailmark-token-key-1 <kid> <created> <key> <check>`: key id, ISO time, 32 bytes and 8 bytes of SHA-256 over
 * everything before, in hexadecimal. The check tells a damaged key from a good one; without it a flipped bit would only show
 * years later, as look-ups that find nothing.
 */
import { createSecretKey, hash, randomBytes, randomInt } from 'node:crypto'
import type { TokenKey } from './ports.ts'

/** Every key file has exactly this size. */
export const tokenKeyBytes = 21 + 1 + 8 + 1 + 24 + 1 + 64 + 1 + 16 + 1

const shape =
  /^trailmark-token-key-1 ([a-z0-9]{8}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{64}) ([0-9a-f]{16})\n$/
const kidAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new key as it stands in its file. */
export function generateTokenKey(createdMs: number): Buffer {
  const kid = Array.from({ length: 8 }, () => kidAlphabet[randomInt(kidAlphabet.length)]).join('')
  const text = `trailmark-token-key-1 ${kid} ${isoTime(createdMs)} ${randomBytes(32).toString('hex')}`
  return Buffer.from(`${text} ${check(text)}\n`, 'latin1')
}

/** The key in a file's content, or undefined when the content is damaged. */
export function parseTokenKey(content: Buffer): TokenKey | undefined {
  if (content.length !== tokenKeyBytes) return undefined
  const text = content.toString('latin1')
  const [, kid, created, key, sum] = shape.exec(text) ?? []
  if (kid === undefined || created === undefined || key === undefined) return undefined
  if (check(text.slice(0, text.lastIndexOf(' '))) !== sum) return undefined
  return { kid, key: createSecretKey(key, 'hex'), created: Date.parse(created) }
}

const check = (text: string) => hash('sha256', text, 'hex').slice(0, 16)

/** Clocks that are wrong beyond what four digits of a year can hold must not make a key unreadable. */
function isoTime(ms: number): string {
  const bounded = Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 253_402_300_799_999) : 0
  return new Date(bounded).toISOString()
}
