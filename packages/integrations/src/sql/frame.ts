/** Where a reader of SQL stands: one frame for the statement, and one for every open parenthesis. */
import type { AccessBelowVerb } from '@trailmark/core/integration'

/** What the next word can be. */
export type Mode =
  /** A command: SELECT, WITH, INSERT … */
  | 'start'
  /** A table, or a parenthesis around one. */
  | 'table'
  /** Behind IN: a table, or a parenthesis around anything. */
  | 'member'
  /** What follows a table: an alias, or the next clause. */
  | 'after'
  /** Columns, conditions and values, until a clause begins. */
  | 'body'
  | 'with_name'
  | 'with_as'
  | 'with_next'
  | 'explain'
  | 'prepare'
  | 'declare'
  | 'create'
  | 'load'
  | 'copied'
  /** A routine's own text, which does not run now. */
  | 'routine'
  /** Nothing of this counts. */
  | 'ignore'

/**
 * What a table that is named next is there for; a COPY and a MERGE say only later what becomes of it, and a `member` is read
 * without a row of it in the result.
 */
export type Role = AccessBelowVerb | 'copy' | 'merge' | 'member'

export interface Frame {
  mode: Mode
  command: 'none' | 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'copy'
  role: Role
  /** Of the tables after a comma. */
  listRole: Role
  /** Commas separate tables here. */
  inList: boolean
  /** Assignments follow. */
  inSet: boolean
  /** SET was read: what follows is not changed. */
  setSeen: boolean
  /** An assignment begins here. */
  atColumn: boolean
  /** INSERT, UPDATE, DELETE and MERGE may begin here. */
  changes: boolean
  /** The statement's own frame, or parentheses around all of it. */
  readonly top: boolean
  /** The statement's rows come from here. */
  readonly outer: boolean
  /** Parentheses where a table may stand. */
  readonly tables: boolean
  /** What was written to, for clauses that come back to it. */
  target: string | undefined
  /** In WITH: the name that is being defined, and those that were. */
  defining: string | undefined
  recursive: boolean
  defined: string[] | undefined
  /** CREATE: of a table, whose query runs now. DECLARE: of a cursor. */
  runs: boolean
  usingSeen: boolean
  /** What the frame around it is to do when this one closes. */
  readonly closes: 'nothing' | 'defines' | 'copies'
}

export function openFrame(given: Partial<Frame>): Frame {
  return {
    mode: 'start',
    command: 'none',
    role: 'read',
    listRole: 'read',
    inList: false,
    inSet: false,
    setSeen: false,
    atColumn: false,
    changes: false,
    top: false,
    outer: false,
    tables: false,
    target: undefined,
    defining: undefined,
    recursive: false,
    defined: undefined,
    runs: false,
    usingSeen: false,
    closes: 'nothing',
    ...given,
  }
}
