/**
 * Words inside a command: where a clause begins that names tables, and where the list of tables ends.
 *
 * Each function tells whether the same word is to be looked at again, in the mode that it found.
 */
import type { Frame } from './frame.ts'
import type { Reading } from './reading.ts'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))
/** Between FROM and a table. */
const beforeRead = words('only lateral table')
/** Between a command that changes and its table. */
const beforeChange = words(
  'into only table low_priority delayed high_priority ignore quick or replace rollback abort fail overwrite top temp temporary unlogged local global',
)
const listEnds = words('where group having order limit offset fetch window returning')
/** Elsewhere these are names. */
const listEndsOfMssql = words('option output')
const notTables = words('select set values outfile dumpfile on')
const notAliases = words(
  'left right inner outer full cross natural on partition tablesample for use force ignore index when then with values default',
)
const locks = words('update share no key')

/** Where a table is expected. */
export function onTableWord(reading: Reading, word: string, text: string): boolean {
  const { frame } = reading
  // DELETE FROM t: FROM stands before the table that is deleted from.
  if (word === 'from' && frame.command === 'delete') return false
  if ((frame.role === 'read' ? beforeRead : beforeChange).has(word)) return false
  if (notTables.has(word) || endsList(reading, word)) {
    frame.mode = 'body'
    return true
  }
  reading.readTable(text)
  return false
}

/** After a table, among columns, in conditions. */
export function onClause(reading: Reading, word: string): boolean {
  const { frame } = reading
  if (frame.command === 'copy') {
    frame.mode = 'copied'
    return true
  }
  if (isLabel(reading)) {
    if (frame.mode === 'after') reading.alias(word)
    frame.mode = 'body'
    return false
  }
  switch (word) {
    case 'from':
      onFrom(reading)
      return false
    case 'join':
    case 'straight_join':
    case 'apply':
      if (frame.inList && reading.word !== 'for') reading.expect('read')
      return false
    case 'using':
      if (onUsing(reading)) return false
      break
    case 'into':
      if (frame.command !== 'select' || frame.target !== undefined) return false
      frame.inList = false
      reading.expect('create')
      return false
    case 'set':
      frame.inList = false
      frame.setSeen = frame.command === 'update'
      frame.inSet = frame.setSeen
      frame.atColumn = frame.setSeen
      frame.mode = 'body'
      return false
    case 'union':
    case 'intersect':
    case 'except':
      if (frame.top) reading.uses.union = true
      frame.inList = false
      frame.changes = false
      frame.mode = 'start'
      return false
    case 'select':
    case 'with':
    case 'table':
      if (frame.command !== 'insert') break
      frame.changes = false
      frame.mode = 'start'
      return true
    case 'update':
    case 'delete':
    case 'insert':
      onSecondCommand(reading, word)
      break
    case 'in':
      // `id IN patients` is a query of SQLite.
      if (reading.tokens.dialect === 'sqlite') frame.mode = 'member'
      return false
    default:
  }
  onOther(reading, frame, word)
  return false
}

function endsList({ tokens }: Reading, word: string): boolean {
  return listEnds.has(word) || (tokens.dialect === 'mssql' && listEndsOfMssql.has(word))
}

/** Behind AS and behind a dot any word is a name: `SELECT p.minus AS from FROM patients p`. */
function isLabel({ word, tokens }: Reading): boolean {
  return (word === 'as' || word === '.') && !tokens.afterValue
}

function onFrom(reading: Reading): void {
  const { frame, word, wordBefore } = reading
  if (word === 'distinct' && (wordBefore === 'is' || wordBefore === 'not')) return
  // EXTRACT(year FROM at): no query, no table.
  if (frame.command === 'none' || frame.command === 'insert' || frame.command === 'merge') return
  frame.inSet = false
  frame.atColumn = false
  reading.expectList('read')
}

/** USING names tables once, in DELETE and MERGE; elsewhere it names columns. */
function onUsing(reading: Reading): boolean {
  const { frame } = reading
  if (frame.usingSeen || (frame.command !== 'delete' && frame.command !== 'merge')) return false
  frame.usingSeen = true
  if (frame.command === 'delete') reading.expectList('read')
  else reading.expect('read')
  return true
}

/** What an INSERT does about conflicts, and what the branches of a MERGE do: to the table that was named before. */
function onSecondCommand(
  { frame, uses, word: before, wordBefore }: Reading,
  word: 'update' | 'delete' | 'insert',
): void {
  const { command, target } = frame
  if (target === undefined) return
  const branch = command === 'merge' && before === 'then'
  const conflict = word === 'update' && (before === 'do' || (before === 'key' && wordBefore === 'duplicate'))
  if (branch || conflict) uses.add(word === 'insert' ? 'create' : word, target, false, false)
}

function onOther(reading: Reading, frame: Frame, word: string): void {
  const { word: before } = reading
  if (endsList(reading, word) && before !== 'for') {
    frame.inList = false
    frame.inSet = false
    frame.atColumn = false
    frame.mode = 'body'
  } else if (before === 'for' && locks.has(word)) {
    frame.inList = false
    frame.mode = 'body'
  } else if (frame.mode === 'after' && word !== 'as') {
    if (!notAliases.has(word)) reading.alias(word)
    frame.mode = 'body'
  } else if (frame.atColumn && word !== 'as') onColumn(reading, word)
}

/** The beginning of an assignment: `qualifier.column = …` tells which table of several is changed. */
export function onColumn(reading: Reading, name: string): void {
  reading.frame.atColumn = false
  if (reading.tokens.takeDot()) reading.uses.assign(name)
}
