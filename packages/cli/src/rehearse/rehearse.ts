/**
 * The inside of a rehearsal: loads an application, waits until it stands, and writes down which routes it has.
 *
 * Called by nobody here: `start-rehearsal.ts` starts a process that calls it. No port is opened and nothing is recorded, but the
 * application's own code runs, with everything it does when it is loaded.
 *
 *     close ports, watch Fastify and Koa  →  import the module  →  make the application  →  wait for ready()  →  report
 */
import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { beginRehearsal, safeError } from '@trailmark/core/integration'
import { type Application, applicationOf, applicationsOf, exportedFrom, isServer } from './applications.ts'
import { type ClosedPorts, closePorts } from './closed-ports.ts'
import { describeApplications } from './describe.ts'
import { watchFastify } from './fastify-routes.ts'
import type { Rehearsed, Stage } from './report.ts'

export interface RehearsalOrder {
  /** `file:` URL of the module. */
  readonly module: string
  readonly export?: string
  /** Where the report is written. */
  readonly report: string
}

/** What is mounted in later turns of the start gets so long where nothing says that the start is over. */
const settleMs = 250
const ownTextMax = 300

/** Runs one rehearsal and ends the process. Called once, in a process of its own. */
export async function rehearse(order: RehearsalOrder): Promise<void> {
  const { exit } = process
  let told = false
  let later: unknown
  const tell = (report: Rehearsed): void => {
    if (told) return
    told = true
    writeFileSync(order.report, JSON.stringify(report))
  }
  const fail = (stage: Stage, detail: string): void => tell({ ok: false, stage, detail })
  process.on('exit', (code) => fail('exit', `with exit code ${code}`))
  // Of a database that is not there, for instance: no reason to know less of the routes.
  process.on('uncaughtException', (error) => (later ??= error))
  process.on('unhandledRejection', (error) => (later ??= error))

  const audits: object[] = []
  const notices: string[] = []
  beginRehearsal({ opened: (audit) => void audits.push(audit), print: (line) => void notices.push(line) })
  const ports = closePorts()
  const fastify = watchFastify()
  const koa = watchKoa()
  process.argv = [process.argv[0] ?? 'node', fileURLToPath(order.module)]

  try {
    const found = new Map<object, Application>()
    const add = (one: Application | undefined): void => void (one && found.set(one.app, one))
    const given: Server[] = []
    const problem = await load(order, ports.servers, add, given)
    if (problem !== undefined) return fail(...problem)
    await standing(ports, found.size + given.length > 0)
    for (const app of koa()) add(applicationOf(app))
    const servers = new Set([...given, ...ports.servers])
    for (const server of servers) for (const one of applicationsOf(server)) add(one)
    for (const app of fastify.instances) add({ framework: 'fastify', app })
    const notReady = await makeReady([...found.values()])
    if (notReady !== undefined) return fail('ready', textOf(notReady.error))
    for (const one of [...found.values()]) if (one.framework === 'nest') replaceByInner(found, one)
    if (found.size + servers.size === 0) {
      if (later !== undefined) return fail('load', textOf(later))
      return fail('nothing', 'no application is exported and no server listens')
    }
    const described = describeApplications({
      applications: [...found.values()],
      audits,
      notices,
      fastify,
      servers: servers.size,
    })
    tell({ ok: true, ...described, ...(later !== undefined && { later: textOf(later) }) })
  } catch (error) {
    fail('load', textOf(error))
  } finally {
    Reflect.apply(exit, process, [0])
  }
}

/**
 * Waits until the start is over: the first server listens, or nothing is under way any more. With an application in hand a start
 * that says neither is over soon; without one it may take until the time limit.
 */
async function standing(ports: ClosedPorts, inHand: boolean): Promise<void> {
  if (ports.servers.length === 0) {
    const listened = new Promise<void>((resolve) => ports.onListen(resolve))
    const idle = new Promise<void>((resolve) => process.once('beforeExit', () => resolve()))
    await Promise.race([listened, idle, ...(inHand ? [sleep(settleMs)] : [])])
  }
  await new Promise(setImmediate)
}

