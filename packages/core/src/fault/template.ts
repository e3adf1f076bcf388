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

/** Behind these words stands a name of the schema, and no value. */
const schemaWord = /(?:constraint|relation|table|column|index|foreign key constraint on table) $/
const schemaName = /^["'`]?[A-Za-z][\w.]{0,62}["'`]?$/
/** Where this machine listens, and names of members that a program reads. */
const harmless = /^(?:(?:127\.0\.0\.1|0\.0\.0\.0|::1?|localhost)(?::\d{1,5})?|'[A-Za-z]{1,40}')$/

/**
 * A message with its variable parts replaced by `[input]`, but for names of the schema: for texts, where a person reads the
 * rest. Only templates that begin with words of their own count. Undefined when none matches.
 */
export function withoutInput(table: TemplateTable, message: string): string | undefined {
  for (const { parts } of table.get(message[0] ?? '') ?? []) {
    const first = parts[0]
    if (first === undefined || first.literal.length < 5 || !message.startsWith(first.literal)) continue
    let shown = ''
    let at = 0
    for (const { before, literal, last } of parts) {
      if (before !== '') {
        const end =
          before === '#'
            ? endOfDigits(message, at)
            : literal === '' && last
              ? message.length
              : last
                ? message.lastIndexOf(literal)
                : message.indexOf(literal, at)
        if (end < at || (before === '#' && (end === at || end - at > digitsMax))) {
          at = -1
          break
        }
        const held = message.slice(at, end)
        shown += before === '#' || isShown(held, shown) ? held : '[input]'
        at = end
      }
      if (!message.startsWith(literal, at)) {
        at = -1
        break
      }
      shown += literal
      at += literal.length
    }
    if (at === message.length) return shown
  }
  return undefined
}

/** What an earlier look left. */
const hiddenInput = /^\[input\](?: is not valid JSON| in JSON[\w ()]{0,60})?$/

const isShown = (held: string, before: string) =>
  held === '' ||
  held === '*' ||
  hiddenInput.test(held) ||
  harmless.test(held) ||
  (schemaWord.test(before) && schemaName.test(held))
