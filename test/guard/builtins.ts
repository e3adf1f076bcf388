/**
 * Counts calls of what Node gives: hashes, timers, listeners, promises, and what makes a collector's work longer.
 *
 * Everything is replaced before the first module that might keep a reference is loaded, so this file is imported first.
 * Frameworks count too; who measures takes the bare framework's numbers off.
 */
import async_hooks, { AsyncLocalStorage, createHook } from 'node:async_hooks'
import crypto from 'node:crypto'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'

/** Kept before it is counted: this file's own use is not the program's. */
const { exec } = RegExp.prototype
const counts: Record<string, number> = {}
/** By name and first line of ours on the stack; only when asked for, it takes long. */
let callers: Map<string, number> | undefined

/** The calls since the last `takeBuiltins()`, by name. */
export function takeBuiltins(): Record<string, number> {
  const taken = { ...counts }
  for (const name of Object.keys(counts)) counts[name] = 0
  return taken
}

/** The lines of ours the calls came from since the last time, as `AsyncLocalStorage.run packages/…:12`. */
export function takeCallers(): Map<string, number> {
  const taken = callers ?? new Map<string, number>()
  if (callers !== undefined) callers = new Map()
  return taken
}

/** From here on calls are counted. */
export function countBuiltins(withCallers: boolean): void {
  if (withCallers) callers = new Map()
  count('AsyncLocalStorage.run', AsyncLocalStorage.prototype, 'run')
  count('AsyncLocalStorage.bind', AsyncLocalStorage, 'bind', 'snapshot')
  count('AsyncResource', async_hooks.AsyncResource, 'bind')
  count('hash', crypto, 'hash', 'createHash')
  count('createHmac', crypto, 'createHmac')
  count('random', crypto, 'randomFillSync', 'randomBytes', 'randomUUID')
  count('cipher', crypto, 'createCipheriv', 'createDecipheriv', 'sign')
  count('timer', timers, 'setTimeout', 'setInterval')
  count('timer', globalThis, 'setTimeout', 'setInterval')
  count('turn', timers, 'setImmediate')
  count('turn', globalThis, 'setImmediate', 'queueMicrotask')
  count('turn', process, 'nextTick')
  count('listener added', EventEmitter.prototype, 'on', 'addListener', 'prependListener')
  count('listener removed', EventEmitter.prototype, 'off', 'removeListener')
  count('JSON.stringify', JSON, 'stringify')
  count('JSON.parse', JSON, 'parse')
  count('regular expression', RegExp.prototype, 'exec')
  count('weak', WeakMap.prototype, 'set')
  count('weak', WeakSet.prototype, 'add')
  count('weak', FinalizationRegistry.prototype, 'register')
  count('prototype swap', Object, 'setPrototypeOf')
  count('prototype swap', Reflect, 'setPrototypeOf')
  count('reflection', Object, 'defineProperty', 'defineProperties', 'getOwnPropertyDescriptor', 'freeze')
  count('reflection', Reflect, 'defineProperty', 'getOwnPropertyDescriptor', 'ownKeys', 'get', 'has')
  syncBuiltinESMExports()
  counts['promise'] = 0
  createHook({
    init(_id, type) {
      if (type === 'PROMISE') add('promise')
    },
  }).enable()
}

function add(name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
  if (callers === undefined) return
  const ours = exec.call(/packages\/\w+\/src\/[^:]+:\d+/, new Error().stack ?? '')?.[0]
  if (ours !== undefined) callers.set(`${name} ${ours}`, (callers.get(`${name} ${ours}`) ?? 0) + 1)
}

function count(name: string, owner: object, ...methods: string[]): void {
  counts[name] ??= 0
  for (const method of methods) {
    const real: unknown = Reflect.get(owner, method)
    if (typeof real !== 'function') throw new Error(`there is no ${method} to count`)
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      add(name)
      return Reflect.apply(real, this, args)
    }
    // What Node hung on the function (a promisified form, an engine's mark) goes on working.
    for (const key of Reflect.ownKeys(real)) {
      const kept = Object.getOwnPropertyDescriptor(real, key)
      if (kept !== undefined && key !== 'prototype') Object.defineProperty(counted, key, kept)
    }
    const descriptor = Object.getOwnPropertyDescriptor(owner, method)
    Object.defineProperty(owner, method, { ...descriptor, value: counted, configurable: true, writable: true })
  }
}
