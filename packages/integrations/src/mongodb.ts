/**
 * The official MongoDB driver: every command it sends for a declared collection is access below the route.
 *
 * The driver tells of its commands by events, which are the one place that nothing goes around: builders, bulk writes, change
 * streams, `db.command()` and everything built on the driver end there. They come in the context of the call, whichever
 * connection of the pool serves it.
 */
import { type Audit, AuditError } from '@trailmark/core'
import {
  type AccessBelow,
  currentContext,
  isPersonal,
  type RequestContext,
  reportAccess,
  watchesData,
} from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { listOf, memberOf } from './member.ts'
import { type Done, type Touch, touchesOf } from './mongodb/commands.ts'
import { Transactions } from './mongodb/transactions.ts'

/** What is called of a MongoDB client. */
export interface MongoClientLike {
  db(name?: string): object
  startSession(): object
}

export interface MongodbOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

const AUDITED = Symbol.for('@trailmark/integrations/mongodb/1')
/** Commands whose reply is awaited at a time; those beyond are reported without counts. */
const pendingMax = 10_000

interface Pending {
  readonly touches: readonly Touch[]
  readonly command: unknown
  readonly context: RequestContext | undefined
}

/**
 * Records what a MongoDB client reads and writes of the collections that the option `data` of the audit declares, as
 * `data_access`, `data_create`, `data_update` and `data_delete`. Returns the same client. Call it before the client connects:
 * it switches the driver's command monitoring on.
 *
 * Throws `AUDIT_OPTION_INVALID` naming an option that cannot be, and `AUDIT_LIBRARY_UNKNOWN` for anything but a
 * client, and for one that is connected without command monitoring.
 *
 *     const client = auditMongodb(new MongoClient(url))
 */
export function auditMongodb<T extends MongoClientLike>(client: T, options: MongodbOptions = {}): T {
  const where = 'auditMongodb(client)'
  checkOptions(where, options)
  const on = memberOf(client, 'on')
  if (
    typeof memberOf(client, 'startSession') !== 'function' ||
    typeof on !== 'function' ||
    !Reflect.has(client, 'monitorCommands')
  )
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: a MongoClient of the package mongodb is expected`)
  if (Object.hasOwn(client, AUDITED)) return client
  if (memberOf(client, 'monitorCommands') !== true) {
    if (memberOf(client, 'topology') !== undefined)
      throw new AuditError(
        'AUDIT_LIBRARY_UNKNOWN',
        `${where}: this client is connected already and tells nothing of its commands; audit it before it connects, or make it with monitorCommands: true`,
      )
    Reflect.set(client, 'monitorCommands', true)
    if (memberOf(client, 'monitorCommands') !== true)
      throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: command monitoring cannot be switched on`)
  }
  Object.defineProperty(client, AUDITED, { value: true })
  const watch = new CommandWatch(options.audit)
  const listen = (event: string, told: (event: unknown) => void): void => {
    // A listener that throws would end the driver's command.
    const safely = (event: unknown): void => {
      try {
        told(event)
      } catch {
        // Reporting counts by itself what it cannot do.
      }
    }
    Reflect.apply(on, client, [event, safely])
  }
  listen('commandStarted', (event) => watch.started(event))
  listen('commandSucceeded', (event) => watch.succeeded(event))
  listen('commandFailed', (event) => watch.failed(event))
  return client
}

class CommandWatch {
  readonly #audit: Audit | undefined
  readonly #pending = new Map<unknown, Pending>()
  readonly #transactions: Transactions

  constructor(audit: Audit | undefined) {
    this.#audit = audit
    this.#transactions = new Transactions(audit)
  }

  started(event: unknown): void {
    if (!watchesData(this.#audit)) return
    const name = memberOf(event, 'commandName')
    const database = memberOf(event, 'databaseName')
    const command = memberOf(event, 'command')
    if (typeof name !== 'string' || typeof database !== 'string') return
    // Its operations are only counted where one of its collections is declared.
    const spaces = name === 'bulkWrite' ? listOf(memberOf(command, 'nsInfo')) : undefined
    if (spaces?.every((space) => !isPersonal(String(memberOf(space, 'ns')), this.#audit))) return
    const ends = name === 'commitTransaction' || name === 'abortTransaction'
    const touches = touchesOf(database, name, command).filter(
      ({ table }) => table === undefined || isPersonal(table, this.#audit),
    )
    if (touches.length === 0 && !ends) return
    if (this.#pending.size >= pendingMax) this.#all(touches, {}, currentContext())
    else this.#pending.set(memberOf(event, 'requestId'), { touches, command, context: currentContext() })
  }

  succeeded(event: unknown): void {
    const pending = this.#take(event)
    if (pending === undefined) return
    const { touches, command, context } = pending
    const name = memberOf(event, 'commandName')
    if (name === 'commitTransaction' || name === 'abortTransaction')
      this.#transactions.ended(command, name === 'commitTransaction')
    const reply = memberOf(event, 'reply')
    for (const touch of touches) {
      const all: readonly Done[] = touch.done?.(reply) ?? named(touch)
      for (const done of all) {
        const access: AccessBelow = { ...done, context }
        if (done.verb === 'read') reportAccess(access, this.#audit)
        else this.#transactions.write(command, access)
      }
    }
  }

  failed(event: unknown): void {
    const pending = this.#take(event)
    if (pending === undefined) return
    const { touches, command, context } = pending
    const name = memberOf(event, 'commandName')
    // After a commit without an answer the driver asks again, and only then it is known.
    if (name === 'abortTransaction' || (name === 'commitTransaction' && !isUncertain(memberOf(event, 'failure'))))
      this.#transactions.ended(command, false)
    this.#all(touches, { failed: true }, context)
  }

  #take(event: unknown): Pending | undefined {
    if (this.#pending.size === 0) return undefined
    const key = memberOf(event, 'requestId')
    const pending = this.#pending.get(key)
    if (pending !== undefined) this.#pending.delete(key)
    return pending
  }

  #all(touches: readonly Touch[], extra: { readonly failed?: true }, context: RequestContext | undefined): void {
    for (const touch of touches)
      for (const done of named(touch)) reportAccess({ ...done, ...extra, context }, this.#audit)
  }
}

function named({ table, verb }: Touch): Done[] {
  return table === undefined ? [] : [{ table, verb }]
}

/** A commit whose answer was lost may have happened. */
function isUncertain(failure: unknown): boolean {
  const ask = memberOf(failure, 'hasErrorLabel')
  return typeof ask !== 'function' || Reflect.apply(ask, failure, ['UnknownTransactionCommitResult']) === true
}
