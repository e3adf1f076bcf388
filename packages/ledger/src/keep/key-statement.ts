/**
 * The texts of key statements: which epoch began where in the log, and which log key follows which.
 *
 *     <origin>                        trailmark
 *     epoch                           rotation
 *     <number>                        <old public key>
 *     <size>                          <new public key>
 *     <root at size>                  <RFC 3339 time>
 *     <public key of the epoch>
 *     <RFC 3339 begin>
 *     <public key of the epoch before, or ->
 *
 * They become signed notes `keys/<number>.note`. Keys and roots are base64. The second line is no number, so neither can be
 * taken for a checkpoint.
 */
import { type Hash, hashToBase64, parseHash } from '../tree.ts'

/** An epoch begins: everything up to `size` belongs to those before. */
export interface EpochStatement {
  readonly kind: 'epoch'
  readonly origin: string
  /** That of its file. */
  readonly number: number
  readonly size: number
  readonly root: Hash
  /** Base64 of 32 bytes. */
  readonly publicKey: string
  readonly begun: string
  /** Absent in the first one. */
  readonly previous?: string
}

/** One log key hands over to another. Of no particular log. */
export interface RotationStatement {
  readonly kind: 'rotation'
  /** Base64 of 32 bytes. */
  readonly from: string
  readonly to: string
  readonly time: string
}

export type KeyStatement = EpochStatement | RotationStatement

/** The name that both keys sign a rotation under: it belongs to no log. */
export const rotationKeyName = 'trailmark-rotation'

/** The name that epoch keys of a log sign under. */
export function epochKeyName(origin: string): string {
  return `${origin}/epoch`
}

export function formatEpoch(statement: EpochStatement): string {
  const { origin, number, size, root, publicKey, begun, previous = '-' } = statement
  const lines = [origin, 'epoch', number, size, hashToBase64(root), publicKey, begun, previous]
  return `${lines.join('\n')}\n`
}

export function formatRotation({ from, to, time }: RotationStatement): string {
  return `trailmark\nrotation\n${from}\n${to}\n${time}\n`
}

/** Undefined for what is neither, byte for byte: there is one way to write each. */
export function parseStatement(text: string): KeyStatement | undefined {
  const lines = text.split('\n')
  if (lines.pop() !== '') return undefined
  return lines[1] === 'epoch' ? parseEpoch(lines) : parseRotation(lines)
}

function parseEpoch(lines: readonly string[]): EpochStatement | undefined {
  const [origin = '', , numberText = '', sizeText = '', rootText = '', publicKey = '', begun = '', last = ''] = lines
  const number = parseCount(numberText)
  const size = parseCount(sizeText)
  const root = parseHash(rootText)
  if (lines.length !== 8 || origin === '' || number === undefined || size === undefined || root === undefined)
    return undefined
  if (!isKey(publicKey) || !isTime(begun) || (last !== '-' && !isKey(last))) return undefined
  const previous = last === '-' ? {} : { previous: last }
  return { kind: 'epoch', origin, number, size, root, publicKey, begun, ...previous }
}

function parseRotation(lines: readonly string[]): RotationStatement | undefined {
  const [first, second, from = '', to = '', time = ''] = lines
  if (lines.length !== 5 || first !== 'trailmark' || second !== 'rotation') return undefined
  return isKey(from) && isKey(to) && from !== to && isTime(time) ? { kind: 'rotation', from, to, time } : undefined
}

function parseCount(text: string): number | undefined {
  const count = Number(text)
  return /^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(count) ? count : undefined
}

/** 32 bytes in canonical base64, as a hash. */
function isKey(text: string): boolean {
  return parseHash(text) !== undefined
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) && !Number.isNaN(Date.parse(text))
}
