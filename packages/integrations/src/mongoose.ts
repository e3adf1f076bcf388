/**
 * Mongoose: every client that its connections open is audited where the driver sends its commands.
 *
 * Nothing of models, plugins or middleware is touched: a query that middleware adds, a population, a cascade of one's own and
 * `bulkWrite()` all become commands, and each command counts once.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'
import { auditMongodb, type MongoClientLike } from './mongodb.ts'

/** What is called of mongoose. */
export interface MongooseLike {
  readonly connections: readonly object[]
  createConnection(...given: never[]): object
}

export interface MongooseOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

const WATCHED = Symbol.for('@trailmark/integrations/mongoose/1')

/**
 * Records what mongoose reads and writes of the collections that the option `data` of the audit declares: collections, not
 * models, so `patients` and not `Patient`. Returns the same mongoose. Call it before `connect()`.
 *
 * Throws `AUDIT_OPTION_INVALID` naming an option that cannot be, and `AUDIT_LIBRARY_UNKNOWN` for anything but
 * mongoose, and when it is connected already without `monitorCommands`.
 *
 *     auditMongoose(mongoose)
 *     await mongoose.connect(url)
 */
export function auditMongoose<T extends MongooseLike>(mongoose: T, options: MongooseOptions = {}): T {
  const where = 'auditMongoose(mongoose)'
  checkOptions(where, options)
  const events = memberOf(mongoose, 'events')
  const on = memberOf(events, 'on')
  if (
    typeof memberOf(mongoose, 'createConnection') !== 'function' ||
    !Array.isArray(memberOf(mongoose, 'connections')) ||
    typeof on !== 'function'
  )
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: the module mongoose, or an instance of Mongoose, is expected`,
    )
  if (Object.hasOwn(mongoose, WATCHED)) return mongoose
  for (const connection of mongoose.connections) watchConnection(where, connection, options)
  Reflect.apply(on, events, [
    'createConnection',
    (made: unknown) => {
      if (typeof made === 'object' && made !== null) watchConnection(where, made, options)
    },
  ])
  Object.defineProperty(mongoose, WATCHED, { value: true })
  return mongoose
}

/** A connection makes its client when it is opened, or is given one. */
function watchConnection(where: string, connection: object, options: MongooseOptions): void {
  auditClientOf(connection, options)
  wrapOnce(
    where,
    connection,
    'createClient',
    (inner) =>
      function createClient(this: unknown, ...given) {
        const [uri, asked] = given
        const opened = Reflect.apply(inner, this, [uri, { ...Object(asked), monitorCommands: true }, ...given.slice(2)])
        // The client is there at once; connecting it takes until the promise settles.
        auditClientOf(this, options)
        return opened
      },
  )
  wrapOnce(
    where,
    connection,
    'setClient',
    (inner) =>
      function setClient(this: unknown, ...given) {
        if (isClient(given[0])) auditMongodb(given[0], options)
        return Reflect.apply(inner, this, given)
      },
  )
}

function auditClientOf(connection: unknown, options: MongooseOptions): void {
  const client = memberOf(connection, 'client')
  if (isClient(client)) auditMongodb(client, options)
}

function isClient(value: unknown): value is MongoClientLike {
  return typeof memberOf(value, 'startSession') === 'function' && typeof memberOf(value, 'db') === 'function'
}
