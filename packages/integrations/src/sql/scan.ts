/**
 * Reads SQL text for what it does to which tables.
 *
 * This is no parser: it knows where tables are named (FROM, JOIN, INTO, USING, after UPDATE …), where the same words mean
 * something else (`EXTRACT(year FROM at)`, `IS DISTINCT FROM`, `FOR UPDATE`), and which names are none (those of WITH, of
 * functions, of aliases). One pass, one frame for every open parenthesis, no look back.
 */
import { onClause, onColumn, onTableWord } from './clauses.ts'
import { onCommand, onCopied, onCreate, onDeclare, onExplain, onIgnored, onWithNext } from './commands.ts'
import { Reading } from './reading.ts'
import { type Dialect, Tokens } from './tokens.ts'
import type { Statement } from './uses.ts'

export interface ScannedText {
  /** In their order, those without tables too: drivers answer them one by one. */
  readonly statements: readonly Statement[]
  /** True when the text is longer, deeper or wider than is read: what is beyond the bound is not known. */
  readonly cut: boolean
  /** The text holds literals, and whoever keeps it keeps somebody's data. */
  readonly literals: boolean
}

const framesMax = 1_000
const statementsMax = 1_000
/** No keyword is longer. */
const wordCharsMax = 20

/** Reads the first `length` characters. Linear in them; never throws. */
export function scan(sql: string, length: number, dialect: Dialect): ScannedText {
  const tokens = new Tokens(sql, length, dialect)
  const reading = new Reading(tokens, sql.length > length)
  while (tokens.next(reading.atName)) {
    const { kind, text } = tokens
    if (kind === 'sign') {
      onSign(reading, tokens.sign)
      reading.word = tokens.sign === 46 ? '.' : ''
      reading.wordBefore = ''
      if (reading.depth <= framesMax && reading.statements.length < statementsMax) continue
      reading.cut = true
      break
    }
    reading.uses.seen = true
    reading.settle()
    if (kind === 'word' && text.length <= wordCharsMax) {
      onWord(reading, text)
      continue
    }
    if (kind === 'parameter') onParameter(reading)
    else onName(reading, text)
    if (reading.word === '.' || reading.word === 'as') reading.word = ''
  }
  reading.end()
  return { statements: reading.statements, cut: reading.cut, literals: tokens.literals }
}

function onSign(reading: Reading, sign: number): void {
  switch (sign) {
    case 40: // (
      reading.open()
      break
    case 41: // )
      reading.close()
      break
    case 44: // ,
      onComma(reading)
      break
    case 59: // ;
      if (reading.inRoutine) break
      reading.end()
      reading.begin()
      break
    default:
      reading.settle()
      if (reading.frame.mode === 'after') reading.frame.mode = 'body'
  }
}

function onComma(reading: Reading): void {
  reading.settle()
  const { frame } = reading
  if (frame.mode === 'with_next') frame.mode = 'with_name'
  else if (frame.inSet) frame.atColumn = true
  else if (frame.inList && (frame.mode === 'after' || frame.mode === 'body')) reading.expect(frame.listRole)
}

/** A parameter where a table belongs is a table of the caller's own making. */
function onParameter({ frame }: Reading): void {
  if (frame.mode === 'table' || frame.mode === 'member') frame.mode = 'body'
}

/** A quoted name, or a word that is no keyword. */
function onName(reading: Reading, text: string): void {
  const { frame } = reading
  switch (frame.mode) {
    case 'table':
      reading.readTable(text)
      break
    case 'member':
      reading.readMember(text)
      break
    case 'after':
      reading.alias(text)
      frame.mode = 'body'
      break
    case 'body':
      if (frame.atColumn) onColumn(reading, text)
      break
    case 'with_name':
      frame.defining = reading.tokens.foldName()
      frame.mode = 'with_as'
      break
    case 'start':
      if (frame.tables) reading.readTable(text)
      else frame.mode = reading.atRoot ? 'ignore' : 'body'
      break
    default:
  }
}

function onWord(reading: Reading, text: string): void {
  const word = text.toLowerCase()
  while (isAgain(reading, word, text));
  reading.wordBefore = reading.word
  reading.word = word
}

/** Looks at a word in the present mode; true when that changed the mode and nothing else. */
function isAgain(reading: Reading, word: string, text: string): boolean {
  const { frame } = reading
  switch (frame.mode) {
    case 'start':
      return onCommand(reading, word)
    case 'table':
      return onTableWord(reading, word, text)
    case 'member':
      reading.readMember(text)
      return false
    case 'after':
    case 'body':
      return onClause(reading, word)
    case 'with_next':
      return onWithNext(reading, word)
    case 'explain':
      return onExplain(reading, word)
    case 'create':
      return onCreate(reading, word)
    case 'with_name':
      if (word === 'recursive') frame.recursive = true
      else onName(reading, text)
      return false
    case 'prepare':
      if (word === 'as') frame.mode = 'start'
      return false
    case 'declare':
      onDeclare(frame, word)
      return false
    case 'load':
      if (word === 'into') reading.expect('create')
      return false
    case 'copied':
      onCopied(reading, word)
      return false
    case 'ignore':
      onIgnored(reading, word)
      return false
    case 'routine':
      if (word === 'begin') reading.inRoutine = true
      return false
    default:
      return false
  }
}
