/**
 * The context of the request in progress: one AsyncLocalStorage for the whole process, one `run()` per request.
 *
 * The storage sits on a symbol of `globalThis`, so that every installed copy of this package, whether imported or required,
 * reads the same ids. What it holds is small and frozen: ids and a time, never a request, a response or a body, because
 * whatever the store reaches stays in memory as long as the slowest timer or socket that remembers the request.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'

/** The digit is the shape of the slot: fields may be added, but a change that older copies cannot read needs a new one. */
const SLOT = Symbol.for('@trailmark/core/context/1')
const VALUES = Symbol.for('@trailmark/core/context/values')

/** What the copies of this package share. */
export interface ContextSlot {
  readonly storage: AsyncLocalStorage<RequestContext | undefined>
  /** Version and place of every copy loaded in this process; more than one is worth a look. */
  readonly copies: Set<string>
}

/** What the caller sent as its ids, where that was not taken over. */
export interface Remote {
  /** The rejected `x-request-id` as a keyed token; the value itself is never kept. */
  readonly requestIdToken?: string
  /** The caller's trace id, kept as a link to the trace that was not continued. */
  readonly traceId?: string
  readonly reason: 'untrusted' | 'malformed' | 'duplicate'
}

/** What a context is made of. */
export interface ContextInit {
  readonly requestId: string
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly startMs: number
  readonly traceState?: string
  readonly baggage?: string
  readonly remote?: Remote | undefined
}

/** What may change in a context. */
interface Values {
  map: Map<symbol, unknown> | undefined
  /** Whoever follows this request. */
  view: object | undefined
}

/**
 * The ids of one request. Frozen; only the values of slots (see `createSlot`) may change.
 *
 * Exchanges are told apart by the identity of this object: a trusted caller may send the same request id twice.
 */
export class RequestContext {
  readonly requestId: string
  /** 32 lowercase hexadecimal digits. */
  readonly traceId: string
  /** The span of this request in this service: 16 lowercase hexadecimal digits. */
  readonly spanId: string
  /** The flags of W3C Trace Context: bit 0 sampled, bit 1 random. */
  readonly traceFlags: number
  /** When the request was first seen, milliseconds since the epoch. */
  readonly startMs: number
  /** What to pass on as `tracestate`; empty if there is nothing. */
  readonly traceState: string
  /** What to pass on as `baggage`; empty if there is nothing. */
  readonly baggage: string
  readonly remote: Remote | undefined
  /** Values of user slots. Named by a registered symbol, so that another copy of this package finds them. */
  readonly [VALUES]: Values

  constructor(init: ContextInit) {
    this.requestId = init.requestId
    this.traceId = init.traceId
    this.spanId = init.spanId
    this.traceFlags = init.traceFlags
    this.startMs = init.startMs
    this.traceState = init.traceState ?? ''
    this.baggage = init.baggage ?? ''
    this.remote = init.remote
    this[VALUES] = { map: undefined, view: undefined }
    Object.freeze(this)
  }
}

/** The shared slot; for diagnosis. Use `currentContext` and `runInContext` for everything else. */
export const contextSlot: ContextSlot = claimSlot()
const { storage } = contextSlot

function claimSlot(): ContextSlot {
  const found: unknown = Reflect.get(globalThis, SLOT)
  const slot = isSlot(found)
    ? found
    : { storage: new AsyncLocalStorage<RequestContext | undefined>(), copies: new Set<string>() }
  if (slot !== found) Object.defineProperty(globalThis, SLOT, { value: slot })
  slot.copies.add(`${ownVersion()} ${import.meta.url}`)
  return slot
}

function isSlot(value: unknown): value is ContextSlot {
  return typeof value === 'object' && value !== null && 'storage' in value && 'copies' in value
}

function ownVersion(): string {
  try {
    const manifest: unknown = createRequire(import.meta.url)('../package.json')
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'unknown'
  } catch {
    return 'bundled' // there is no manifest beside a bundle
  }
}

/** The context of the request in progress, or undefined outside any request. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore()
}

/**
 * Runs `work` and everything it starts with `context` as the request in progress; undefined means none.
 * Returns what `work` returns and throws what it throws.
 */
export function runInContext<T>(context: RequestContext | undefined, work: () => T): T {
  return storage.run(context, work)
}

/** For `runtime.ts`: remembers who follows the request of a context. Lives as long as the context does. */
export function giveView(context: RequestContext, view: object): void {
  context[VALUES].view = view
}

/** What `giveView` remembered for a context, made by whichever copy; undefined for anything else. Throws what hostile objects throw. */
export function viewGivenTo(context: { readonly [VALUES]?: Values; toString(): string }): object | undefined {
  return context[VALUES]?.view
}

/** One value of the application's own that travels with the request. */
export interface ContextValue<T> {
  /** The value set in this request; undefined outside any request or before it was set. */
  get(): T | undefined
  /** Sets it for the whole request in progress. False outside any request: nothing was stored. */
  set(value: T): boolean
}

/**
 * Makes a typed place in the context for a value of the application's own. `name` is for people who debug; two places of
 * the same name are still two places.
 *
 * Keep ids and small values here. A request, response or body would be held for as long as anything remembers the request.
 *
 *     const plan = createSlot<'free' | 'paid'>('plan')
 *     plan.set('paid')
 *     plan.get() // 'paid', anywhere in the same request
 */
export function createSlot<T>(name: string): ContextValue<T> {
  const key = Symbol(name)
  return {
    get: () => storage.getStore()?.[VALUES].map?.get(key) as T | undefined,
    set(value) {
      const values = storage.getStore()?.[VALUES]
      if (values === undefined) return false
      values.map ??= new Map()
      values.map.set(key, value)
      return true
    },
  }
}
