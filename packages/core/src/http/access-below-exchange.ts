/**
 * Reports of one exchange, and what becomes of them at its end: a declared access takes those it announced, the others are
 * recorded for themselves, and one to data that the route never spoke of is told as such and counted on the route.
 */
import type { PersonalTable } from '../data-options.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { RecordExtra, Runtime } from '../runtime.ts'
import { DeclaredAccess } from './access.ts'
import { AccessFold, eventFor } from './access-below-fold.ts'
import type { AccessBelow, AccessBelowVerb } from './access-below-report.ts'

/** What a declared verb announces. Whoever exports, searches or shares has to read. */
const announces: Readonly<Record<string, AccessBelowVerb>> = {
  read: 'read',
  export: 'read',
  search: 'read',
  share: 'read',
  create: 'create',
  update: 'update',
  delete: 'delete',
}

export class AccessesBelow {
  readonly #runtime: Runtime
  #fold: AccessFold | undefined
  /** Resources that the route declares. */
  #declared: string[] | undefined

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  add(access: AccessBelow, table: PersonalTable): void {
    this.#fold ??= new AccessFold()
    this.#fold.add(access, table, this.#runtime.clock.now())
  }

  /** Gives what the route declared what was counted of it by now: no second record is made of that. */
  fill(access: object): void {
    if (!(access instanceof DeclaredAccess)) return
    this.#declared ??= []
    // A request may call an audited function a thousand times.
    if (!this.#declared.includes(access.resource)) this.#declared.push(access.resource)
    const verb = announces[access.verb]
    for (const line of this.#fold?.take((one) => one.verb === verb && one.table.resource === access.resource) ?? [])
      access.countedBelow(line)
  }

  /** Records what no declared access took. */
  record(facts: ExchangeFacts, who: RecordExtra): void {
    if (this.#fold === undefined) return
    for (const line of this.#fold.take(() => true)) {
      const undeclared = this.tellDrift(line.table, facts)
      const { type, event } = eventFor(line, this.#bulkRecords, undeclared)
      this.#runtime.recordIn(facts, type, event, who)
    }
    const { overflow } = this.#fold
    if (overflow > 0)
      this.#runtime.notice(
        'DATA_TABLES_OVERFLOW',
        `a request touched more declared tables than are told apart in one: ${overflow} accesses are on no record; is every table declared?`,
      )
  }

  /** True when the route declares nothing of this resource; then that is counted on the route. */
  tellDrift(table: PersonalTable, { http }: ExchangeFacts): boolean {
    if (this.#declared?.includes(table.resource)) return false
    if (http?.route !== undefined) this.#runtime.coverage.drifted(http.route, http.method, table.name)
    return true
  }

  get #bulkRecords(): number {
    return this.#runtime.options.data?.bulkRecords ?? Number.POSITIVE_INFINITY
  }
}
