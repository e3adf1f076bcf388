/**
 * What an object is, found without asking it: by its brand where the engine tells, else by the prototypes it descends from.
 *
 * Prototypes are compared by identity, never called and never asked through a proxy. Node makes the fetch classes on first
 * use, which takes long: they are looked up only once an object's constructor has such a name.
 */
import { Blob } from 'node:buffer'
import { KeyObject } from 'node:crypto'
import { Socket } from 'node:net'
import { Stream } from 'node:stream'
import { types } from 'node:util'
import { IncomingMessage, OutgoingMessage } from '../node-http.ts'

export type Kind =
  | 'plain'
  | 'error'
  | 'date'
  | 'map'
  | 'set'
  | 'bytes'
  | 'boxed'
  | 'url'
  | 'search'
  | 'headers'
  | 'headerBag'
  | 'form'
  | 'blob'
  | 'request'
  | 'response'
  | 'fetchRequest'
  | 'fetchResponse'
  | 'regexp'
  | 'promise'
  | 'weak'
  | 'generator'
  | 'iterator'
  | 'secret'
  | 'stream'
  | 'socket'
  | 'abort signal'
  | 'object'

/** By brand: also for objects of other realms, and whatever their prototypes are. */
export function brandOf(value: object): Kind | undefined {
  if (types.isNativeError(value)) return 'error'
  if (types.isDate(value)) return 'date'
  if (types.isMap(value)) return 'map'
  if (types.isSet(value)) return 'set'
  if (types.isAnyArrayBuffer(value)) return 'bytes'
  if (types.isBoxedPrimitive(value)) return 'boxed'
  if (types.isRegExp(value)) return 'regexp'
  if (types.isPromise(value)) return 'promise'
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'weak'
  if (types.isGeneratorObject(value)) return 'generator'
  if (types.isMapIterator(value) || types.isSetIterator(value)) return 'iterator'
  return types.isExternal(value) ? 'object' : undefined
}

const known = new Map<object, Kind>([
  [Error.prototype, 'error'],
  // Not by brand: some versions of Node look for a key's brand among its members, which asks a proxy it descends from.
  [KeyObject.prototype, 'secret'],
  [IncomingMessage.prototype, 'request'],
  [OutgoingMessage.prototype, 'response'],
  [Socket.prototype, 'socket'],
  [Stream.prototype, 'stream'],
  [URL.prototype, 'url'],
  [URLSearchParams.prototype, 'search'],
  [Blob.prototype, 'blob'],
  [WeakRef.prototype, 'weak'],
  [AbortSignal.prototype, 'abort signal'],
])

const lazy: Readonly<Record<string, Kind>> = {
  CryptoKey: 'secret',
  Headers: 'headers',
  FormData: 'form',
  Request: 'fetchRequest',
  Response: 'fetchResponse',
  ReadableStream: 'stream',
  WritableStream: 'stream',
  TransformStream: 'stream',
}

const ancestorsMax = 16
const byPrototype = new WeakMap<object, Kind>()

/** By descent: what an object with this prototype is; `plain` when nothing is known of it. */
export function kindOfPrototype(prototype: object): Kind {
  const before = byPrototype.get(prototype)
  if (before !== undefined) return before
  let kind: Kind = 'plain'
  let ancestor: object | null = prototype
  for (let i = 0; ancestor !== null && i < ancestorsMax && kind === 'plain'; i++) {
    // A proxy would run its trap when asked for its prototype.
    if (types.isProxy(ancestor)) break
    kind = known.get(ancestor) ?? lazyKind(ancestor) ?? 'plain'
    ancestor = Object.getPrototypeOf(ancestor)
  }
  byPrototype.set(prototype, kind)
  return kind
}

function lazyKind(prototype: object): Kind | undefined {
  const name = makerName(prototype)
  if (name !== undefined && Object.hasOwn(lazy, name) && platformPrototype(name) === prototype) return lazy[name]
  // Those of clients, such as `AxiosHeaders`: whatever they are called, only headers have this method.
  return Object.hasOwn(prototype, 'getSetCookie') ? 'headerBag' : undefined
}

function makerName(prototype: object): string | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof maker !== 'function' || types.isProxy(maker)) return undefined
  const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value
  return typeof name === 'string' ? name : undefined
}

/** The prototype of one of the platform's own classes. */
export function platformPrototype(name: string): object | undefined {
  const type: unknown = Reflect.get(globalThis, name)
  if (typeof type !== 'function' || types.isProxy(type)) return undefined
  const prototype: unknown = Object.getOwnPropertyDescriptor(type, 'prototype')?.value
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined
}
