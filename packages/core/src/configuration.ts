/**
 * Options, checked and with their defaults: the one shape the rest of the package reads.
 *
 * Whatever is wrong stops the start and is named, unknown names included: a misspelt `proxys` would otherwise mean that
 * every address is wrong and nobody knows.
 */
import type { SubjectKeys } from '@trailmark/keys'
import { compileData, type PersonalTables } from './data-options.ts'
import { decideLevel } from './decide/level.ts'
import { AuditError } from './errors.ts'
import type { ActorInput, Level } from './event.ts'
import { compileDebugGuard, type DebugGuardRules } from './http/debug-guard-patterns.ts'
import type { RoutePolicy } from './http/route-policy.ts'
import type { AuditOptions, OperationalSink, OutboundOptions, TrustQuestion } from './options.ts'
import { readService, type ServiceIdentity, type Surroundings } from './service.ts'

export interface Configuration {
  readonly service: ServiceIdentity
  /** Everything but NODE_ENV `development` and `test`; unset counts as production here. */
  readonly production: boolean
  /** Under NODE_ENV=test: memory, silence, no signal listeners. */
  readonly test: boolean
  /** Raw errors and readable lines may be printed: stderr is a terminal and NODE_ENV is unset, `development` or `test`. */
  readonly terminal: boolean
  /** Whether a peer's request ids and trace headers are believed. Never throws. */
  readonly trust: (peer: TrustQuestion) => boolean
  readonly proxies: readonly string[]
  readonly outbound: OutboundOptions
  /** Header names (lower case) and cookie names that carry a credential; Authorization always does. */
  readonly credentials: ReadonlySet<string>
  readonly serverTiming: boolean
  readonly actor?: (request: object) => ActorInput | undefined
  readonly operational: 'stdout' | 'human' | 'none' | OperationalSink
  /** Lowest level of operational lines. Never DEBUG in production. */
  readonly logLevel: Level
  /** A level that was asked for and not applied, and where it was asked for. */
  readonly refusedLevel?: { readonly requested: string; readonly source: 'environment' | 'option' }
  /** The sentence about it. */
  readonly levelNotice?: string | undefined
  /** What the debug guard blocks; undefined outside production. */
  readonly debugGuard?: DebugGuardRules | undefined
  /** What routes do, where code does not say it itself; undefined where nothing is configured. */
  readonly routes?: RoutePolicy | undefined
  /** Tables that hold personal data; undefined where none is declared. */
  readonly data?: PersonalTables | undefined
  readonly ack: 'durable' | 'written' | 'queued'
  /** What becomes of a held answer whose result is not durable after `limits.holdMs`. */
  readonly block: 'release' | 'strict'
  readonly signals: boolean
  readonly metrics: boolean
  readonly limits: {
    /** When a response still open gets an opening line. */
    readonly openingMs: number
    /** How long an attempt or a held answer waits for the ledger. */
    readonly holdMs: number
    /** Bytes that may wait per ledger. */
    readonly queueBytesMax: number
    /** How long a record that nobody waits for may wait for others. */
    readonly commitDelayMs: number
  }
  /** Short hash of policy, catalogue, scrubber and the options that matter: `policy` on every record. */
  readonly hash: string
}

/** What is compiled elsewhere: by the steps that own the words of `trust`, `proxies`, `policy` and `routes`. */
export interface Compiled {
  readonly routes?: RoutePolicy | undefined
  readonly trust: (peer: TrustQuestion) => boolean
  readonly hash: string
}

/** Where the process runs, as far as defaults depend on it. */
export interface Platform extends Surroundings {
  readonly stdoutTerminal: boolean
  readonly stderrTerminal: boolean
}

/** This process. */
export function thisPlatform(): Platform {
  return {
    cwd: process.cwd(),
    script: process.argv[1],
    env: process.env,
    stdoutTerminal: process.stdout?.isTTY === true,
    stderrTerminal: process.stderr?.isTTY === true,
  }
}

const holdMs = 2_000
const openingMsDefault = 60_000
const queueBytesDefault = 16 * 1_048_576
const commitDelayMsDefault = 10
/** Four times what a ledger collects before it writes in any case. */
const collectingBytesMin = 1_048_576

