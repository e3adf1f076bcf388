/**
 * LEDGER.json: what a writer directory is, written once and never again; and LEDGER.note, the signed note that names its hash.
 *
 * Members this version does not know are left alone, since the note covers the whole file.
 */
import { hash } from 'node:crypto'

export const metaBytesMax = 65_536
const format = 'trailmark-ledger/1'
const secondKeyBytes = 1_312

export interface Meta {
  /** The checkpoint origin, `<origin>/<writer>`. */
  readonly origin: string
  readonly service: string
  readonly stream: string
  readonly retentionClass: string
  readonly writer: string
  readonly created: string
  /** Base64 of 32 raw bytes, Ed25519. */
  readonly publicKey: string
  /** Whether its checkpoints are signed by epoch keys too, from the first one on. A ledger without may gain them. */
  readonly epochs?: true
  /** Base64 of 1,312 raw bytes, ML-DSA-44: the key of a second signature on every checkpoint. */
  readonly secondKey?: string
  /** The writer directory that was refused when this one was made. */
  readonly predecessor?: { readonly writer: string; readonly code: string }
}

export function formatMeta(meta: Meta): string {
  const members = {
    format,
    origin: meta.origin,
    service: meta.service,
    stream: meta.stream,
    retention_class: meta.retentionClass,
    writer: meta.writer,
    created: meta.created,
    hash: 'sha-256',
    key: { type: 'ed25519', public: meta.publicKey },
    ...(meta.secondKey && { second_key: { type: 'ml-dsa-44', public: meta.secondKey } }),
    ...(meta.epochs && { key_policy: 'epochs' }),
    ...(meta.predecessor && { predecessor: meta.predecessor }),
  }
  return `${JSON.stringify(members, undefined, 2)}\n`
}

/** A text says why it is refused. */
export function parseMeta(bytes: Uint8Array): Meta | string {
  if (bytes.length > metaBytesMax) return `longer than ${metaBytesMax} bytes`
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return 'not JSON in UTF-8'
  }
  const all = members(value)
  if (all['format'] !== format) return `format is not ${format}`
  if (all['hash'] !== 'sha-256') return 'hash is not sha-256'
  const key = members(all['key'])
  const publicKey = key['public']
  if (key['type'] !== 'ed25519' || typeof publicKey !== 'string' || !isBase64(publicKey, 32))
    return 'key is not an Ed25519 key'
  const { origin, service, stream, retention_class: retentionClass, writer, created } = all
  for (const [name, one] of Object.entries({
    origin,
    service,
    stream,
    retention_class: retentionClass,
    writer,
    created,
  })) {
    if (typeof one !== 'string' || one === '' || one.length > 1024) return `${name} is missing`
  }
  const policy = all['key_policy']
  if (policy !== undefined && policy !== 'epochs') return 'key_policy is not one this version knows'
  const second = members(all['second_key'])
  const secondKey = second['public']
  if (all['second_key'] !== undefined && (second['type'] !== 'ml-dsa-44' || !isBase64(secondKey, secondKeyBytes)))
    return 'second_key is not an ML-DSA-44 key'
  const predecessor = members(all['predecessor'])
  return {
    origin: String(origin),
    service: String(service),
    stream: String(stream),
    retentionClass: String(retentionClass),
    writer: String(writer),
    created: String(created),
    publicKey,
    ...(policy === 'epochs' && { epochs: true }),
    ...(typeof secondKey === 'string' && { secondKey }),
    ...(typeof predecessor['writer'] === 'string' && {
      predecessor: { writer: predecessor['writer'], code: String(predecessor['code'] ?? '') },
    }),
  }
}

/** The text of LEDGER.note. Its second line is no number, so it can never be taken for a checkpoint. */
export function formatMetaNote(origin: string, meta: Uint8Array): string {
  return `${origin}\nLEDGER.json\n${hash('sha256', meta, 'base64')}\n`
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function isBase64(text: unknown, length: number): boolean {
  if (typeof text !== 'string') return false
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length && bytes.toString('base64') === text
}
