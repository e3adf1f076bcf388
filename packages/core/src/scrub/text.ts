/**
 * Text that may be written down: the second net, behind the names of members.
 */
import type { NameClass, Opening } from './scrubber.ts'

/** Text emitted at most: what is longer is cut. */
const textCharsMax = 8_192

/** One text as it may be written down; `as` says what its name told. Never throws. */
export function scrubText(text: string, as: NameClass, opening: Opening): string {
  if (as === 'secret' || as === 'personal') {
    opening.removed(as)
    return `[${as}]`
  }
  return text.length > textCharsMax ? text.slice(0, textCharsMax) : text
}
