/**
 * Values as programs print them: JSON that was cut, `util.inspect`, dictionaries of other languages. Read leniently into plain
 * data, so that the walk can judge it as it judges any value.
 *
 * One pass, no step back: what is not understood ends the reading, and the place is handed on. Where the text was cut, the last
 * value is not shown, as half a token is still most of it.
 */
import { work } from './linear-work.ts'

/** What was read: the value, where it ends, and whether it must be written anew even if the walk changes nothing. */
export interface Loose {
  readonly value: unknown
  readonly end: number
  /** The text ended first, or a name stood twice. */
  readonly lossy: boolean
}

/** Stands for what the text was cut in. */
const rest = '[withheld rest]'
const depthMax = 48
const membersMax = 4_000

/** The value that begins at `from`; where the reading stopped when it is none. */
export function readLoose(text: string, from: number): Loose | number {
  const reader = new Reader(text, from)
  const value = reader.value(0)
  work.characters += reader.at - from
  return reader.failed ? Math.max(reader.at, from + 1) : { value, end: reader.at, lossy: reader.lossy || reader.cut }
}

const word = /[\w$.+-]{1,80}/y
const bare = /[^\s,;{}[\]"'`()<>=:][^\n,{}[\]"'`=]{0,120}/y
/** `Order {`, `Map(2) {`, `[Object: null prototype] {`, `<ref *1> [`. */
const className =
  /(?:<ref \*\d{1,4}> )?(?:\[(?:Object: null prototype|Map|Set|Array)[^\]\n]{0,60}\] ?|[A-Za-z_$][\w$.]{0,60}(?:\(\d{1,7}\))? (?:\[[\w$ .]{1,40}\] |<[^>\n]{1,60}> )?)?(?=[{[])/y
/** `[Getter]`, `[Function: x]`, `[Circular *1]`, and what an earlier pass left. */
const bracketed = /\[(?!true\b|false\b|null\b|undefined\b|NaN\b)[A-Za-z][^[\]{}"'`\n,]{0,120}\]/y
const bytes = /<(?:Buffer|SharedBuffer)((?: [0-9a-f]{2}){0,64})(?: \.\.\. (\d{1,12}) more bytes?)?(>?)/y
const more = /\.\.\. \d{1,9} more (?:items?|properties|entries|characters?)/y
const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/
const continuation = /\s{0,20}\+\s{0,20}(?=["'`])/y

class Reader {
  at: number
  failed = false
  cut = false
  lossy = false
  readonly #text: string
  #members = 0

  constructor(text: string, from: number) {
    this.#text = text
    this.at = from
  }

  value(depth: number): unknown {
    this.#space()
    const text = this.#text
    const code = text.charCodeAt(this.at)
    if (Number.isNaN(code)) return this.#end()
    if (depth > depthMax || this.#members > membersMax) return this.#fail()
    if (code === 34 || code === 39 || code === 96) return this.#string(code)
    if (code === 60) {
      const found = this.#match(bytes)
      if (found !== null) {
        if (found[3] === '' && this.at < text.length) return this.#fail()
        if (found[3] === '') this.cut = true
        this.lossy = true
        return `[withheld bytes ${(found[1] ?? '').length / 3 + Number(found[2] ?? 0)} B]`
      }
    }
    if (code === 91) {
      const found = this.#match(bracketed)
      if (found !== null && text.charCodeAt(this.at) !== 32) return found[0]
      if (found !== null) {
        // `[Object: null prototype] {`
        if (!/^ [{[]/.test(text.slice(this.at, this.at + 2))) return found[0]
        this.at += 1
      }
    } else if (code !== 123) this.#match(className)
    const open = text.charCodeAt(this.at)
    if (open === 123) return this.#braces(depth)
    if (open === 91) return this.#list(depth)
    return this.#scalar()
  }

  #braces(depth: number): unknown {
    this.at += 1
    const members: Record<string, unknown> = {}
    const items: unknown[] = []
    let named = false
    for (;;) {
      this.#separators()
      const code = this.#text.charCodeAt(this.at)
      if (Number.isNaN(code)) this.#end()
      if (code === 125) this.at += 1
      if (code === 125 || this.cut || this.failed) return named || items.length === 0 ? members : items
      if (this.#match(more) !== null) continue
      this.#members += 1
      const key = this.#key(depth)
      if (this.failed) return undefined
      if (this.cut) continue
      this.#space()
      const mark = this.#text.charCodeAt(this.at)
      if (Number.isNaN(mark)) {
        this.#end()
        continue
      }
      const arrow = mark === 61 && this.#text.charCodeAt(this.at + 1) === 62
      if (mark === 58 || arrow || mark === 61) {
        this.at += arrow ? 2 : 1
        const name = typeof key === 'string' ? key : String(JSON.stringify(key))
        const held = this.value(depth + 1)
        if (this.failed) return undefined
        if (name in members) this.lossy = true
        Object.defineProperty(members, name, { value: held, enumerable: true, configurable: true, writable: true })
        named = true
      } else if (mark === 44 || mark === 125) items.push(key)
      else return this.#fail()
    }
  }

  /** A name, or an item of a Set. */
  #key(depth: number): unknown {
    const code = this.#text.charCodeAt(this.at)
    if (code === 34 || code === 39 || code === 96) return this.#string(code)
    if (code === 91) {
      const found = this.#match(bracketed)
      if (found !== null) return found[0].slice(1, -1)
    }
    if (code === 123 || code === 91) return this.value(depth + 1)
    const found = this.#match(word)
    if (found === null) return this.#fail()
    if (this.at === this.#text.length) this.cut = true
    return found[0]
  }

  #list(depth: number): unknown[] | undefined {
    this.at += 1
    const items: unknown[] = []
    for (;;) {
      this.#separators()
      const code = this.#text.charCodeAt(this.at)
      if (Number.isNaN(code)) this.#end()
      if (code === 93) this.at += 1
      if (code === 93 || this.cut) return withoutRest(items)
      if (this.failed) return undefined
      if (this.#match(more) !== null) continue
      this.#members += 1
      const item = this.value(depth + 1)
      if (this.failed) return undefined
      this.#space()
      const mark = this.#text.charCodeAt(this.at)
      // `[ a: 1 ]`: a list with names, as `inspect` prints matches.
      if (!Number.isNaN(mark) && mark !== 44 && mark !== 93 && this.#text.charCodeAt(this.at - 1) !== 10)
        return this.#fail()
      items.push(item)
    }
  }

  /** What stands between quotes, what `+` joins to it, and what was said to be missing. */
  #string(quote: number): string {
    let out = ''
    for (;;) {
      const start = this.at + 1
      const end = this.#closing(start, quote)
      out += unescaped(this.#text.slice(start, end))
      if (end >= this.#text.length) {
        this.at = this.#text.length
        this.cut = true
        // A body that was cut is opened, and cut again where it ends.
        return /^\s{0,8}[{["<]/.test(out) ? out : rest
      }
      this.at = end + 1
      const open = this.#match(continuation)
      if (open === null) break
      quote = this.#text.charCodeAt(this.at)
    }
    if (this.#match(more) !== null) {
      this.lossy = true
      return rest
    }
    return out
  }

  #closing(start: number, quote: number): number {
    for (let i = start; i < this.#text.length; i++) {
      const code = this.#text.charCodeAt(i)
      if (code === 92) i += 1
      else if (code === quote) return i
    }
    return this.#text.length
  }

  #scalar(): unknown {
    const found = this.#match(bare)
    if (found === null) return this.#fail()
    const read = found[0].trimEnd()
    const whole = this.at >= this.#text.length
    if (whole) return this.#end()
    if (read === 'true' || read === 'True') return true
    if (read === 'false' || read === 'False') return false
    if (read === 'null' || read === 'None' || read === 'undefined') return null
    return number.test(read) ? Number(read) : read
  }

  #space(): void {
    const text = this.#text
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code === 32 || code === 10 || code === 13 || code === 9) this.at += 1
      // What an earlier pass made of a line end.
      else if (code === 92 && text.charCodeAt(this.at + 1) === 110) this.at += 2
      else return
    }
  }

  #separators(): void {
    for (;;) {
      this.#space()
      if (this.#text.charCodeAt(this.at) !== 44) return
      this.at += 1
    }
  }

  #match(shape: RegExp): RegExpExecArray | null {
    shape.lastIndex = this.at
    const found = shape.exec(this.#text)
    if (found !== null) this.at += found[0].length
    return found
  }

  #end(): string {
    this.cut = true
    this.at = this.#text.length
    return rest
  }

  #fail(): undefined {
    this.failed = true
    return undefined
  }
}

/** A list of bytes stays one. */
function withoutRest(items: unknown[]): unknown[] {
  if (items.at(-1) === rest && typeof items[0] === 'number') items.pop()
  return items
}

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\s\S])|$)/g,
    (_match, four?: string, two?: string, one?: string) =>
      one === undefined
        ? four === undefined && two === undefined
          ? ''
          : String.fromCharCode(Number.parseInt(four ?? two ?? '', 16))
        : (letters[one] ?? one),
  )
}
