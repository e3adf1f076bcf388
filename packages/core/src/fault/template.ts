/**
 * Message templates: the part of a message that the library wrote, without the parts that it put in.
 *
 * In a template `*` stands for anything, which is dropped, and `#` for a number of up to six digits that the library made
 * (a status, a position, a limit), which is kept. What is written down is the template's own text, so nothing of a message can
 * get through but such a number. Matching looks for each literal once, from left to right: linear, whatever the message.
 */

interface Template {
  readonly text: string
  /** The literals, with what stands before each of them: nothing, `*` or `#`. */
  readonly parts: readonly { readonly before: '' | '*' | '#'; readonly literal: string; readonly last: boolean }[]
}

/** Templates by the first character of a message; those that begin with `*` under the empty text. */
export type TemplateTable = ReadonlyMap<string, readonly Template[]>

const headChars = 1_536
const tailChars = 512
const digitsMax = 6

/** Compiles templates, one per line. Of two that match, the first in the list counts. */
export function compileTemplates(...lists: readonly string[]): TemplateTable {
  const table = new Map<string, Template[]>()
  for (const line of lists.join('\n').split('\n')) {
    const text = line.trim()
    if (text === '') continue
    const first = text[0] ?? ''
    const key = first === '*' || first === '#' ? '' : first
    const bucket = table.get(key)
    if (bucket === undefined) table.set(key, [compile(text)])
    else bucket.push(compile(text))
  }
  return table
}

/** The template a message was made from, such as `connect ECONNREFUSED *`; undefined when none is known. */
export function matchTemplate(table: TemplateTable, message: string): string | undefined {
  // The middle of a long message is a variable part, or there is no template for it.
  const text =
    message.length > headChars + tailChars ? message.slice(0, headChars) + message.slice(-tailChars) : message
  return findIn(table.get(text[0] ?? ''), text) ?? findIn(table.get(''), text)
}

function findIn(templates: readonly Template[] | undefined, text: string): string | undefined {
  for (const template of templates ?? []) {
    const numbers = match(template, text)
    if (numbers === undefined) continue
    let at = 0
    return numbers.length === 0 ? template.text : template.text.replaceAll('#', () => numbers[at++] ?? '*')
  }
  return undefined
}

function compile(text: string): Template {
  const pieces = text.split(/([*#])/)
  const parts: { before: '' | '*' | '#'; literal: string; last: boolean }[] = []
  const lastWildcard = text.lastIndexOf('*')
  let at = 0
  for (let i = 0; i < pieces.length; i += 2) {
    const before = i === 0 ? '' : pieces[i - 1] === '*' ? '*' : '#'
    const literal = pieces[i] ?? ''
    // Behind the last wildcard everything is fixed, so its literal is looked for from the end.
    parts.push({ before, literal, last: at - 1 === lastWildcard })
    at += literal.length + 1
  }
  return { text, parts }
}

/** The numbers to keep, in order, when the text was made from the template. */
function match({ parts }: Template, text: string): string[] | undefined {
  const numbers: string[] = []
  let at = 0
  for (const { before, literal, last } of parts) {
    if (before === '*') {
      const found = literal === '' && last ? text.length : last ? text.lastIndexOf(literal) : text.indexOf(literal, at)
      if (found < at) return undefined
      at = found
    } else if (before === '#') {
      const end = endOfDigits(text, at)
      if (end === at || end - at > digitsMax) return undefined
      numbers.push(text.slice(at, end))
      at = end
    }
    if (!text.startsWith(literal, at)) return undefined
    at += literal.length
  }
  return at === text.length ? numbers : undefined
}

function endOfDigits(text: string, from: number): number {
  let end = from
  while (end - from <= digitsMax && isDigit(text.charCodeAt(end))) end++
  return end
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
