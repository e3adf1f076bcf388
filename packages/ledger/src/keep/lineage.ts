/**
 * The row of log keys: each rotation is signed by the key that goes and by the one that comes, so that whoever knows one of
 * them follows the row to all the others. Checked wherever it comes from: a signer, or the files of a writer.
 */
import { isSignedBy, noteBytesMax, parseNote } from '../note.ts'
import { parseStatement, type RotationStatement, rotationKeyName } from './key-statement.ts'

/** One rotation, with the note that proves it. */
export interface Rotation extends RotationStatement {
  /** The signed note, exact. */
  readonly bytes: Uint8Array
}

/** The rotation in a note, undefined unless both keys signed it. Never throws. */
export function parseRotationNote(bytes: Uint8Array): Rotation | undefined {
  const note = bytes.length <= noteBytesMax ? parseNote(bytes) : undefined
  const statement = note && parseStatement(note.text)
  if (!note || statement?.kind !== 'rotation') return undefined
  const signed = [statement.from, statement.to].every((key) =>
    isSignedBy(note, { name: rotationKeyName, publicKey: Buffer.from(key, 'base64') }),
  )
  return signed ? { ...statement, bytes } : undefined
}

/** The rotations, oldest first, that lead to `publicKey` (base64); a text says why they do not. */
export function parseLineage(notes: readonly Uint8Array[], publicKey: string): readonly Rotation[] | string {
  const rotations: Rotation[] = []
  for (const [i, bytes] of notes.entries()) {
    const rotation = parseRotationNote(bytes)
    if (!rotation) return `rotation ${i} is not signed by both keys`
    const before = rotations.at(-1)
    if (before && before.to !== rotation.from) return `rotation ${i} does not begin with the key that came before`
    rotations.push(rotation)
  }
  const keys = keysOf(rotations, publicKey)
  if (keys.at(-1) !== publicKey) return 'the last rotation leads to another key'
  return new Set(keys).size === keys.length ? rotations : 'a key comes back'
}

/** Every key of the row, oldest first; `publicKey` alone when there was no rotation. */
export function keysOf(rotations: readonly RotationStatement[], publicKey: string): string[] {
  const [first] = rotations
  return first ? [first.from, ...rotations.map((one) => one.to)] : [publicKey]
}
