/**
 * Which tables hold personal data: the option `data`, checked and made searchable.
 *
 * Statements spell one table in many ways, so names are compared without case and from the right, as far as both go: the
 * declared `patients` is found in `public.patients`, and the declared `clinic.patients` in an unqualified `patients`, but not
 * in `archive.patients`. A table too many on record is a smaller harm than one that a search path hid.
 */
import { AuditError } from './errors.ts'

/** What is known of a table besides its name. */
export interface TableOptions {
  /** The application's own name of the kind of data: `patient`. As on declared routes. */
  readonly resource: string
  /** The application's name of the data's class: `special_category`. */
  readonly class?: string
  /** The column with the identifier of the person whose data a row is. Stored as pseudonyms, at most 20 a record. */
  readonly subject?: string
  /** The column with the identifier of a row. Stored as tokens, at most 20 a record. */
  readonly id?: string
}

/** Tables, or collections, whose rows are personal data. */
export interface DataOptions {
  /** By name, with or without a schema: `patients`, `clinic.patients`. At most 1,000; a text is the resource alone. */
  readonly tables: Readonly<Record<string, string | TableOptions>>
  /** A read of more rows is `bulk_query` instead of `data_access`. 1 to 1,000,000,000; default 1,000. */
  readonly bulkRecords?: number
}

/** One declared table. */
export interface PersonalTable extends TableOptions {
  /** As it was declared. */
  readonly name: string
}

/** The declared tables, ready to be asked. */
export interface PersonalTables {
  readonly bulkRecords: number
  /** The declared table that a name in a statement means. Cheap enough for every statement. */
  find(name: string): PersonalTable | undefined
}

const tablesMax = 1_000
const nameCharsMax = 256
const namePartsMax = 4
const bulkRecordsDefault = 1_000
const bulkRecordsMax = 1_000_000_000
/** Names that are remembered with their answer; an application has far fewer. */
const answersMax = 4_096

const tableMembers = ['resource', 'class', 'subject', 'id'] as const

/**
 * Turns the option `data` into a table to ask. Throws `AUDIT_OPTION_INVALID` naming what is wrong with it.
 */
export function compileData(option: DataOptions | undefined): PersonalTables | undefined {
  if (option === undefined) return undefined
  checkMembers('data', option, ['tables', 'bulkRecords'])
  const { tables, bulkRecords = bulkRecordsDefault } = option
  if (!Number.isInteger(bulkRecords) || bulkRecords < 1 || bulkRecords > bulkRecordsMax)
    throw invalid('data.bulkRecords', `must be a whole number from 1 to ${bulkRecordsMax}`)
  if (!isPlain(tables)) throw invalid('data.tables', 'must be an object of table names')
  const names = Object.keys(tables)
  if (names.length > tablesMax) throw invalid('data.tables', `has more than ${tablesMax} tables`)
  const declared = new Map<string, PersonalTable>()
  const endings = new Map<string, PersonalTable>()
  for (const name of names) {
    const table = readTable(name, tables[name])
    const key = name.toLowerCase()
    if (declared.has(key)) throw invalid(`data.tables[${JSON.stringify(name)}]`, 'is declared twice')
    declared.set(key, table)
    // An unqualified use may be any of them; the first one declared speaks for it.
    for (const ending of endingsOf(key)) if (!endings.has(ending)) endings.set(ending, table)
  }
  return { bulkRecords, find: remembering((name) => search(name.toLowerCase(), declared, endings)) }
}

function search(
  name: string,
  declared: ReadonlyMap<string, PersonalTable>,
  endings: ReadonlyMap<string, PersonalTable>,
): PersonalTable | undefined {
  const exact = declared.get(name)
  if (exact !== undefined) return exact
  for (const ending of endingsOf(name)) {
    const found = declared.get(ending)
    if (found !== undefined) return found
  }
  return endings.get(name)
}

/** Of `a.b.c`: `b.c` and `c`. */
function endingsOf(name: string): string[] {
  const endings: string[] = []
  for (let dot = name.indexOf('.'); dot !== -1 && endings.length < namePartsMax; dot = name.indexOf('.', dot + 1))
    endings.push(name.slice(dot + 1))
  return endings
}

function remembering(find: (name: string) => PersonalTable | undefined): PersonalTables['find'] {
  const answers = new Map<string, PersonalTable | undefined>()
  return (name) => {
    const known = answers.get(name)
    if (known !== undefined || answers.has(name)) return known
    if (name.length > nameCharsMax * namePartsMax) return undefined
    const found = find(name)
    // Names made at run time must not fill the memory; the declared ones come back at once.
    if (answers.size >= answersMax) answers.clear()
    answers.set(copyOf(name), found)
    return found
  }
}

/** A name cut out of a statement keeps the whole statement in memory, with whatever values stand in it. */
function copyOf(name: string): string {
  return Buffer.from(name).toString()
}

function readTable(name: string, given: unknown): PersonalTable {
  const where = `data.tables[${JSON.stringify(name.slice(0, 100))}]`
  const parts = name.split('.')
  if (name.length > nameCharsMax || parts.length > namePartsMax || parts.some((part) => part.trim() === ''))
    throw invalid(where, `must be the name of a table, of at most ${nameCharsMax} characters and ${namePartsMax} parts`)
  if (typeof given === 'string') return { name, resource: checkText(where, given) }
  checkMembers(where, given, tableMembers)
  const read = (member: (typeof tableMembers)[number]): Partial<TableOptions> => {
    const value: unknown = Reflect.get(Object(given), member)
    return value === undefined ? {} : { [member]: checkText(`${where}.${member}`, value) }
  }
  const resource = checkText(`${where}.resource`, Reflect.get(Object(given), 'resource'))
  return { name, resource, ...read('class'), ...read('subject'), ...read('id') }
}

function checkText(where: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > nameCharsMax)
    throw invalid(where, `must be a text of 1 to ${nameCharsMax} characters`)
  return value
}

function checkMembers(where: string, value: unknown, members: readonly string[]): void {
  if (!isPlain(value)) throw invalid(where, 'must be an object')
  for (const member of Object.keys(value)) {
    if (!members.includes(member))
      throw invalid(`${where}.${member}`, `is not an option; there are ${members.join(', ')}`)
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(name: string, rule: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${name}: ${rule}`)
}
