/**
 * Which paths are debugging endpoints, as data: the built-in table, what the option adds, and how a path is held against them.
 *
 * Documentation of an API (`/swagger`) is often public on purpose and is not among them; nor is `/json`, which the inspector
 * serves on a port of its own.
 */
import { AuditError } from '../errors.ts'
import { type PathReading, readPath } from './debug-guard-path.ts'

export interface DebugPattern {
  /** Name in records and in the documentation. */
  readonly rule: string
  /** As an operator writes it: `/actuator/**`. */
  readonly text: string
  readonly segments: readonly string[]
  /** The last segment is only the beginning of one: `/phpinfo*`. */
  readonly begins: boolean
  /** What lies below is meant, too: `/debug/**`. */
  readonly below: boolean
  /** `anywhere`: at any depth. `word`: also an everyday word, so not below a prefix that holds a parameter. */
  readonly where: 'prefix' | 'anywhere' | 'word'
  /** `outside`: only for clients from outside. `page`: only for a browser that asks for a page. */
  readonly only?: 'outside' | 'page'
}

/** Why a request is not let through. */
export interface DebugBlock {
  /** Name of the pattern: `actuator`, `trace_method`, `block.0`. */
  readonly rule: string
  readonly reason: 'debug_route' | 'metrics_from_outside' | 'method_override'
  /** What an operator is told: the pattern as written, nothing of the request. */
  readonly what: string
}

type Rest = Partial<Pick<DebugPattern, 'where' | 'only'>>

/** The built-in table. Text: `/x` the path itself, `/x/**` also what is below, `/x*` also what begins so. */
export const debugPatterns: readonly DebugPattern[] = [
  pattern('debug', '/debug/**'),
  pattern('trace', '/trace', { where: 'word' }),
  pattern('env', '/env', { where: 'word' }),
  pattern('metrics', '/metrics/**', { where: 'word', only: 'outside' }),
  pattern('actuator', '/actuator/**'),
  pattern('underscores', '/__*/**'),
  pattern('dot_env', '/.env*/**', { where: 'anywhere' }),
  pattern('dot_git', '/.git/**', { where: 'anywhere' }),
  pattern('dot_svn', '/.svn/**', { where: 'anywhere' }),
  pattern('dot_hg', '/.hg/**', { where: 'anywhere' }),
  pattern('dot_ds_store', '/.DS_Store', { where: 'anywhere' }),
  pattern('server_status', '/server-status/**'),
  pattern('server_info', '/server-info/**'),
  pattern('phpinfo', '/phpinfo*/**'),
  pattern('graphiql', '/graphiql/**'),
  pattern('playground', '/playground', { where: 'word' }),
  pattern('altair', '/altair/**'),
  pattern('graphql_page', '/graphql', { only: 'page' }),
  pattern('heapdump', '/heapdump/**'),
  pattern('heap', '/heap', { where: 'word' }),
  pattern('profiler', '/profiler/**', { where: 'word' }),
  pattern('symfony_profiler', '/_profiler/**'),
  pattern('pprof', '/pprof/**'),
  pattern('console', '/console', { where: 'word' }),
]

/** Probes that platforms ask: never blocked, whatever the option says. */
export const healthPaths: ReadonlySet<string> = new Set([
  '/health',
  '/healthz',
  '/live',
  '/livez',
  '/ready',
  '/readyz',
  '/status',
  '/actuator/health',
  '/actuator/health/liveness',
  '/actuator/health/readiness',
  '/__heartbeat__',
  '/__lbheartbeat__',
])

/** What an application may say of the debug guard. */
export interface DebugGuardOption {
  /** Single paths, as clients write them, that are let through: `/env`, or with parameters `/metrics/:name`. */
  readonly allow?: readonly string[]
  /** More paths that are blocked: `/internal`, `/internal/**`, `/internal*`. */
  readonly block?: readonly string[]
}

export interface DebugGuardRules {
  readonly patterns: readonly DebugPattern[]
  /** Segments; a parameter is undefined. */
  readonly allowed: readonly (readonly (string | undefined)[])[]
  /** What the option let through, as written: for the start-up record. */
  readonly allows: number
}

