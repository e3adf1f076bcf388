/**
 * Messages of engines, drivers and validators that repeat what they were given: the sentence stays, the input goes.
 */
import { lineEnd } from './detect-value.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** The sentence up to the input, then the input. Quotes are found by hand: an input may hold any character. */
const sentences: readonly {
  readonly lead: RegExp
  readonly until: 'quote' | 'bracket' | 'line' | 'json' | 'word' | 'square'
}[] = [
  {
    lead: /Unexpected (?:token|identifier|string|number|non-whitespace character)(?: in JSON)?[ ,:]{1,2}(?=['"`\u2026.]|. in JSON|[^ ]{1,64} in JSON)/g,
    until: 'json',
  },
  { lead: /Unexpected token .{1,2}, (?=\.{0,3}")/g, until: 'json' },
  {
    lead: /(?:Bad control character|Bad escaped character|Expected [^\n"]{1,60}|Unterminated string|No number after minus sign|Exponent part is missing a number|Unexpected end) in JSON[^\n"]{0,60}(?=")/g,
    until: 'json',
  },
  { lead: /Key \([^)\n]{1,128}\)=\(/g, until: 'bracket' },
  { lead: /Failing row contains \(/g, until: 'bracket' },
  { lead: /Duplicate entry (?=')/g, until: 'quote' },
  {
    lead: /(?:Incorrect [a-z]{1,16} value:|Data too long for column|Truncated incorrect [A-Za-z]{1,16} value:|Incorrect string value:) (?=')/g,
    until: 'quote',
  },
  { lead: /\$\d{1,3} = (?=['"])/g, until: 'quote' },
  { lead: /rejected value \[(?!input\])/g, until: 'square' },
  { lead: /dup key: (?=\{)/g, until: 'line' },
  {
    lead: /(?:invalid input syntax for [a-z ]{1,40}|invalid input value for enum \w{1,64}|malformed array literal|value too long[^:\n]{0,60}|date\/time field value out of range|invalid byte sequence[^:\n]{0,60}): (?=")/g,
    until: 'quote',
  },
  {
    lead: /(?:for value|with value|but received|but got|Received type \w{1,16}|[Rr]eceived(?: value)?|got|actual|provided value|invalid value|unexpected value|found) (?=["'`(])/g,
    until: 'quote',
  },
  {
    lead: /(?:Invalid regular expression: |Invalid array length: |Cannot convert )(?!undefined|null|object|a )/g,
    until: 'line',
  },
  { lead: /(?:Invalid URL: |invalid url |Failed to parse URL from )(?!\[)/gi, until: 'word' },
  {
    lead: /(?:getaddrinfo|queryA|queryAaaa|querySrv) (?:ENOTFOUND|EAI_AGAIN|ESERVFAIL|ETIMEOUT|ENODATA) (?!\[|localhost)/g,
    until: 'word',
  },
  { lead: /(?:near|at or near) (?=["'])/g, until: 'quote' },
]

const some =
  /Unexpected|JSON|rejected|\$\d|Key \(|Failing row|Duplicate entry|value|dup key|invalid|Invalid|eceived|got |actual|found |Cannot convert|parse URL|getaddrinfo|query[AS]|near |syntax|array literal/

/** The text with the input that such sentences quote replaced by `[input]`. */
export function hideQuotedInput(text: string, opening: Opening): string {
  work.characters += text.length
  if (!some.test(text)) return withoutNotJson(text, opening)
  let hidden = text
  for (const { lead, until } of sentences) {
    work.characters += hidden.length
    hidden = cut(hidden, lead, until, opening)
  }
  return withoutNotJson(hidden, opening)
}

function cut(text: string, lead: RegExp, until: string, opening: Opening): string {
  lead.lastIndex = 0
  let out = ''
  let done = 0
  for (let match = lead.exec(text); match !== null; match = lead.exec(text)) {
    const from = match.index + match[0].length
    const end = endOf(text, from, until)
    lead.lastIndex = Math.max(end, from)
    if (end <= from || text.startsWith('[', from)) continue
    out += `${text.slice(done, from)}[input]`
    opening.removed('input')
    done = end
  }
  return done === 0 ? text : out + text.slice(done)
}

function endOf(text: string, from: number, until: string): number {
  const line = lineEnd(text, from)
  if (until === 'line') return line
  if (until === 'word') {
    let end = from
    while (end < line && !/[\s,;"']/.test(text.charAt(end))) end += 1
    return end
  }
  if (until === 'square') {
    const close = text.indexOf(']', from)
    return close < 0 ? line : close
  }
  if (until === 'json') return jsonEnd(text, from, line)
  if (until === 'bracket') {
    const known = text.indexOf(') already exists', from)
    const absent = text.indexOf(') is not present', from)
    const close = known >= 0 ? known : absent >= 0 ? absent : text.lastIndexOf(')', line)
    return close < from ? line : close
  }
  const open = text.charAt(from)
  const close = text.indexOf(open === '(' ? ')' : open, from + 1)
  return close < 0 ? text.length : close + 1
}

/** `… in JSON at position 3`, `… is not valid JSON`: both stay, what is before goes. */
function jsonEnd(text: string, from: number, line: number): number {
  const rest = text.slice(from, line)
  const marks = [' is not valid JSON', ' in JSON at', ' in JSON', ' (line ']
    .map((mark) => rest.lastIndexOf(mark))
    .filter((at) => at >= 0)
  return marks.length > 0 ? from + Math.min(...marks) : line
}

/** `"…" is not valid JSON`. */
function withoutNotJson(text: string, opening: Opening): string {
  const mark = text.lastIndexOf('" is not valid JSON')
  if (mark < 0) return text
  const open = text.indexOf('"')
  opening.removed('input')
  return `${text.slice(0, open)}[input]${text.slice(mark + 1)}`
}
