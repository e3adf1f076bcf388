/**
 * Reports of one request, or of one job, folded into one line for each table and verb.
 *
 * Rows are counted at once and only identifiers are kept, so that no result outlives its request. The number of lines is
 * bounded: a request that touches more tables than any schema has is told to the operator and counted.
 */
import type { PersonalTable } from '../data-options.ts'
import type { EventInput, TargetInput } from '../event.ts'
import type { AccessBelow, AccessBelowVerb } from './access-below-report.ts'
import { collectIds } from './access-below-rows.ts'

/** Pairs of table and verb that are told apart in one request. */
export const pairsMax = 64

/** What one layer saw. */
interface Tally {
  calls: number
  failures: number
  /** Undefined while no call said how many. */
  records: number | undefined
}

/** All that was done to one table in one way. */
export class FoldedAccess {
  readonly table: PersonalTable
  readonly verb: AccessBelowVerb
  readonly ids = new Set<string>()
  readonly subjects = new Set<string>()
  startMs = 0
  endMs = 0
  /** A record was made of what was counted before. */
  told = false
  #driver: Tally | undefined
  #library: Tally | undefined
  #toldByDriver = false

  constructor(table: PersonalTable, verb: AccessBelowVerb) {
    this.table = table
    this.verb = verb
  }

  get calls(): number {
    return this.#tally?.calls ?? 0
  }

  get failed(): boolean {
    const tally = this.#tally
    return tally !== undefined && tally.failures === tally.calls
  }

  get records(): number | undefined {
    return this.#tally?.records
  }

  add(access: AccessBelow, nowMs: number): void {
    const tally = this.#tallyOf(access)
    if (tally === undefined) return
    if (this.startMs === 0) this.startMs = nowMs
    this.endMs = nowMs
    tally.calls++
    if (access.failed === true) {
      tally.failures++
      return
    }
    const { records, rows, columns } = access
    const counted = records ?? rows?.length
    if (counted !== undefined && Number.isSafeInteger(counted) && counted >= 0)
      tally.records = Math.min((tally.records ?? 0) + counted, Number.MAX_SAFE_INTEGER)
    if (rows === undefined || rows.length === 0) return
    const { id, subject } = this.table
    if (id !== undefined) collectIds(this.ids, rows, id, columns)
    if (subject !== undefined) collectIds(this.subjects, rows, subject, columns)
  }

  /** A record was made of it; from here on it counts anew. */
  restart(): void {
    this.told = true
    this.#toldByDriver ||= this.#driver !== undefined
    this.#driver = undefined
    this.#library = undefined
    this.ids.clear()
    this.subjects.clear()
    this.startMs = 0
  }

  /** The driver saw every statement that a library above it made. */
  get #tally(): Tally | undefined {
    return this.#driver ?? this.#library
  }

  #tallyOf({ layer }: AccessBelow): Tally | undefined {
    if (layer === 'driver') {
      this.#driver ??= { calls: 0, failures: 0, records: undefined }
      return this.#driver
    }
    if (this.#toldByDriver) return undefined
    this.#library ??= { calls: 0, failures: 0, records: undefined }
    return this.#library
  }
}

export class AccessFold {
  readonly #lines = new Map<string, FoldedAccess>()
  /** Reports that found no place. */
  overflow = 0

  /** Counts it; the line it stands in, or undefined where there is no place for another. */
  add(access: AccessBelow, table: PersonalTable, nowMs: number): FoldedAccess | undefined {
    const key = `${access.verb} ${table.name}`
    let line = this.#lines.get(key)
    if (line === undefined) {
      if (this.#lines.size >= pairsMax) {
        this.overflow++
        return undefined
      }
      line = new FoldedAccess(table, access.verb)
      this.#lines.set(key, line)
    }
    line.add(access, nowMs)
    return line
  }

  /** The lines that are wanted; they are counted no more. */
  take(wanted: (line: FoldedAccess) => boolean): FoldedAccess[] {
    const taken: FoldedAccess[] = []
    for (const [key, line] of this.#lines) {
      if (!wanted(line)) continue
      taken.push(line)
      this.#lines.delete(key)
    }
    return taken
  }
}

const eventOf: Readonly<Record<AccessBelowVerb, string>> = {
  read: 'data_access',
  create: 'data_create',
  update: 'data_update',
  delete: 'data_delete',
}

/** The record that stands for a line of its own. `undeclared`: the request's route does not say that it touches this. */
export function eventFor(
  line: FoldedAccess,
  bulkRecords: number,
  undeclared: boolean,
): { readonly type: string; readonly event: EventInput } {
  const { table, verb, records } = line
  const kind: TargetInput =
    table.class === undefined ? { type: table.resource } : { type: table.resource, class: table.class }
  const { failed } = line
  const bulk = verb === 'read' && (records ?? 0) > bulkRecords
  return {
    type: bulk ? 'bulk_query' : eventOf[verb],
    event: {
      targets: line.ids.size === 0 ? [kind] : [...line.ids].map((id) => ({ ...kind, id })),
      ...(line.subjects.size === 0 ? {} : { subjects: [...line.subjects] }),
      ...(records === undefined ? {} : { volume: { records } }),
      outcome: failed ? 'failure' : 'success',
      ...(failed ? { reason: 'error' } : {}),
      metadata: { via: 'database', ...(undeclared ? { undeclared: true } : {}) },
    },
  }
}