/** A small queue would be full of what only waits for company. */
const collects = ({ queueBytesMax = queueBytesDefault }: AuditOptions): boolean => queueBytesMax >= collectingBytesMin

/** Every option there is: what is not named here is a mistake. */
const known: ReadonlySet<string> = new Set<keyof AuditOptions>([
  'service',
  'dir',
  'keysDir',
  'ledger',
  'anchors',
  'anchorEveryMs',
  'keys',
  'outbox',
  'pseudonyms',
  'undeclared',
  'policy',
  'activity',
  'routes',
  'events',
  'trust',
  'proxies',
  'outbound',
  'credentials',
  'operational',
  'console',
  'ack',
  'block',
  'queueBytesMax',
  'commitDelayMs',
  'logLevel',
  'signals',
  'serverTiming',
  'actor',
  'debugGuard',
  'data',
  'clock',
  'openingMs',
  'metrics',
  'scrub',
])

/** Checks every option. Throws `AUDIT_OPTION_INVALID` naming the first that is wrong. */
export function readConfiguration(options: AuditOptions, platform: Platform, compiled: Compiled): Configuration {
  const mode = platform.env.NODE_ENV
  const test = mode === 'test'
  const production = mode !== 'development' && !test
  const readable = mode === undefined || mode === '' || !production
  const level = decideLevel({ option: options.logLevel, environment: platform.env.LOG_LEVEL, production })
  return {
    service: readService(options.service, platform),
    production,
    test,
    terminal: readable && platform.stderrTerminal,
    trust: compiled.trust,
    proxies: options.proxies ?? [],
    outbound: options.outbound ?? {},
    credentials: new Set((options.credentials ?? []).flatMap((name) => [name, name.toLowerCase()])),
    serverTiming: options.serverTiming ?? false,
    ...(options.actor && { actor: options.actor }),
    operational: options.operational ?? (test ? 'none' : readable && platform.stdoutTerminal ? 'human' : 'stdout'),
    logLevel: level.level,
    ...(level.refused && { refusedLevel: level.refused, levelNotice: level.notice }),
    debugGuard: compileDebugGuard(options.debugGuard, production),
    ...(compiled.routes && { routes: compiled.routes }),
    data: compileData(options.data),
    ack: options.ack ?? (production ? 'durable' : 'written'),
    block: options.block ?? 'release',
    signals: options.signals ?? !test,
    metrics: options.metrics ?? true,
    limits: {
      openingMs: options.openingMs ?? openingMsDefault,
      holdMs,
      queueBytesMax: options.queueBytesMax ?? queueBytesDefault,
      commitDelayMs: collects(options) ? (options.commitDelayMs ?? commitDelayMsDefault) : 0,
    },
    hash: compiled.hash,
  }
}

/** Checks the shape of every option, before anything is opened. What another step compiles, that step checks. */
export function checkOptions(options: AuditOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'must be an object')
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw invalid(name, `is not an option; there are ${[...known].join(', ')}`)
  }
  checkPath('dir', options.dir)
  checkPath('keysDir', options.keysDir)
  const { ledger, operational } = options
  if (typeof options.service !== 'string')
    checkMembers('service', options.service, ['name', 'version', 'env', 'instance'])
  checkMembers('outbound', options.outbound, ['trace', 'requestId', 'baggage'])
  checkOne('ledger', ledger, ['disk', 'memory'], typeof ledger === 'function', 'or a function that opens a log')
  const sink = typeof operational === 'function' || hasMethod(operational, 'write') || hasMethod(operational, 'info')
  checkOne('operational', operational, ['stdout', 'human', 'none'], sink, 'a function, a stream or a logger')
  checkOne('console', options.console, ['leave', 'scrub'])
  checkOne('undeclared', options.undeclared, ['drop', 'seal'])
  checkOne('ack', options.ack, ['durable', 'written', 'queued'])
  checkOne('block', options.block, ['release', 'strict'])
  checkKeys(options.keys)
  checkMethods('pseudonyms', options.pseudonyms, ['name', 'find', 'takeNews', 'told', 'due', 'persist', 'persistSync'])
  checkMethods('outbox', options.outbox, ['put', 'drain'])
  checkMethods('clock', options.clock, ['now', 'monotonic'])
  checkList('policy', options.policy, 'object')
  checkList('proxies', options.proxies, 'string')
  checkList('credentials', options.credentials, 'string')
  checkInteger('queueBytesMax', options.queueBytesMax, 65_536, 1_073_741_824)
  checkInteger('commitDelayMs', options.commitDelayMs, 0, 1_000)
  checkInteger('anchorEveryMs', options.anchorEveryMs, 1_000, 86_400_000)
  checkList('anchors', options.anchors, 'object')
  for (const [i, anchor] of options.anchors?.entries() ?? []) checkMethods(`anchors[${i}]`, anchor, ['publish'])
  checkInteger('openingMs', options.openingMs, 1_000, 3_600_000)
  for (const name of ['signals', 'serverTiming', 'metrics', 'activity'] as const)
    checkType(name, options[name], 'boolean')
  checkType('actor', options.actor, 'function')
}