const entriesMax = 100
const entryCharsMax = 200

/**
 * Checks the option `debugGuard` and adds it to the built-in table. Undefined outside production and where there is nothing
 * to guard. Throws AUDIT_OPTION_INVALID naming the entry; also for `false` in production, where nothing switches it off.
 */
export function compileDebugGuard(
  option: false | DebugGuardOption | undefined,
  production: boolean,
): DebugGuardRules | undefined {
  if (option === false) {
    if (!production) return undefined
    throw invalid('', 'cannot be switched off in production; name the paths that you need in debugGuard.allow')
  }
  if (option !== undefined && (typeof option !== 'object' || option === null || Array.isArray(option)))
    throw invalid('', 'must be false or an object with allow and block')
  for (const name of Object.keys(option ?? {})) {
    if (name !== 'allow' && name !== 'block') throw invalid(`.${name}`, 'is not an option; there are allow, block')
  }
  const allowed = entries('allow', option?.allow).map((entry, i) => readAllowed(entry, `.allow[${i}]`))
  const added = entries('block', option?.block).map((entry, i) => readBlocked(entry, i))
  return production ? { patterns: [...debugPatterns, ...added], allowed, allows: allowed.length } : undefined
}

/** Whether a reading, from its segment `at` on, is what the pattern means. */
export function isMatch({ segments, begins, below }: DebugPattern, path: PathReading, at: number): boolean {
  const rest = path.length - at
  if (rest < segments.length || (rest > segments.length && !below)) return false
  const last = segments.length - 1
  for (let i = 0; i <= last; i++) {
    const want = segments[i] ?? ''
    const is = path[at + i] ?? ''
    if (begins && i === last ? !is.startsWith(want) : is !== want) return false
  }
  return true
}

function pattern(rule: string, text: string, { where = 'prefix', only }: Rest = {}): DebugPattern {
  const below = text.endsWith('/**')
  const path = (below ? text.slice(0, -3) : text).toLowerCase()
  const begins = path.endsWith('*')
  const segments = (begins ? path.slice(0, -1) : path).split('/').slice(1)
  return Object.freeze({ rule, text, segments, begins, below, where, ...(only && { only }) })
}

function entries(name: string, given: unknown): readonly string[] {
  if (given === undefined) return []
  if (!Array.isArray(given) || given.length > entriesMax)
    throw invalid(`.${name}`, `must be a list of at most ${entriesMax} paths`)
  return given.map((entry: unknown, i) => {
    if (typeof entry === 'string' && entry.startsWith('/') && entry.length <= entryCharsMax) return entry
    throw invalid(`.${name}[${i}]`, `must be a path of at most ${entryCharsMax} characters that begins with /`)
  })
}

/** What nobody can write into a path without it being read as something else. */
const unclear = /[%?#;\\\s*]|\/\/|\/\.{1,2}(?:\/|$)/

function readAllowed(entry: string, where: string): (string | undefined)[] {
  if (unclear.test(entry)) throw invalid(where, 'must name one path, plainly: no *, no %, no query')
  const segments = plainly(entry)
  if (segments.length > 0) return segments.map((segment) => (segment.startsWith(':') ? undefined : segment))
  throw invalid(where, 'must name one path')
}

function readBlocked(entry: string, i: number): DebugPattern {
  const where = `.block[${i}]`
  const bare = entry.replace(/\/\*\*$/, '').replace(/\*$/, '')
  if (unclear.test(bare) || plainly(bare).length === 0 || bare.endsWith('/'))
    throw invalid(where, 'must be a path, or one that ends in /** or *')
  if (healthPaths.has(bare.toLowerCase())) throw invalid(where, 'is a health path, and those are never blocked')
  return pattern(`block.${i}`, entry)
}

function plainly(entry: string): readonly string[] {
  return readPath(entry)?.[0] ?? []
}

function invalid(where: string, rule: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `debugGuard${where}: ${rule}`)
}
