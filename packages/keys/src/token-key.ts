/** One token key as the line of text in its file, and back: see `key-line.ts`. */
import { generateKeyLine, keyLineBytes, parseKeyLine } from './key-line.ts'
import type { TokenKey } from './ports.ts'

const format = 'trailmark-token-key-1'

/** Every key file has exactly this size. */
export const tokenKeyBytes = keyLineBytes(format)

/** A new key as it stands in its file. */
export function generateTokenKey(createdMs: number): Buffer {
  return generateKeyLine(format, createdMs)
}

/** The key in a file's content, or undefined when the content is damaged. */
export function parseTokenKey(content: Buffer): TokenKey | undefined {
  return parseKeyLine(format, content)
}
