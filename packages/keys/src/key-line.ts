/**
 * A symmetric key as one line of text, and back: what every key file but `log.pem` holds.
 *
 * The line is `<format> <kid> <created> <key> <check>`: key id, ISO time, 32 bytes and 8 bytes of SHA-256 over everything
 * before, in hexadecimal. The check tells a damaged key from a good one; without it a flipped bit would only show years
 * later, as look-ups that find nothing.
 */
import { createSecretKey, hash, type KeyObject, randomBytes, randomInt } from 'node:crypto'

export type KeyLineFormat = 'trailmark-token-key-1' | 'trailmark-index-key-1' | 'trailmark-kek-1'

export interface KeyLine {
  readonly kid: string
  readonly key: KeyObject
  /** Milliseconds since the epoch. */
  readonly created: number
}

const rest = /^ ([a-z0-9]{8}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{64}) ([0-9a-f]{16})\n$/
const kidAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Every file of this format has exactly this size. */
export function keyLineBytes(format: KeyLineFormat): number {
  return format.length + 1 + 8 + 1 + 24 + 1 + 64 + 1 + 16 + 1
}

/** A new key as it stands in its file. */
export function generateKeyLine(format: KeyLineFormat, createdMs: number): Buffer {
  const kid = Array.from({ length: 8 }, () => kidAlphabet[randomInt(kidAlphabet.length)]).join('')
  const text = `${format} ${kid} ${isoTime(createdMs)} ${randomBytes(32).toString('hex')}`
  return Buffer.from(`${text} ${check(text)}\n`, 'latin1')
}

/** The key in a file's content, or undefined when the content is damaged or of another format. */
export function parseKeyLine(format: KeyLineFormat, content: Buffer): KeyLine | undefined {
  if (content.length !== keyLineBytes(format)) return undefined
  const text = content.toString('latin1')
  if (!text.startsWith(format)) return undefined
  const [, kid, created, key, sum] = rest.exec(text.slice(format.length)) ?? []
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
