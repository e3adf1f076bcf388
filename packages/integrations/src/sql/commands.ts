/**
 * Words where a command may stand: which one begins, and where it names its tables.
 *
 * Each function tells whether the same word is to be looked at again, in the mode that it found.
 */
import type { Frame } from './frame.ts'
import type { Reading } from './reading.ts'

const runnable = new Set('select with insert replace upsert update delete merge values table'.split(' '))
const controls = new Map<string, 'begin' | 'commit' | 'rollback'>([
  ['begin', 'begin'],
  ['start', 'begin'],
  ['commit', 'commit'],
  ['end', 'commit'],
  ['rollback', 'rollback'],
  ['abort', 'rollback'],
])
const routines = new Set('function procedure trigger event package'.split(' '))

/** At the beginning of a statement, of a query in parentheses, or behind UNION. */
export function onCommand(reading: Reading, word: string): boolean {
  const { frame, atRoot } = reading
  if (word === 'all' || word === 'distinct') return false
  if (onQuery(reading, word)) return false
  if (frame.changes && onChange(reading, word)) return false
  if (frame.top && atRoot) {
    onRootCommand(reading, word)
    return false
  }
  frame.mode = frame.tables ? 'table' : 'body'
  // `(? IN patients)`: a value is no word.
  return frame.tables || word === 'in'
}

function onQuery(reading: Reading, word: string): boolean {
  const { frame } = reading
  if (word === 'with') {
    frame.mode = 'with_name'
    return true
  }
  if (word === 'select' || word === 'values') {
    if (word === 'select') reading.counts('read')
    frame.command = 'select'
    frame.mode = 'body'
    frame.inList = false
    return true
  }
  if (word !== 'table') return false
  reading.counts('read')
  frame.command = 'select'
  reading.expect('read')
  return true
}

function onChange(reading: Reading, word: string): boolean {
  const { frame } = reading
  switch (word) {
    case 'insert':
    case 'replace':
    case 'upsert':
      frame.command = 'insert'
      reading.counts('create')
      reading.expect('create')
      return true
    case 'update':
    case 'delete':
      frame.command = word
      reading.counts(word)
      reading.expectList(word)
      return true
    case 'merge':
      frame.command = 'merge'
      reading.expect('merge')
      return true
    default:
      return false
  }
}

function onRootCommand(reading: Reading, word: string): void {
  const { frame } = reading
  switch (word) {
    case 'truncate':
      // Its result does not say how many rows there were.
      frame.command = 'delete'
      reading.expectList('delete')
      return
    case 'copy':
      frame.command = 'copy'
      reading.expect('copy')
      return
    case 'load':
      reading.counts('create')
      frame.mode = 'load'
      return
    case 'analyze':
    case 'analyse':
      reading.uses.answersRows = false
      frame.mode = 'explain'
      return
    case 'explain':
    case 'describe':
    case 'desc':
      frame.mode = 'explain'
      return
    case 'set':
    case 'do':
    case 'call':
      // Of these, only a query in parentheses runs.
      frame.mode = 'body'
      return
    case 'prepare':
    case 'declare':
    case 'create':
      frame.mode = word
      return
    default:
      reading.uses.control = controls.get(word)
      frame.mode = 'ignore'
  }
}

/** `ROLLBACK TO sp` ends no transaction, `COMMIT AND CHAIN` begins the next, and a block is none. */
export function onIgnored({ uses }: Reading, word: string): void {
  if (word === 'to' || word === 'chain' || word === 'prepared' || word === 'atomic') uses.control = undefined
}

/** Behind WITH x AS (…): the next command, and before it words of a recursive query. */
export function onWithNext({ frame }: Reading, word: string): boolean {
  if (!runnable.has(word)) return false
  frame.mode = 'start'
  return true
}

/** Only with ANALYZE does the explained statement run; its result is a plan all the same. */
export function onExplain({ frame, uses, atRoot }: Reading, word: string): boolean {
  if (word === 'analyze' || word === 'analyse') uses.answersRows = false
  else if (atRoot && runnable.has(word)) {
    frame.mode = uses.answersRows ? 'ignore' : 'start'
    return frame.mode === 'start'
  }
  return false
}

/** CREATE TABLE … AS runs a query, CREATE VIEW keeps one for later. */
export function onCreate({ frame }: Reading, word: string): boolean {
  if (word === 'table' || word === 'materialized') frame.runs = true
  else if (word === 'view' && !frame.runs) frame.mode = 'ignore'
  else if (word === 'as' && frame.runs) frame.mode = 'start'
  else if (routines.has(word)) frame.mode = 'routine'
  else if ((word === 'select' || word === 'with') && frame.runs) {
    frame.mode = 'start'
    return true
  }
  return false
}

/** DECLARE name CURSOR FOR … */
export function onDeclare(frame: Frame, word: string): void {
  if (word === 'cursor') frame.runs = true
  else if (word === 'for' && frame.runs) frame.mode = 'start'
}

/** COPY t FROM … fills the table, COPY t TO … reads it. */
export function onCopied(reading: Reading, word: string): void {
  const { frame, uses } = reading
  if (word !== 'from' && word !== 'to') return
  const verb = word === 'from' ? 'create' : 'read'
  reading.counts(verb)
  if (frame.target !== undefined) uses.add(verb, frame.target, frame.outer, false)
  frame.mode = 'ignore'
}
