/**
 * The words and names of SQL text, one after the other; what may hold somebody's data (literals, numbers) and comments are
 * stepped over and never become a value.
 *
 * The dialects differ in what a quote means and where a comment ends, and a reader that is wrong about one of them takes data
 * for statements. Every character is looked at once.
 */

import { decodeName } from './escaped-name.ts'

export type Dialect = 'postgres' | 'mysql' | 'sqlite' | 'mssql'

/** `end`: nothing follows. `word`: unquoted, as keywords are. `name`: quoted, never a keyword. `sign`: one character. */
export type TokenKind = 'end' | 'word' | 'name' | 'parameter' | 'sign'

const namesMax = 256
const tagMax = 64

const SINGLE = 39
const DOUBLE = 34
const BACKTICK = 96
const BACKSLASH = 92
const BRACE = 123
const DOLLAR = 36
const NEWLINE = 10
/** At the beginning of a file that was read as text; SQLite takes it for a blank. */
const MARK = 0xfeff

export class Tokens {
  kind: TokenKind = 'end'
  /** Of a word or a name: its text, quotes removed. Empty for a name too long to be one. */
  text = ''
  /** Of a sign: its character code. */
  sign = 0
  /** A literal was stepped over: the text holds data. */
  literals = false
  /** A literal, a number or a `?` stands between this token and the one before. */
  afterValue = false
  readonly dialect: Dialect
  readonly #sql: string
  readonly #end: number
  readonly #cut: boolean
  #at = 0
  #named = false

  /** Reads the first `length` characters of `sql`. */
  constructor(sql: string, length: number, dialect: Dialect) {
    this.#sql = sql
    this.#end = Math.min(length, sql.length)
    this.dialect = dialect
    this.#cut = this.#end < sql.length
  }

