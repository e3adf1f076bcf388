/**
 * How a command of mysql2 ends: by its callback, or by the events of the command itself. Listening to those would change what
 * an error does to the process, so they are seen on their way out.
 */
import type { AnyFunction } from '@trailmark/core/integration'
import { countOf, listOf, memberOf } from '../member.ts'
import type { SentStatement, StatementResult } from '../statement-watch.ts'

/** As many rows as the trail looks at. */
const rowsMax = 20

/** A command that is answered, once. */
export class CommandEnd {
  readonly #sent: SentStatement
  #told = false

  constructor(sent: SentStatement) {
    this.#sent = sent
  }

  succeeded(result: StatementResult): void {
    if (!this.#told) this.#sent.succeeded(result)
    this.#told = true
  }

  failed(): void {
    if (!this.#told) this.#sent.failed()
    this.#told = true
  }

  /** The callback, with a look at what it is called with. */
  watched(callback: AnyFunction): AnyFunction {
    const look = (answer: unknown[]): void => {
      const [error, rows, fields] = answer
      if (error === undefined || error === null) this.succeeded(resultOf(rows, fields))
      else this.failed()
    }
    return function answered(this: unknown, ...answer) {
      look(answer)
      return Reflect.apply(callback, this, answer)
    }
  }

  /** A command that tells of its rows by events. */
  watchEvents(command: unknown): void {
    const emit = memberOf(command, 'emit')
    if (typeof command !== 'object' || command === null || typeof emit !== 'function') return
    const each: Streamed[] = []
    const look = ([name, value, index]: unknown[]): void => {
      const at = typeof index === 'number' && index >= 0 && index < 1_000 ? index : 0
      if (name === 'error') this.failed()
      else if (name === 'end') this.succeeded(streamed(each))
      else if (name === 'fields' && value !== undefined) streamedAt(each, at).columns = namesOf(value)
      else if (name === 'result') streamedAt(each, at).add(value)
    }
    const outer: AnyFunction = function emitted(this: unknown, ...given) {
      look(given)
      return Reflect.apply(emit, this, given)
    }
    Reflect.defineProperty(command, 'emit', { value: outer, writable: true, configurable: true })
  }
}

/** Results of several statements come as lists of rows and of fields; one result's fields are no lists. */
function resultOf(rows: unknown, fields: unknown): StatementResult {
  const several = Array.isArray(fields) && fields.some((field) => field === undefined || Array.isArray(field))
  if (!several || !Array.isArray(rows)) return oneOf(rows, fields)
  return { each: rows.map((one, n) => oneOf(one, fields[n])) }
}

function oneOf(rows: unknown, fields: unknown): StatementResult {
  if (!Array.isArray(rows)) return { affected: countOf(memberOf(rows, 'affectedRows')) }
  return { rows, columns: Array.isArray(rows[0]) ? namesOf(fields) : undefined }
}

function namesOf(fields: unknown): readonly string[] {
  return listOf(fields).map((field) => String(memberOf(field, 'name')))
}

class Streamed {
  columns: readonly string[] | undefined
  readonly rows: unknown[] = []
  count = 0
  affected: number | undefined

  add(row: unknown): void {
    // Only the header of a change says how many there were.
    const affected = this.columns === undefined ? countOf(memberOf(row, 'affectedRows')) : undefined
    if (affected !== undefined) this.affected = affected
    else {
      this.count++
      if (this.rows.length < rowsMax) this.rows.push(row)
    }
  }
}

function streamedAt(each: Streamed[], at: number): Streamed {
  while (each.length <= at) each.push(new Streamed())
  return each[at]!
}

function streamed(each: readonly Streamed[]): StatementResult {
  const results = each.map(({ columns, rows, count, affected }): StatementResult => {
    return { rows, columns, affected, countOf: () => affected ?? count }
  })
  return results.length === 1 ? results[0]! : { each: results }
}
