/** Every mistake the guard is there to find, once per request: what the test of the guard itself runs. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { createCipheriv, createHash, createHmac, randomFillSync } from 'node:crypto'
import type { Look } from './arrangement.ts'

const storage = new AsyncLocalStorage<object>()
const known = new WeakMap<object, object>()
const bytes = Buffer.alloc(16)
const settled: Promise<void>[] = []
const parts: readonly string[] = ['a', 'b', 'c']

export const heavier: Look = (req, res) => {
  const told = (): string => JSON.stringify({ ...req.headers })
  storage.run(req, told)
  AsyncResource.bind(told)
  AsyncLocalStorage.bind(told)
  createHash('sha256').update(bytes).digest('hex')
  createHmac('sha256', bytes).update(bytes).digest('hex')
  createCipheriv('aes-128-ctr', bytes, bytes).update(bytes)
  randomFillSync(bytes)
  clearTimeout(setTimeout(told, 1000))
  const listener = (): void => undefined
  res.on('pipe', listener)
  res.removeListener('pipe', listener)
  JSON.parse('1')
  if (/x-user/.exec('x-user') === null) return
  known.set(req, res)
  Object.setPrototypeOf(req, Object.getPrototypeOf(req))
  Object.defineProperty(req, 'told', { value: told })
  settled.length = 0
  for (let call = 0; call < 60; call++) empty()
  for (const part of [...parts, ...parts]) settled.push(Promise.resolve().then(() => void part))
  process.nextTick(told)
  serialise(new Date(new Date(0)), new Date(1))
}

function empty(): void {
  // Only called.
}

/** By its name a second serialisation. */
function serialise(...times: readonly Date[]): string {
  return times.map(String).join()
}
