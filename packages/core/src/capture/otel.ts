/**
 * The active span of an OpenTelemetry SDK, where one runs.
 *
 * `@opentelemetry/api` is an optional peer. It is loaded only once an SDK has registered itself in this process, which it
 * does on a well-known symbol, and by `require`, because a top-level await would keep this package from being required.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type * as Api from '@opentelemetry/api'

/** Tells the operator something, at most once per code. */
export type Notice = (code: string, message: string) => void

/** The ids of the span in progress. */
export interface ActiveSpan {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  /** Serialised; empty if there is none. */
  readonly traceState: string
}

/** Where version 1 of the API keeps what an SDK registers, so that several copies of the API find it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

/** Asked at every request until an SDK is there. */
const world: { [REGISTERED]?: unknown; toString(): string } = globalThis

let api: Pick<typeof Api, 'trace'> | 'missing' | undefined

const waiting = new Set<() => void>()

let randomIds = false

/** Told by whoever gave the tracer its id generator: whether the trace ids it begins are random. */
export function setTracerRandom(random: boolean): void {
  randomIds = random
}

/** Whether traces that the tracer begins may carry the random flag. Tracers themselves know the sampled flag alone. */
export function isTracerRandom(): boolean {
  return randomIds
}

/** Whether an SDK has registered itself in this process. A logger or meter alone is none: spans are what counts here. */
export function isSdkRegistered(): boolean {
  const registered: unknown = world[REGISTERED]
  if (typeof registered !== 'object' || registered === null) return false
  return Reflect.get(registered, 'context') !== undefined || Reflect.get(registered, 'trace') !== undefined
}

/** Calls `listener` once, when a request first finds an SDK registered. Returns a function that forgets it. */
export function whenSdkSeen(listener: () => void): () => void {
  waiting.add(listener)
  return () => void waiting.delete(listener)
}

/**
 * The active span's ids; undefined where no SDK runs or no span of this process is active. Never throws.
 *
 * A span that is not recorded counts as long as its ids are valid. One that only repeats a caller's header does not: that
 * is what a server span looks like when no span is made here, and such a header still has to be judged.
 */
export function activeSpan(notice?: Notice): ActiveSpan | undefined {
  if (api === undefined) {
    if (!isSdkRegistered()) return undefined
    api = load(notice)
    for (const listener of waiting) listener()
    waiting.clear()
  }
  if (api === 'missing') return undefined
  try {
    const span = api.trace.getActiveSpan()?.spanContext()
    if (span === undefined || span.isRemote === true || !api.trace.isSpanContextValid(span)) return undefined
    return {
      traceId: span.traceId,
      spanId: span.spanId,
      traceFlags: span.traceFlags & 255,
      traceState: span.traceState?.serialize() ?? '',
    }
  } catch {
    return undefined
  }
}

function load(notice: Notice | undefined): Pick<typeof Api, 'trace'> | 'missing' {
  const require = createRequire(import.meta.url)
  try {
    const loaded: Pick<typeof Api, 'trace'> = require('@opentelemetry/api')
    const own = versionAt(require.resolve('@opentelemetry/api'))
    const registered = registeredVersion()
    if (own !== undefined && registered !== undefined && own !== registered) {
      notice?.(
        'AUDIT_OTEL_TWO_VERSIONS',
        `Two versions of @opentelemetry/api are installed: the SDK uses ${registered}, Trailmark finds ${own}. Spans and records may not share ids. Install one version, for example with an override in package.json.`,
      )
    }
    return loaded
  } catch {
    notice?.(
      'AUDIT_OTEL_API_MISSING',
      'An OpenTelemetry SDK is active, but @opentelemetry/api cannot be loaded from @trailmark/core: records do not share ids with spans. Add @opentelemetry/api to the dependencies of the application.',
    )
    return 'missing'
  }
}

function registeredVersion(): string | undefined {
  const registered: unknown = Reflect.get(globalThis, REGISTERED)
  return typeof registered === 'object' && registered !== null ? textOf(Reflect.get(registered, 'version')) : undefined
}

/** The version of the package that a file belongs to. */
function versionAt(file: string): string | undefined {
  for (let dir = dirname(file); dir !== dirname(dir); dir = dirname(dir)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
      if (typeof manifest !== 'object' || manifest === null) continue
      const version = textOf(Reflect.get(manifest, 'version'))
      if (version !== undefined) return version
    } catch {
      // No manifest here: look one directory up.
    }
  }
  return undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
