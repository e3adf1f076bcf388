/**
 * Query languages: SQL and GraphQL keep their words and names, every literal becomes `?`. Comments go, as they are free text.
 */
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** Where a statement of SQL begins; enough of its grammar that no sentence does. */
export const statement =
  /(?<![\w$])(?:SELECT\s(?=[^;]{1,4000}\sFROM\s|[\w.]{1,64}\()|INSERT\s{1,9}(?:IGNORE\s{1,9})?INTO\s|UPDATE\s(?=[^;]{1,2000}\sSET\s)|DELETE\s{1,9}FROM\s|REPLACE\s{1,9}INTO\s|MERGE\s{1,9}INTO\s|WITH\s(?=[\w"]{1,64}\s{1,9}AS\s{1,9}\()|(?:ALTER|CREATE|DROP)\s{1,9}(?:USER|ROLE|LOGIN)\s|SET\s{1,9}PASSWORD|GRANT\s(?=[^;]{1,200}\sTO\s)|CALL\s{1,9}[\w.]{1,64}\(|EXEC(?:UTE)?\s{1,9}[\w.]{1,64}\s|COPY\s(?=[^;]{1,2000}\sFROM\s)|IDENTIFIED\s{1,9}BY\s)/i

/** The text with the literals of its first statement, and of what follows, replaced by `?`. */
export function hideLiterals(text: string, opening: Opening): string {
  work.characters += text.length
  const found = statement.exec(text)
  if (found === null) return text
  const before = text.slice(0, found.index)
  // `Failed query: "select …"`: the quote around a statement is none of its literals.
  return before + withoutLiterals(text.slice(found.index), opening)
}

function withoutLiterals(text: string, opening: Opening): string {
  let out = ''
  let hidden = false
  /** For each open bracket, whether it holds values: behind VALUES or IN, not behind the name of a table. */
  const lists: boolean[] = []
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i)
    if (code === 39 || code === 34) {
      const escaped = text.charCodeAt(i - 1) === 92
      const end = literalEnd(text, i, code)
      const inner = text.slice(i + 1, end)
      if (code === 34 && isName(text, text.slice(Math.max(0, i - 24), i), inner, end) && lists.at(-1) !== true) {
        out += text.slice(i, Math.min(end + 1, text.length))
      } else if (inner === '?') out += text.slice(i, end + 1)
      else {
        out = escaped ? out.slice(0, -1) : out
        out += '?'
        hidden = true
      }
      i = end + 1
    } else if (code === 36 && /^\$(?:[A-Za-z_]\w{0,62})?\$/.test(text.slice(i, i + 66))) {
      const tag = /^\$\w{0,63}\$/.exec(text.slice(i, i + 66))?.[0] ?? '$$'
      const end = text.indexOf(tag, i + tag.length)
      out += '?'
      hidden = true
      i = end < 0 ? text.length : end + tag.length
    } else if (text.startsWith('--', i)) {
      const end = text.indexOf('\n', i)
      hidden = true
      i = end < 0 ? text.length : end
    } else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2)
      hidden = true
      i = end < 0 ? text.length : end + 2
    } else if (code >= 48 && code <= 57 && !/[\w$:@."]/.test(text.charAt(i - 1))) {
      let end = i
      while (end < text.length && /[\w.]/.test(text.charAt(end))) end += 1
      out += '?'
      hidden = true
      i = end
    } else {
      if (code === 40)
        lists.push(lists.length < 64 && /(?:\b(?:values|in)|\),)\s{0,9}$/i.test(text.slice(Math.max(0, i - 16), i)))
      else if (code === 41) lists.pop()
      out += text.charAt(i)
      i += 1
    }
  }
  work.characters += text.length
  if (hidden) opening.removed('sql')
  return out
}

/** `''` and `\'` are characters of a literal. */
function literalEnd(text: string, open: number, quote: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) i += 1
    else if (code === quote) {
      if (text.charCodeAt(i + 1) !== quote) return i
      i += 1
    }
  }
  return text.length
}

/** `"users"."email"`: a name in quotes, unless it stands where a value does (MySQL writes texts so). */
function isName(text: string, before: string, inner: string, end: number): boolean {
  if (!/^[A-Za-z_][\w$]{0,62}$/.test(inner)) return false
  if (text.charAt(end + 1) === '.' || before.endsWith('.')) return true
  return !/[=<>]\s{0,9}$|\b(?:like|ilike|values|by|password|regexp|between)\s{0,9}\(?\s{0,9}$/i.test(before)
}

/** True for a document of GraphQL. */
export function isGraphql(text: string): boolean {
  return (
    /^\s{0,64}(?:(?:query|mutation|subscription)\b[\s\w]{0,80}(?:\([^{]{0,4000}\))?\s{0,16}(?:@\w{1,40}\s{0,16})?\{|fragment\s{1,9}\w{1,80}\s{1,9}on\s|\{\s{0,64}[A-Za-z_]\w{0,80}(?!\w)\s{0,16}(?:\(|\{|[A-Za-z_}\s]))/.test(
      text,
    ) && !/^\s{0,64}\{\s{0,64}[\w$]{1,80}\s{0,9}:\s/.test(text)
  )
}

/** The document with its literals replaced by `?`; names of operations, fields and arguments stay. */
export function hideGraphqlLiterals(text: string, opening: Opening): string {
  work.characters += text.length * 3
  opening.removed('graphql')
  return text
    .replace(/#[^\n]{0,65536}/g, '')
    .replace(/"""(?:(?!""")[\s\S]){0,65536}(?:"""|$)|"(?:[^"\\\n]|\\[^\n])*(?:"|$)|"[^\n]*/g, '?')
    .replace(/(?<![\w$])-?\d[\w.]{0,64}/g, '?')
    .replace(/(:\s{0,9})[A-Z][A-Za-z_]*(?=\s{0,9}[,)])/g, '$1?')
}