  /**
   * Steps to the next token; false at the end. `named`: where a name must stand, SQLite takes what is quoted as a literal for
   * one.
   */
  next(named = false): boolean {
    this.afterValue = false
    this.#named = named && this.dialect === 'sqlite'
    while (this.#at < this.#end) {
      if (this.#step()) {
        // A word that the bound cuts in two is another word.
        if (this.#cut && this.#at >= this.#end) break
        return true
      }
    }
    this.kind = 'end'
    return false
  }

  /** Whether the next thing is a dot, blanks and comments aside; steps over it. */
  takeDot(): boolean {
    while (this.#at < this.#end) {
      const code = this.#code(this.#at)
      if (code === 46) {
        this.#at++
        return true
      }
      if (!isBlank(code) && !this.#skipComment(code)) return false
      if (isBlank(code)) this.#at++
    }
    return false
  }

  #code(at: number): number {
    return at < this.#end ? this.#sql.charCodeAt(at) : -1
  }

  /** One thing; true when it is a token. */
  #step(): boolean {
    const code = this.#code(this.#at)
    if (isBlank(code) || code === MARK) {
      this.#at++
      return false
    }
    if (isWordStart(code)) return this.#word()
    if (isDigit(code) || (code === 46 && isDigit(this.#code(this.#at + 1)))) return this.#number()
    if (this.#skipComment(code)) return false
    switch (code) {
      case SINGLE:
        if (this.#named) return this.#quotedName(SINGLE, false)
        this.#skipQuoted(SINGLE, this.dialect === 'mysql')
        return this.#value()
      case DOUBLE:
        return this.#quotedName(DOUBLE, this.dialect === 'mysql')
      case BACKTICK:
        return this.#quotedName(BACKTICK, false)
      case 91: // [
        return this.dialect === 'sqlite' || this.dialect === 'mssql' ? this.#quotedName(93, false) : this.#single(code)
      case DOLLAR:
        return this.#dollar()
      case 58: // :
        return this.#colon()
      case 64: // @
        while (this.#code(this.#at) === 64) this.#at++
        return this.#parameter()
      case BACKSLASH:
        return this.#null(code)
      case BRACE:
        return this.#odbc(code)
      case 63: // ?
        this.#at++
        return this.#value()
      default:
        return this.#single(code)
    }
  }

  #value(): false {
    this.afterValue = true
    return false
  }

  #single(code: number): true {
    this.#at++
    return this.#signToken(code)
  }

  /** `\N` of MySQL is NULL, and a word may begin right behind it. */
  #null(code: number): boolean {
    if (this.dialect !== 'mysql' || this.#code(this.#at + 1) !== 78) return this.#single(code)
    this.#at += 2
    return this.#value()
  }

  /** `{oj patients LEFT JOIN …}` of MySQL: the word is no part of the statement. */
  #odbc(code: number): boolean {
    if (this.dialect !== 'mysql') return this.#single(code)
    this.#at++
    while (isBlank(this.#code(this.#at))) this.#at++
    this.#skipWord()
    return false
  }

  #signToken(code: number): true {
    this.kind = 'sign'
    this.sign = code
    return true
  }

  #word(): boolean {
    const start = this.#at
    this.#skipWord()
    const length = this.#at - start
    const next = this.#code(this.#at)
    const first = this.#code(start) | 32
    // A letter, or a character set of MySQL, right before a quote belongs to the literal.
    if (next === SINGLE && (length === 1 ? 'ebxnu'.includes(String.fromCharCode(first)) : this.#isIntroducer(start))) {
      this.#skipQuoted(SINGLE, this.dialect === 'mysql' || (length === 1 && first === 101))
      return this.#value()
    }
    if (length === 1 && first === 117 && next === 38 && this.dialect === 'postgres') {
      const quote = this.#code(this.#at + 1)
      if (quote === SINGLE || quote === DOUBLE) {
        this.#at++
        if (quote === DOUBLE) return this.#escapedName()
        this.#skipQuoted(SINGLE, false)
        return this.#value()
      }
    }
    return this.#textToken('word', start, this.#at)
  }

  #isIntroducer(start: number): boolean {
    return this.dialect === 'mysql' && this.#code(start) === 95
  }

  #textToken(kind: 'word' | 'name', start: number, end: number): true {
    this.kind = kind
    this.text = end - start > namesMax ? '' : this.#sql.slice(start, end)
    return true
  }

  /** MySQL lets names begin with digits. Right behind a number a word may begin: `SELECT 1.0FROM patients`. */
  #number(): boolean {
    const start = this.#at
    if (this.dialect === 'mysql' && this.#code(start) !== 46) {
      this.#skipWord()
      const text = this.#sql.slice(start, Math.min(this.#at, start + namesMax))
      const signed = /^\d+e$/i.test(text) && /^[+-]\d/.test(this.#sql.slice(this.#at, this.#at + 2))
      if (!/^(?:\d+|\d+e\d.*|0x[\da-f]+|0b[01]+)$/is.test(text) && !signed)
        return this.#textToken('word', start, this.#at)
      this.#at = start
    }
    if (this.#code(start) === 48 && 'xob'.includes(String.fromCharCode(this.#code(start + 1) | 32))) this.#skipWord()
    this.#skipDigits()
    if (this.#code(this.#at) === 46) {
      this.#at++
      this.#skipDigits()
    }
    if ((this.#code(this.#at) | 32) === 101) {
      const signed = this.#code(this.#at + 1) === 43 || this.#code(this.#at + 1) === 45 ? 2 : 1
      if (isDigit(this.#code(this.#at + signed))) {
        this.#at += signed
        this.#skipDigits()
      }
    }
    return this.#value()
  }

  #skipDigits(): void {
    while (isDigit(this.#code(this.#at)) || this.#code(this.#at) === 95) this.#at++
  }

  /** A name as the database compares it with others: in PostgreSQL, what is quoted stands as it is written. */
  foldName(): string {
    return this.kind === 'name' && this.dialect === 'postgres' ? this.text : this.text.toLowerCase()
  }

  /** `U&"p\0061tients" UESCAPE '\'` of PostgreSQL. */
  #escapedName(): true {
    this.#quotedName(DOUBLE, false)
    this.text = decodeName(this.text, this.#escapeCharacter())
    return true
  }

  /** What UESCAPE behind the name says; steps over nothing. */
  #escapeCharacter(): string {
    const behind = /^\s{0,64}uescape\s{0,64}'([^'])'/i.exec(this.#sql.slice(this.#at, this.#at + 256))
    return behind?.[1] ?? '\\'
  }

  #skipWord(): void {
    while (isWordPart(this.#code(this.#at))) this.#at++
  }

  /** Steps over what stands between two quotes; a doubled one is one of its characters. */
  #skipQuoted(quote: number, backslashes: boolean): void {
    this.literals ||= quote === SINGLE || backslashes
    for (this.#at++; this.#at < this.#end; this.#at++) {
      const code = this.#code(this.#at)
      if (code === BACKSLASH && backslashes) this.#at++
      else if (code === quote) {
        if (this.#code(this.#at + 1) !== quote) break
        this.#at++
      }
    }
    this.#at++
  }

  #quotedName(quote: number, backslashes: boolean): true {
    const start = this.#at + 1
    this.#skipQuoted(quote, backslashes)
    // Without its end it is no name.
    this.#textToken('name', start, this.#at > this.#end ? start : Math.max(start, this.#at - 1))
    const character = String.fromCharCode(quote)
    if (this.text.includes(character)) this.text = this.text.replaceAll(character + character, character)
    return true
  }

  /** `$1` and `$name` are parameters; `$tag$ … $tag$` is a literal of PostgreSQL. */
  #dollar(): boolean {
    const start = this.#at++
    if (this.dialect === 'postgres' && !isDigit(this.#code(this.#at))) {
      let at = this.#at
      while (at - start < tagMax && isWordPart(this.#code(at)) && this.#code(at) !== DOLLAR) at++
      if (this.#code(at) === DOLLAR) {
        this.literals = true
        const close = this.#sql.indexOf(this.#sql.slice(start, at + 1), at + 1)
        this.#at = close === -1 ? this.#end : Math.min(this.#end, close + at + 1 - start)
        return this.#value()
      }
    }
    return this.#parameter()
  }

  /** `::type` is a cast and `:name` a parameter. */
  #colon(): boolean {
    this.#at++
    if (this.#code(this.#at) === 58) {
      this.#at++
      return false
    }
    return isWordStart(this.#code(this.#at)) ? this.#parameter() : this.#signToken(58)
  }

  #parameter(): true {
    this.#skipWord()
    this.kind = 'parameter'
    return true
  }

  /** Steps over a comment that begins here; false when none does. */
  #skipComment(code: number): boolean {
    const next = this.#code(this.#at + 1)
    if (code === 45 && next === 45) {
      // In MySQL `5--3` is a sum: its comments need a blank.
      if (this.dialect === 'mysql' && !isBlank(this.#code(this.#at + 2)) && this.#at + 2 < this.#end) return false
      this.#skipLine()
      return true
    }
    if (code === 35 && this.dialect === 'mysql') {
      this.#skipLine()
      return true
    }
    if (code === 47 && next === 42) {
      if (this.dialect !== 'mysql' || !this.#enterExecutable()) this.#skipBlock()
      return true
    }
    if (code === 42 && next === 47 && this.dialect === 'mysql') {
      this.#at += 2
      return true
    }
    return false
  }

  #skipLine(): void {
    while (this.#at < this.#end) {
      const code = this.#code(this.#at++)
      if (code === NEWLINE || (code === 13 && this.dialect === 'postgres')) return
    }
  }

  /** MySQL runs what stands in a comment that begins with `!`, or with `M!` in MariaDB. */
  #enterExecutable(): boolean {
    let at = this.#at + 2
    if (this.#code(at) === 77) at++
    if (this.#code(at) !== 33) return false
    at++
    while (isDigit(this.#code(at))) at++
    this.#at = at
    return true
  }

  #skipBlock(): void {
    const nests = this.dialect === 'postgres' || this.dialect === 'mssql'
    let depth = 1
    for (this.#at += 2; this.#at < this.#end && depth > 0; this.#at++) {
      const code = this.#code(this.#at)
      const next = this.#code(this.#at + 1)
      if (code === 42 && next === 47) {
        depth--
        this.#at++
      } else if (nests && code === 47 && next === 42) {
        depth++
        this.#at++
      }
    }
  }
}

function isBlank(code: number): boolean {
  return code >= 0 && code <= 32
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === DOLLAR
}
