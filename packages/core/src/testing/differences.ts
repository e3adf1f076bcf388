/** Where a record is not what a test named of it. Members that the test does not name are not looked at. */
export interface Difference {
  /** `volume.records`, `targets[0].type`. */
  readonly path: string
  readonly expected: string
  readonly actual: string
}

const depthMax = 32

/** Empty where everything named is there. Functions of the test (`asymmetricMatch`) may throw, and then do. */
export function differences(expected: unknown, actual: unknown): readonly Difference[] {
  return [...compare(expected, actual, '', 0)]
}

function* compare(expected: unknown, actual: unknown, path: string, depth: number): Generator<Difference> {
  const match: unknown = isObject(expected) ? Reflect.get(expected, 'asymmetricMatch') : undefined
  if (isNested(expected) && typeof match !== 'function' && depth <= depthMax) {
    const list = Array.isArray(expected)
    if (isObject(actual) && Array.isArray(actual) === list && (!list || lengthOf(actual) === expected.length)) {
      for (const name of Object.keys(expected)) {
        const inner = list ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
        const value: unknown = Object.hasOwn(actual, name) ? Reflect.get(actual, name) : undefined
        yield* compare(Reflect.get(expected, name), value, inner, depth + 1)
      }
      return
    }
  } else if (holds(expected, match, actual)) return
  yield { path: path || 'the record', expected: text(expected), actual: text(actual) }
}

/** Of what has no members to look at. */
function holds(expected: unknown, match: unknown, actual: unknown): boolean {
  if (typeof match === 'function') return Reflect.apply(match, expected, [actual]) === true
  if (expected instanceof RegExp) return typeof actual === 'string' && actual.search(expected) !== -1
  return Object.is(expected, actual)
}

function isNested(value: unknown): value is object {
  return isObject(value) && !(value instanceof RegExp)
}

function lengthOf(value: object): unknown {
  return Reflect.get(value, 'length')
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value instanceof RegExp) return `something like ${value}`
  const named: unknown = isObject(value) ? Reflect.get(value, 'toAsymmetricMatcher') : undefined
  if (typeof named === 'function') return String(Reflect.apply(named, value, []))
  return JSON.stringify(value) ?? String(value)
}
