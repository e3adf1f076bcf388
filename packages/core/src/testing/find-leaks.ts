/**
 * Whether a text holds a value that was planted, in whatever spelling: what `expectNoLeak()` looks with.
 */
import { AuditError } from '../errors.ts'
import { decodedForms, type Spelling, spellingsOf } from './spellings.ts'

/** One find. The excerpt shows the place, never the value. */
export interface Leak {
  /** Of the value, as it was given. */
  readonly name: string
  /** Such as `as it is`, `as it is, percent-encoded`, `in base64`. */
  readonly spelling: string
  /** What stands around it, with `‹name›` in its place; one line. */
  readonly excerpt: string
}

/** Shorter values are found by chance. */
const valueCharsMin = 4
const excerptCharsMax = 60

interface Wanted {
  readonly name: string
  readonly spellings: readonly Spelling[]
}

/** Looks for values in texts. */
export interface LeakFinder {
  /** Every value that is in `text`: one find for each, with the first spelling it was found in. */
  find(text: string): Leak[]
}

/**
 * A finder for values by name, for many texts. Throws `AUDIT_OPTION_INVALID` for a value under 4 characters, which would be
 * found by chance.
 *
 *     const finder = leakFinder({ password: 'correct horse' })
 *     finder.find('{"p":"Y29ycmVjdCBob3JzZQ=="}')   // [{ name: 'password', spelling: 'in base64', … }]
 */
export function leakFinder(planted: Readonly<Record<string, string>>): LeakFinder {
  const wanted: Wanted[] = Object.entries(planted).map(([name, value]) => {
    if (typeof value !== 'string' || value.length < valueCharsMin)
      throw new AuditError(
        'AUDIT_OPTION_INVALID',
        `planted.${name}: must be a text of at least ${valueCharsMin} characters`,
      )
    return { name, spellings: spellingsOf(value).map((one) => (one.search === 'exact' ? one : folded(one))) }
  })
  return {
    find(text) {
      const views = viewsOf(text)
      return wanted.flatMap(({ name, spellings }) => {
        for (const view of views) {
          const spelling = spellings.find((one) => one.search === view.search && view.text.includes(one.text))
          if (spelling === undefined) continue
          const how = view.coded === undefined ? spelling.name : `${spelling.name}, ${view.coded}`
          return [{ name, spelling: how, excerpt: excerptOf(name, hidden(view.text, wanted)) }]
        }
        return []
      })
    },
  }
}

/** The values that are in one text, in any spelling: see `leakFinder`. */
export function findLeaks(text: string, planted: Readonly<Record<string, string>>): Leak[] {
  return leakFinder(planted).find(text)
}

interface View {
  readonly search: Spelling['search']
  readonly text: string
  /** How the text was decoded. */
  readonly coded?: string
}

function viewsOf(text: string): View[] {
  return [
    { search: 'folded', text: fold(text) },
    { search: 'exact', text },
    { search: 'bytes', text: numbersOf(text) },
    ...decodedForms(text).flatMap(({ name, text }): View[] => [
      { search: 'folded', text: fold(text), coded: name },
      { search: 'exact', text, coded: name },
    ]),
  ]
}

function folded(spelling: Spelling): Spelling {
  return { ...spelling, text: fold(spelling.text) }
}

/** The small form of a Σ depends on what stands around it, which a search must not. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ')
}

/** `[ 97, 98 ]`, `<Buffer 61 62>` and `{ '0': 97, '1': 98 }` as numbers with commas only. */
function numbersOf(text: string): string {
  return fold(text)
    .replace(/\s/g, '')
    .replace(/["']?\d{1,9}["']?:/g, '')
}

/** Every planted value out of a text: an excerpt must not show the one beside it. */
function hidden(view: string, wanted: readonly Wanted[]): string {
  let text = view
  for (const { name, spellings } of wanted) {
    for (const spelling of spellings) {
      text = text.replaceAll(spelling.text, `‹${name}›`).replaceAll(fold(spelling.text), `‹${name}›`)
    }
  }
  return text
}

function excerptOf(name: string, text: string): string {
  const mark = `‹${name}›`
  const at = Math.max(0, text.indexOf(mark))
  const excerpt = text.slice(Math.max(0, at - excerptCharsMax), at + mark.length + excerptCharsMax)
  return excerpt.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
}
