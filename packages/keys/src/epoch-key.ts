/**
 * The key of one epoch as the line of text in its file, and back: Ed25519, destroyed when the epoch ends.
 *
 *     trailmark-epoch-key-1 <created> <origin of the writer> <seed, 64 hex digits> <check, 16 hex digits>
 *
 * The check is the first 8 bytes of SHA-256 over everything before: it tells a damaged key from a good one.
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto'

/** One epoch key in memory. Satisfies the ledger's `EpochKey` by shape. */
export interface EpochKey {
  /** The raw public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signature, 64 bytes. */
  sign(message: Uint8Array): Uint8Array
  /** Milliseconds since the epoch. */
  readonly created: number
}

const line =
  /^trailmark-epoch-key-1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([^\s]{1,512}) ([0-9a-f]{64}) ([0-9a-f]{16})\n$/

/** A new key as it stands in its file. */
export function generateEpochKey(origin: string, createdMs: number): Buffer {
  const seed = randomBytes(32)
  const text = `trailmark-epoch-key-1 ${isoTime(createdMs)} ${origin} ${seed.toString('hex')}`
  seed.fill(0)
  return Buffer.from(`${text} ${check(text)}\n`)
}

/** The key in a file's content, undefined when that is damaged or belongs to another writer. */
export function parseEpochKey(content: Buffer, origin: string): EpochKey | undefined {
  const text = content.toString('utf8')
  const [, created, of, seed, sum] = line.exec(text) ?? []
  if (created === undefined || of !== origin || seed === undefined) return undefined
  if (check(text.slice(0, text.lastIndexOf(' '))) !== sum) return undefined
  return epochKey(seed, Date.parse(created))
}

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

function epochKey(seedHex: string, created: number): EpochKey {
  const der = Buffer.concat([pkcs8Prefix, Buffer.from(seedHex, 'hex')])
  const key: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return { publicKey: new Uint8Array(spki.subarray(-32)), created, sign: (message) => sign(null, message, key) }
}

const check = (text: string) => hash('sha256', text, 'hex').slice(0, 16)

/** Clocks that are wrong beyond what four digits of a year can hold must not make a key unreadable. */
function isoTime(ms: number): string {
  return new Date(Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 253_402_300_799_999) : 0).toISOString()
}
