/**
 * Strings that hold a body: which kind it is, and that kind's rule. Tried from the kind that is easiest to tell to the one that
 * is hardest; a string that is none of them is a text.
 */
import { isForm, openForm } from './body-form.ts'
import { cookieNames, isHttp, openHeaders, openHttp } from './body-http.ts'
import { bodyCharsMax, openJson } from './body-json.ts'
import { isMarkup, openMarkup } from './body-markup.ts'
import { openPairs } from './body-pairs.ts'
import { isGraphql } from './body-query.ts'
import { withheld } from './detect-context.ts'
import { hideByteLists } from './embedded-runs.ts'
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { shownQuery } from './url.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

/** How many strings within strings are opened. */
export const depthMax = 4

/** The string scrubbed as the body it holds; undefined when it holds none. */
export function openBody(text: string, as: NameClass, opening: Opening, scrub: ScrubText): string | undefined {
  if (text.length < 2) return undefined
  const within = deeper(opening)
  if (as === 'cookies') return cookieNames(text)
  if (as === 'headers') return openHeaders(text, within, scrub) ?? withheld('headers', text)
  if (as === 'query') return text.includes('=') ? shownQuery(text.replace(/^\?/, ''), opening).slice(1) : undefined
  const kind = kindOf(text)
  if (kind === undefined) return opening.depth < depthMax ? openPairs(text, opening, scrub) : undefined
  if (opening.depth >= depthMax || text.length > bodyCharsMax) {
    opening.removed('too-deep')
    return withheld(kind, text)
  }
  switch (kind) {
    case 'json':
      return listsHidden(openJson(text, opening), opening)
    case 'http':
      return openHttp(text, within, scrub)
    case 'multipart':
    case 'csv':
      opening.removed(kind)
      return withheld(kind, text)
    case 'xml':
      return openMarkup(text, within, scrub)
    case 'form':
      return openForm(text, within, scrub)
    case 'headers':
      return openHeaders(text, within, scrub)
  }
}

/** A value keeps its numbers; a list of them may spell a text. */
function listsHidden(json: string | undefined, opening: Opening): string | undefined {
  return json === undefined ? undefined : hideByteLists(json, opening, true)
}

type Kind = 'json' | 'http' | 'multipart' | 'csv' | 'xml' | 'form' | 'headers'

function kindOf(text: string): Kind | undefined {
  work.characters += text.length
  const first = text.charCodeAt(0) <= 32 ? text.trimStart().charCodeAt(0) : text.charCodeAt(0)
  if (first === 123 && isGraphql(text)) return undefined
  if (first === 123 || first === 91 || first === 34) return 'json'
  if (first === 60) return isMarkup(text) ? 'xml' : undefined
  if (first === 45 && /^--[\w'()+,./:=?-]{1,70}(?:\r?\n|(?:\\r)?\\n)content-/i.test(text)) return 'multipart'
  if (isHttp(text)) return 'http'
  return isForm(text) ? 'form' : undefined
}

/** The same opening, one string further in. */
export function deeper(opening: Opening): Opening {
  return {
    depth: opening.depth + 1,
    classify: (name) => opening.classify(name),
    value: (parsed, name) => opening.value(parsed, name),
    hosts: opening.hosts,
    queryNames: opening.queryNames,
    removed: (rule) => opening.removed(rule),
  }
}

/** The first of the kinds that only a name can tell: a table whose first line has a hidden name in it. */
export function isTable(text: string, opening: Opening): boolean {
  const [head = '', ...rows] = text.slice(0, 8_192).split(/\r?\n/, 8)
  if (rows.length === 0 || head.length > 2_000) return false
  for (const mark of [',', ';', '\t', '|']) {
    const names = head.split(mark)
    if (names.length < 2 || !names.every((name) => /^\s{0,40}"?[\p{L}_][\p{L}\p{N}_ .-]{0,63}"?\s{0,40}$/u.test(name)))
      continue
    if (!rows.some((row) => row.split(mark).length >= names.length)) continue
    return names.some((name) => {
      const as = opening.classify(name.trim().replaceAll('"', ''))
      return as === 'secret' || as === 'personal'
    })
  }
  return false
}
