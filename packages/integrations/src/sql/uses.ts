/**
 * What one statement does to which tables: collected while it is read, resolved when it ends.
 *
 * Names are resolved late because SQL names them late: `DELETE p FROM patients p` says which table `p` is after it said what
 * becomes of it.
 */
import type { AccessBelowVerb } from '@trailmark/core/integration'

/** One table in a statement. */
export interface TableUse {
  readonly verb: AccessBelowVerb
  /** As the statement names it, quotes removed. */
  readonly table: string
  /** False where the rows of the statement's result are not rows of this table: of a subquery, of a second command. */
  readonly counted: boolean
}

export interface Statement {
  /** What its result counts; undefined where it counts nothing of tables. */
  readonly verb: AccessBelowVerb | undefined
  readonly uses: readonly TableUse[]
  /** The one table whose columns the rows of the result are, where that can be said. */
  readonly rowsOf: string | undefined
  /** It begins or ends a transaction. */
  readonly control: 'begin' | 'commit' | 'rollback' | undefined
}

/** A table as a clause names it. */
export interface Reference {
  verb: AccessBelowVerb
  table: string
  readonly counted: boolean
  alias: string | undefined
  /** Stands in the list of tables of an UPDATE: which of them are changed, SET may say. */
  readonly updated: boolean
}

/** References of one statement; beyond, tables are not told apart any more. */
const referencesMax = 256

export class Uses {
  verb: AccessBelowVerb | undefined
  /** Tables, subqueries and functions that the rows come from. */
  sources = 0
  /** True when its rows come from several queries. */
  union = false
  /** False where only a plan is answered. */
  answersRows = true
  /** There was a word at all. */
  seen = false
  control: Statement['control']
  full = false
  readonly #references: Reference[] = []
  readonly #assigned = new Set<string>()

  add(verb: AccessBelowVerb, table: string, counted: boolean, updated: boolean): Reference | undefined {
    if (table === '') return undefined
    if (this.#references.length >= referencesMax) {
      this.full = true
      return undefined
    }
    const reference: Reference = { verb, table, counted, alias: undefined, updated }
    this.#references.push(reference)
    return reference
  }

  /** `SET qualifier.column = …` */
  assign(qualifier: string): void {
    if (this.#assigned.size < referencesMax) this.#assigned.add(qualifier.toLowerCase())
  }

  end(): Statement {
    this.#resolveAliases()
    this.#resolveAssignments()
    const targets = new Set<string>()
    for (const { verb, table } of this.#references) if (verb !== 'read') targets.add(table.toLowerCase())
    const changes = this.verb === 'update' || this.verb === 'delete'
    const uses = new Map<string, TableUse>()
    for (const { verb, table, counted } of this.#references) {
      // Whoever changes a table has named it twice, and did not read it for anybody.
      if (changes && verb === 'read' && counted && targets.has(table.toLowerCase())) continue
      const key = `${verb} ${table.toLowerCase()}`
      const known = uses.get(key)
      if (known === undefined || (counted && !known.counted)) uses.set(key, { verb, table, counted })
    }
    const verb = this.answersRows ? this.verb : undefined
    const direct = [...uses.values()].filter((use) => use.counted && use.verb === verb)
    const only = this.sources === 1 && !this.union && direct.length === 1
    const rowsOf = only ? direct[0]?.table : undefined
    return { verb, uses: [...uses.values()], rowsOf, control: this.control }
  }

  #resolveAliases(): void {
    const aliases = new Map<string, string>()
    for (const { verb, table, alias } of this.#references)
      if (verb === 'read' && alias !== undefined) aliases.set(alias.toLowerCase(), table)
    if (aliases.size === 0) return
    for (const reference of this.#references) {
      const meant = reference.verb === 'read' ? undefined : aliases.get(reference.table.toLowerCase())
      if (meant !== undefined) reference.table = meant
    }
  }

  #resolveAssignments(): void {
    const list = this.#references.filter(({ updated }) => updated)
    if (list.length < 2) return
    const isAssigned = ({ alias, table }: Reference): boolean =>
      this.#assigned.has((alias ?? table.slice(table.lastIndexOf('.') + 1)).toLowerCase())
    if (!list.some(isAssigned)) return
    for (const reference of list) reference.verb = isAssigned(reference) ? 'update' : 'read'
  }
}
