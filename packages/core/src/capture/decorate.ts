/**
 * One value that is a wrapper of functions, a standard decorator and a legacy one, told apart by how it is called:
 *
 *     value(fn)                          a function comes out that does what `fn` does
 *     value(method, { kind: 'method' })  TC39, as TypeScript compiles decorators without further options
 *     value(target, 'name', descriptor)  `experimentalDecorators`, with or without emitted metadata
 *
 * What comes out has the name, the length, the properties and the metadata of what went in.
 */
import { AuditError } from '../errors.ts'

type Call = (this: unknown, ...given: unknown[]) => unknown

/** Makes of a function one that is followed. */
export type Wrap = (call: Call) => Call

/** Whether a call with these two first arguments is one of the three; an adapter's middleware is called with others. */
export function isDecorating(first: unknown, second: unknown): boolean {
  if (typeof second === 'string' || typeof second === 'symbol') return true
  return typeof first === 'function' && (second === undefined || kindOf(second) !== undefined)
}

/**
 * Answers as a decorator or a wrapper has to. `name` is how the application wrote it. Throws `AUDIT_OPTION_INVALID` for what
 * is no function and no method.
 */
export function decorate(name: string, given: readonly unknown[], wrap: Wrap): unknown {
  const [first, second, third] = given
  if (typeof second === 'string' || typeof second === 'symbol') {
    const value: unknown = typeof third === 'object' && third !== null ? Reflect.get(third, 'value') : undefined
    if (!isCall(value)) throw invalid(`${name} decorates methods; ${String(second)} is none`)
    return { ...Object(third), value: following(value, wrap) }
  }
  const kind = kindOf(second)
  if (kind !== undefined && kind !== 'method') throw invalid(`${name} decorates methods; this is a ${kind}`)
  if (!isCall(first)) throw invalid(`${name} wraps functions; this is ${first === null ? 'null' : typeof first}`)
  return following(first, wrap)
}

const originals = new WeakMap<object, Call>()

/** What was written: of a function that was wrapped here, once or several times, the one inside. */
export function originalOf(call: Call): Call {
  let inner = call
  for (let next = originals.get(inner); next !== undefined; next = originals.get(inner)) inner = next
  return inner
}

function following(call: Call, wrap: Wrap): Call {
  const follow = wrap(call)
  // A method has no prototype of its own: of a generator the one it was written with counts.
  const { followed } = {
    followed(this: unknown, ...given: unknown[]): unknown {
      return Reflect.apply(follow, this, given)
    },
  }
  Object.defineProperties(followed, {
    name: { value: call.name, configurable: true },
    length: { value: call.length, configurable: true },
  })
  // Whoever asks for a property or for metadata that other decorators left on the function goes on finding it.
  Object.setPrototypeOf(followed, call)
  originals.set(followed, call)
  return followed
}

function isCall(value: unknown): value is Call {
  return typeof value === 'function'
}

/** What a standard decorator is told of what it decorates. */
function kindOf(context: unknown): string | undefined {
  if (typeof context !== 'object' || context === null) return undefined
  const kind: unknown = Reflect.get(context, 'kind')
  // Requests and contexts of frameworks have no such word.
  return typeof kind === 'string' && 'addInitializer' in context ? kind : undefined
}

function invalid(message: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', message)
}