function checkPath(name: string, value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'string' || value === '' || value.includes('\0'))
    throw invalid(name, 'must be the path of a directory')
}

function checkOne(name: string, value: unknown, words: readonly string[], also = false, alsoText = ''): void {
  if (value === undefined || also || (typeof value === 'string' && words.includes(value))) return
  throw invalid(name, `must be ${words.map((one) => `'${one}'`).join(', ')} ${alsoText}`.trimEnd())
}

function checkList(name: string, value: unknown, of: 'string' | 'object'): void {
  if (value === undefined) return
  if (!Array.isArray(value)) throw invalid(name, 'must be a list')
  value.forEach((one: unknown, i) => {
    if (typeof one !== of || one === null || one === '')
      throw invalid(`${name}[${i}]`, `must be ${of === 'string' ? 'a string' : 'an object'}`)
  })
}

function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) return
  throw invalid(name, `must be a whole number from ${min} to ${max}`)
}

function checkType(name: string, value: unknown, type: 'boolean' | 'function'): void {
  if (value !== undefined && typeof value !== type) throw invalid(name, `must be a ${type}`)
}

function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  if (value === undefined) return
  if (typeof value !== 'object' || value === null) throw invalid(name, 'must be an object')
  for (const method of methods) if (!hasMethod(value, method)) throw invalid(name, `must have ${method}()`)
}

/** An object that has no other members than these. */
function checkMembers(name: string, value: unknown, members: readonly string[]): void {
  if (value === undefined) return
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name, 'must be an object')
  for (const member of Object.keys(value)) {
    if (!members.includes(member))
      throw invalid(`${name}.${member}`, `is not an option; there are ${members.join(', ')}`)
  }
}

/** What a key service of one's own has to answer, where it has keys for single people. */
const subjectMethods: readonly (keyof SubjectKeys)[] = [
  'current',
  'find',
  'anonymous',
  'all',
  'wasErased',
  'takeNews',
  'told',
  'due',
  'persist',
  'persistSync',
  'open',
  'destroy',
  'expireAnonymous',
  'rotateKek',
  'tend',
]

function checkKeys(keys: unknown): void {
  if (keys === undefined) return
  checkMethods('keys', keys, [])
  const all: { dir?: unknown; log?: unknown; tokens?: unknown; subjects?: unknown } = Object(keys)
  const { dir, log, tokens, subjects } = all
  if (typeof dir !== 'string') throw invalid('keys.dir', 'must be a string, empty for keys without a directory')
  if (!hasMethod(log, 'sign')) throw invalid('keys.log', 'must have publicKey and sign()')
  if (!hasMethod(tokens, 'current') || !hasMethod(tokens, 'all'))
    throw invalid('keys.tokens', 'must have current() and all()')
  checkMethods('keys.subjects', subjects, subjectMethods)
}

function hasMethod(value: unknown, method: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function'
}

function invalid(name: string, rule: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${name}: ${rule}`)
}
