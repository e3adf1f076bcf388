/**
 * XML, SOAP and HTML: elements and attributes keep their names, and what they hold is judged by those names, from the
 * outermost inwards. One pass; a document that was cut is cut there. Comments, instructions and declarations go.
 */
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { looksLikeFullName } from './walk-text.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

const depthMax = 64
const tagsMax = 8_000

/** True for a text that begins as a document does. */
export function isMarkup(text: string): boolean {
  // `<Buffer 68 75>` is what Node prints for bytes.
  return (
    !text.startsWith('<Buffer') &&
    /^\s{0,64}<(?:\?xml|!DOCTYPE|!--|[A-Za-z][\w:.-]{0,127}(?:\s|\/?>))/i.test(text) &&
    text.includes('>')
  )
}

/** Elements within a sentence: from the first tag that has an end tag to the last. */
export function openMarkupWithin(text: string, opening: Opening, scrub: ScrubText): string {
  if (!text.includes('</') || !text.includes('>')) return text
  work.characters += text.length
  const first = anyTag.exec(text)
  const last = text.lastIndexOf('>')
  if (first === null || last < first.index) return text
  const { index } = first
  return text.slice(0, index) + openMarkup(text.slice(index, last + 1), opening, scrub) + text.slice(last + 1)
}

const anyTag = /<[A-Za-z][\w:.-]{0,127}(?:\s[^<>]{0,512})?>/

/** The document with hidden elements and attributes hidden and every other text scrubbed. */
export function openMarkup(text: string, opening: Opening, scrub: ScrubText): string {
  work.characters += text.length
  const open: NameClass[] = []
  /** `<key>password</key><string>x</string>`: what the last element said of the next. */
  let told: NameClass = 'free'
  let element = ''
  let out = ''
  let at = 0
  for (let tags = 0; at < text.length; tags++) {
    if (tags === tagsMax) return `${out}…`
    const tag = text.indexOf('<', at)
    const content = text.slice(at, tag < 0 ? text.length : tag)
    if (content.trim() !== '') {
      out += written(content, element, open.at(-1) ?? 'free', opening, scrub)
      if (/^(?:key|name|n)$/i.test(element)) told = opening.classify(content.trim())
    }
    if (tag < 0) break
    if (text.startsWith('<![CDATA[', tag)) {
      const end = text.indexOf(']]>', tag)
      const held = text.slice(tag + 9, end < 0 ? text.length : end)
      out += written(held, element, open.at(-1) ?? 'free', opening, scrub)
      at = end < 0 ? text.length : end + 3
      continue
    }
    if (text.startsWith('<!--', tag)) {
      const end = text.indexOf('-->', tag)
      at = end < 0 ? text.length : end + 3
      continue
    }
    const end = tagEnd(text, tag)
    const whole = text.slice(tag, end)
    at = end
    if (/^<[?!]/.test(whole)) continue
    if (whole.startsWith('</')) {
      open.pop()
      out += /^<\/[\w:.-]{1,128}\s{0,16}>$/.test(whole) ? whole : '</…>'
      continue
    }
    const { shown, as, empty, name } = shownTag(whole, open.at(-1) ?? 'free', opening, scrub)
    element = name.slice(name.indexOf(':') + 1)
    out += shown
    if (!empty && open.length < depthMax) open.push(isHidden(told) && !isHidden(as) ? told : as)
    told = 'free'
  }
  return out
}

function written(text: string, element: string, as: NameClass, opening: Opening, scrub: ScrubText): string {
  const kept = text.trim()
  if (kept !== '' && !isHidden(as) && nameLike.test(element) && looksLikeFullName(kept)) {
    opening.removed('full-name')
    return '[personal]'
  }
  return kept === '' ? '' : scrub(unescaped(kept), as, opening).replaceAll('<', '&lt;')
}

const nameLike = /(?:name|^nm|^fn|^cn|owner|author|customer|patient|display)$/i

function tagEnd(text: string, from: number): number {
  let quote = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (quote !== 0) quote = code === quote ? 0 : quote
    else if (code === 34 || code === 39) quote = code
    else if (code === 62) return i + 1
  }
  return text.length
}

const attribute = /([\w:.@-]{1,128})\s{0,16}=\s{0,16}(?:"([^"]*)"?|'([^']*)'?|([^\s"'>]{1,4096}))/g
const voidElement = /^(?:br|hr|img|input|link|meta|area|base|col|embed|source|track|wbr)$/i

function shownTag(
  tag: string,
  outer: NameClass,
  opening: Opening,
  scrub: ScrubText,
): { shown: string; as: NameClass; empty: boolean; name: string } {
  const name = /^<([\w:.-]{1,128})/.exec(tag)?.[1] ?? ''
  const own = name === '' ? 'free' : opening.classify(name.slice(name.indexOf(':') + 1))
  let as: NameClass = isHidden(outer) ? outer : own
  const attributes: { name: string; value: string }[] = []
  for (const match of tag.slice(name.length + 1).matchAll(attribute))
    attributes.push({ name: match[1] ?? '', value: match[2] ?? match[3] ?? match[4] ?? '' })
  // `<input name="password" value="x">`, `<entry key="token">x</entry>`.
  for (const { name: key, value } of attributes) {
    if (!/^(?:name|key|field|id|type|for|property|itemprop|n)$/i.test(key) || isHidden(as)) continue
    const named = opening.classify(value)
    if (isHidden(named)) as = named
  }
  const shown = attributes.slice(0, 64).map(({ name: key, value }) => {
    if (/^xmlns(?::|$)/.test(key)) return ''
    const keyed = opening.classify(key.slice(key.indexOf(':') + 1))
    const naming = /^(?:name|key|field|type|for|property|itemprop)$/i.test(key) && /^[\w.[\]:-]{1,64}$/.test(value)
    const attributeAs = naming && !isHidden(keyed) ? 'free' : isHidden(as) ? as : keyed
    return ` ${key}="${scrub(unescaped(value), attributeAs, opening).replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`
  })
  const closed = tag.endsWith('/>')
  return { shown: `<${name}${shown.join('')}${closed ? '/>' : '>'}`, as, empty: closed || voidElement.test(name), name }
}

const isHidden = (as: NameClass) => as === 'secret' || as === 'personal'

function unescaped(text: string): string {
  return text.includes('&')
    ? text
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&apos;', "'")
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&')
    : text
}
