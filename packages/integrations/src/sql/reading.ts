/**
 * The state of one reading of SQL text: its frames, the names that WITH defines, and the table that was read last.
 *
 * A table is held back until the next token, because a parenthesis makes a function of it.
 */
import type { AccessBelowVerb } from '@trailmark/core/integration'
import { type Frame, openFrame, type Role } from './frame.ts'
import type { Tokens } from './tokens.ts'
import { type Reference, type Statement, Uses } from './uses.ts'

const tableCharsMax = 1_024

export class Reading {
  readonly tokens: Tokens
  readonly statements: Statement[] = []
  /** Something was beyond a bound. */
  cut: boolean
  uses = new Uses()
  /** The two words before; signs forget them, literals do not. */
  word = ''
  wordBefore = ''
  /** In a routine's body: from here on nothing runs. */
  inRoutine = false
  #frames: Frame[] = []
  /** How many open WITH clauses define a name. */
  readonly #defined = new Map<string, number>()
  #pending: { readonly table: string; readonly defined: string | undefined } | undefined
  #last: Reference | undefined

  constructor(tokens: Tokens, cut: boolean) {
    this.tokens = tokens
    this.cut = cut
    this.begin()
  }

  get frame(): Frame {
    return this.#frames.at(-1)!
  }

  get depth(): number {
    return this.#frames.length
  }

  /** True in the statement's own frame. */
  get atRoot(): boolean {
    return this.#frames.length === 1
  }

  /** A name is expected, which SQLite may find in the quotes of a literal. */
  get atName(): boolean {
    const { mode, tables } = this.frame
    return mode === 'table' || mode === 'member' || mode === 'with_name' || (mode === 'start' && tables)
  }

  begin(): void {
    this.#frames = [openFrame({ changes: true, top: true, outer: true })]
    this.uses = new Uses()
    this.#defined.clear()
    this.#last = undefined
  }

  end(): void {
    this.settle()
    if (!this.uses.seen) return
    this.cut ||= this.uses.full
    this.statements.push(this.uses.end())
  }

  open(): void {
    const { frame } = this
    const { mode, outer, top, tables } = frame
    if (mode === 'after' && this.#pending !== undefined && (frame.role === 'read' || frame.role === 'member')) {
      // A function, whose rows come from who knows where.
      this.#pending = undefined
      if (top) this.uses.sources += 2
    }
    this.settle()
    if (mode === 'table' && this.word !== 'top') {
      frame.mode = 'body'
      if (top) this.uses.sources += 2
      if (frame.role === 'copy') {
        this.uses.verb ??= 'read'
        this.#push({ changes: true, outer, closes: 'copies' })
      } else this.#push({ outer, tables: true, inList: true })
    } else if (mode === 'with_as' && (this.word === 'as' || this.word === 'materialized')) {
      if (frame.recursive) this.#define(frame)
      this.#push({ changes: true, outer, closes: 'defines' })
    } else if (mode === 'start' || mode === 'with_next') {
      frame.mode = 'body'
      this.#push({ outer, top, tables, inList: tables })
    } else if (mode === 'explain') this.#push({ mode })
    else if (mode === 'member') {
      frame.mode = 'body'
      this.#push({})
    } else if (mode === 'after' || mode === 'body' || mode === 'table' || mode === 'with_as') {
      if (mode === 'after') frame.mode = 'body'
      this.#push({})
    } else this.#push({ mode: 'ignore' })
  }

  close(): void {
    this.settle()
    if (this.atRoot) return
    const closed = this.#frames.pop()
    for (const name of closed?.defined ?? []) this.#undefine(name)
    const { frame } = this
    if (closed?.closes === 'defines') {
      if (!frame.recursive) this.#define(frame)
      frame.mode = 'with_next'
    } else if (closed?.closes === 'copies') frame.mode = 'ignore'
  }

  #push(given: Partial<Frame>): void {
    this.#frames.push(openFrame(given))
  }

  #define(frame: Frame): void {
    const name = frame.defining
    if (name === undefined) return
    frame.defined ??= []
    frame.defined.push(name)
    this.#defined.set(name, (this.#defined.get(name) ?? 0) + 1)
  }

  #undefine(name: string): void {
    const count = (this.#defined.get(name) ?? 1) - 1
    if (count === 0) this.#defined.delete(name)
    else this.#defined.set(name, count)
  }

  /** `table`, `schema.table`, `database..table`, of which the first part was read. */
  readTable(first: string): void {
    const { tokens } = this
    let table = first
    let defined: string | undefined = tokens.foldName()
    while (tokens.takeDot()) {
      defined = undefined
      if (tokens.takeDot() && table !== '') table += '.'
      if (!tokens.next(true) || (tokens.kind !== 'word' && tokens.kind !== 'name')) break
      if (tokens.text === '' || table.length > tableCharsMax) table = ''
      else if (table !== '') table += `.${tokens.text}`
    }
    this.#pending = { table: table.replace('..', '.'), defined }
    this.frame.mode = 'after'
  }

  /** The table of `id IN patients`. */
  readMember(first: string): void {
    this.frame.role = 'member'
    this.readTable(first)
  }

  /** What was read last is a table. */
  settle(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    this.#last = undefined
    const { frame } = this
    const { table, defined } = pending
    const { role, top, outer } = frame
    if (role === 'copy' || role === 'merge') {
      frame.target = table
      return
    }
    if ((role === 'read' || role === 'member') && defined !== undefined && this.#defined.has(defined)) {
      if (top) this.uses.sources += 2
      return
    }
    if (role === 'member') {
      this.uses.add('read', table, false, false)
      return
    }
    // The rows of INSERT … SELECT are those of its target.
    if (top && (role !== 'read' || frame.target === undefined)) this.uses.sources++
    if (role === 'create') frame.target = table
    const updated = frame.command === 'update' && !frame.setSeen
    this.#last = this.uses.add(role, table, outer, updated)
  }

  alias(name: string): void {
    if (this.#last !== undefined) this.#last.alias = name
  }

  /** A table follows. */
  expect(role: Role): void {
    this.frame.mode = 'table'
    this.frame.role = role
  }

  /** Tables follow, with commas between them. */
  expectList(role: AccessBelowVerb): void {
    this.expect(role)
    this.frame.listRole = role
    this.frame.inList = true
  }

  /** The first command of a statement's own frame says what its result counts. */
  counts(verb: AccessBelowVerb): void {
    if (this.frame.top) this.uses.verb ??= verb
  }
}
