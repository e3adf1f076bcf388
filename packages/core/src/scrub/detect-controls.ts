/**
 * One safe line: what ends a line, moves the cursor, colours a terminal or reorders text is written as an escape; what is
 * invisible is left out, so that it cannot split a token in two.
 */
import { isUnprintable } from './detect-features.ts'
import { work } from './linear-work.ts'

/** Without what is invisible: zero-width and bidirectional marks, soft hyphens, terminal sequences. Line ends stay. */
export function withoutInvisible(text: string): string {
  work.characters += text.length
  return text.replace(terminalSequence, '').replace(invisible, '')
}

/** CSI and OSC sequences, bounded; an unfinished one loses only its first character. */
const terminalSequence = /[\u001b\u009b]\[?[0-9;:?]{0,32}[@-~]|\u001b/g
/** What Unicode itself calls ignorable, and what only annotates. */
const invisible = /[\0\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu

/** The text as one line without any control: `\n` for a line end, `\u0007` for a bell. Only for what needs it. */
export function asOneLine(text: string): string {
  work.characters += text.length
  let line = ''
  let kept = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!isUnprintable(code) && !isLone(text, i, code)) continue
    line += text.slice(kept, i) + escapeOf(code)
    kept = i + 1
  }
  return kept === 0 ? text : line + text.slice(kept)
}

/** Half a character: writers replace it differently. */
function isLone(text: string, i: number, code: number): boolean {
  if (code < 0xd800 || code > 0xdfff) return false
  if (code < 0xdc00) {
    const next = text.charCodeAt(i + 1)
    return !(next >= 0xdc00 && next <= 0xdfff)
  }
  const before = text.charCodeAt(i - 1)
  return !(before >= 0xd800 && before <= 0xdbff)
}

function escapeOf(code: number): string {
  if (code === 10) return '\\n'
  if (code === 13) return '\\r'
  if (code === 9) return '\\t'
  return `\\u${code.toString(16).padStart(4, '0')}`
}
