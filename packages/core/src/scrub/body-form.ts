/**
 * Forms: `a=b&c=d`, with bracket keys, percent and plus. Names decide as everywhere; a value is decoded, scrubbed, and written
 * as it came when nothing was found in it.
 */
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { looksLikeFullName } from './walk-text.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

const pairsMax = 256
/** A form has its spaces encoded. */
const outsideForms = /[\s{}<>]/
const nameOnly = /^[^\s=?{}<>"']{1,256}$/

/** True for two pairs at least and nothing else. */
export function isForm(text: string): boolean {
  if (!text.includes('&') || !text.includes('=') || outsideForms.test(text)) return false
  work.characters += text.length
  let pairs = 0
  for (const part of text.split('&')) {
    const equals = part.indexOf('=')
    if (part !== '' && !nameOnly.test(equals < 0 ? part : part.slice(0, equals))) return false
    if (equals > 0) pairs += 1
  }
  return pairs > 0
}

/** The form with the values of hidden names hidden. */
export function openForm(text: string, opening: Opening, scrub: ScrubText): string {
  work.characters += text.length
  const parts = text.split('&')
  /** `name=password&value=x`. */
  let pending: NameClass | undefined
  const shown = parts.slice(0, pairsMax).map((part) => {
    const equals = part.indexOf('=')
    const rawName = equals < 0 ? part : part.slice(0, equals)
    const raw = equals < 0 ? '' : part.slice(equals + 1)
    const name = decoded(rawName)
    const value = decoded(raw)
    const as =
      pending !== undefined && /^(?:value|val|v|data|before|after|old|new)$/i.test(name)
        ? pending
        : opening.classify(name)
    if (/^(?:name|key|field|id)$/i.test(name)) {
      const named = opening.classify(value)
      pending = named === 'secret' || named === 'personal' ? named : undefined
    }
    const shownName = scrub(name, 'free', opening)
    if (raw === '') return equals < 0 ? shownName : `${shownName === name ? rawName : shownName}=`
    const person = /name$/i.test(name) && looksLikeFullName(value)
    const shownValue = scrub(value, person ? 'personal' : as, opening)
    return `${shownName === name ? rawName : shownName}=${shownValue === value ? raw : shownValue}`
  })
  return shown.join('&') + (parts.length > pairsMax ? '&…' : '')
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
