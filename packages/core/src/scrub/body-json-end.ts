/** Where a piece of JSON within a text ends. */
import { work } from './linear-work.ts'

/** Behind the bracket that closes the one at `from`; strings are skipped. Undefined when the text ends first. */
export function closingJson(text: string, from: number): number | undefined {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) {
      i = stringEnd(text, i)
      if (i < 0) break
    } else if (code === 123 || code === 91) depth += 1
    else if (code === 125 || code === 93) {
      depth -= 1
      if (depth === 0) {
        work.characters += i - from
        return i + 1
      }
    }
  }
  work.characters += text.length - from
  return undefined
}

function stringEnd(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) i += 1
    else if (code === 34) return i
  }
  return -1
}