/** Imports the module and follows its export to an application. Answers with what went wrong, if something did. */
async function load(
  order: RehearsalOrder,
  servers: readonly unknown[],
  add: (one: Application | undefined) => void,
  given: Server[],
): Promise<[Stage, string] | undefined> {
  let exported: unknown
  try {
    exported = await import(order.module)
  } catch (error) {
    return ['load', textOf(error)]
  }
  if (typeof exported !== 'object' || exported === null) return undefined
  const found = exportedFrom(exported, order.export)
  if (found === undefined) {
    return order.export === undefined ? undefined : ['export', `the module exports no ${order.export}`]
  }
  // A module that listens by itself needs no factory called, unless that was asked for.
  if (found.kind === 'factory' && order.export === undefined && servers.length > 0) return undefined
  let value: unknown
  try {
    value = found.kind === 'factory' ? await found.make() : await found.value
  } catch (error) {
    return ['load', textOf(error)]
  }
  const application = applicationOf(value) ?? innerApplication(value)
  add(application)
  if (isServer(value)) given.push(value)
  if (application === undefined && !isServer(value) && order.export !== undefined)
    return ['export', `${order.export} leads to no application of a framework that is known`]
  return undefined
}

/** A factory often gives an object of several things, the application among them. */
function innerApplication(value: unknown): Application | undefined {
  if (typeof value !== 'object' || value === null || isServer(value)) return undefined
  for (const name of ['app', 'server', 'application']) {
    const found = applicationOf(Reflect.get(value, name))
    if (found !== undefined) return found
  }
  return undefined
}

/** Plugins of Fastify and modules of Nest are loaded only now. */
async function makeReady(applications: readonly Application[]): Promise<{ error: unknown } | undefined> {
  for (const { framework, app } of applications) {
    const start = framework === 'fastify' ? 'ready' : framework === 'nest' ? 'init' : undefined
    const method: unknown = start && Reflect.get(app, start)
    if (typeof method !== 'function') continue
    try {
      await Reflect.apply(method, app, [])
    } catch (error) {
      return { error }
    }
  }
  return undefined
}

/** Nest serves with Express or Fastify, and that is where the routes are. */
function replaceByInner(found: Map<object, Application>, { app }: Application): void {
  const getHttpAdapter: unknown = Reflect.get(app, 'getHttpAdapter')
  const adapter: unknown = typeof getHttpAdapter === 'function' ? Reflect.apply(getHttpAdapter, app, []) : undefined
  const getInstance: unknown = typeof adapter === 'object' && adapter ? Reflect.get(adapter, 'getInstance') : undefined
  const inner = applicationOf(typeof getInstance === 'function' ? Reflect.apply(getInstance, adapter, []) : undefined)
  if (inner === undefined) return
  found.delete(app)
  found.set(inner.app, inner)
}

/** Koa hands a closure to its server, so it is noticed where it asks whether somebody listens for its errors. */
function watchKoa(): () => readonly object[] {
  const seen = new Set<object>()
  const { listenerCount } = EventEmitter.prototype
  function listenerCountAndLook(this: EventEmitter, ...given: Parameters<typeof listenerCount>): number {
    if (applicationOf(this)?.framework === 'koa') seen.add(this)
    return Reflect.apply(listenerCount, this, given)
  }
  Object.defineProperty(EventEmitter.prototype, 'listenerCount', { value: listenerCountAndLook, writable: true })
  return () => [...seen]
}

/** Keeps nothing alive: where nothing else is under way, `beforeExit` comes first. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}

/** Type, code and place: nothing of what an error says, unless it is one of ours: those name the option, and hold no secret. */
function textOf(error: unknown): string {
  if (
    error instanceof Error &&
    error.name === 'AuditError' &&
    'code' in error &&
    /^AUDIT_\w+$/.test(String(error.code))
  )
    return `${error.message.slice(0, ownTextMax)} (${String(error.code)})`
  const { type, code, message, frames = [] } = safeError(error)
  const [where] = frames
  const what = [type, ...(code === undefined ? [] : [code])].join(' ')
  return `${what}${message === undefined ? '' : `: ${message}`}${where === undefined ? '' : ` at ${where}`}`
}
