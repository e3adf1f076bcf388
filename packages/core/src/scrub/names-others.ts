/**
 * What a name tells that is neither secret nor personal: by its last words its value is a time, an id, a URL, a body.
 */
import * as neutral from './names-neutral.ts'
import { isDigits } from './names-phrases.ts'
import { setOf } from './names-rules.ts'
import type { NameClass } from './scrubber.ts'

const sets = {
  times: setOf(neutral.times),
  ids: setOf(neutral.ids),
  urls: setOf(neutral.urls),
  bodies: setOf(neutral.bodies),
  queries: setOf(neutral.queries),
  headers: setOf(neutral.headerNames),
  cookies: setOf(neutral.cookieNames),
} as const

/** Names that are neither secret nor personal still tell what their values are, by their last words. */
export function otherClass(words: readonly string[], joined: string): NameClass {
  let suffix = ''
  const last = words.at(-1) ?? ''
  for (let i = words.length - 1; i >= 0 && i >= words.length - 3; i--) {
    suffix = (words[i] ?? '') + suffix
    if (sets.headers.has(suffix)) return 'headers'
    if (sets.cookies.has(suffix)) return 'cookies'
    if (sets.bodies.has(suffix)) return 'body'
    if (sets.queries.has(suffix)) return 'query'
    if (sets.times.has(suffix)) return 'time'
    if (sets.urls.has(suffix) && (i === 0 || !pathWords.has(suffix))) return 'url'
    if (sets.ids.has(suffix) && (words.length > 1 || !ambiguousIds.has(joined))) return 'id'
  }
  // `sha256`, `traceId2`: the digits are words of their own.
  if (isDigits(last) && words.length > 1 && sets.ids.has(words.at(-2) ?? '')) return 'id'
  return 'free'
}

/** `filePath` is a file's. */
const pathWords: ReadonlySet<string> = new Set(['path', 'location', 'route', 'action', 'source'])
/** Alone these say nothing: a card has a number too. */
const ambiguousIds: ReadonlySet<string> = new Set(['number', 'no', 'num', 'reference', 'ref', 'order', 'tag'])
