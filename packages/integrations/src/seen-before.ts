/** What was seen before, by whichever copy of this package: nothing is told twice because two libraries brought us along. */

/** True the first time it is asked of `thing` under this name. */
export function isFirst(name: string, thing: object): boolean {
  const seen = seenUnder(name)
  if (seen.has(thing)) return false
  seen.add(thing)
  return true
}

/** Whether `isFirst` was asked before. */
export function wasSeen(name: string, thing: object): boolean {
  return seenUnder(name).has(thing)
}

function seenUnder(name: string): WeakSet<object> {
  const slot = Symbol.for(`@trailmark/integrations/${name}/1`)
  const found: unknown = Reflect.get(globalThis, slot)
  if (found instanceof WeakSet) return found
  const made = new WeakSet()
  Object.defineProperty(globalThis, slot, { value: made })
  return made
}
