/**
 * Paths into a request, as the rules of the option `routes` write them: `params.id`, `query.page`, `body.patient.id`.
 *
 * Only own properties of plain values are followed: a body is what a client sent, and its getters and proxies are nobody's.
 */
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import type { Params } from './route-template.ts'

/** What a path is asked of. */
export interface RoutedRequest {
  readonly params: Params
  /** Of the query, the values with this name: at most 20. */
  query(name: string): readonly string[]
  header(name: string): unknown
  /** As a parser left it; undefined while there is none. */
  body(): unknown
  /** Where the answer sends the client. */
  redirect(): string | undefined
}

const stepsMax = 8
const sources = ['params', 'query', 'body', 'headers'] as const

/** What is wrong with a path, as the end of a sentence; otherwise what it asks. `names` are those of the route's parameters. */
export function compilePath(path: string, names: readonly string[]): string | ((request: RoutedRequest) => unknown) {
  const [first, ...steps] = path.split('.')
  const source = sources.find((one) => one === first)
  if (source === undefined) return `must begin with ${sources.map((one) => `${one}.`).join(', ')}`
  const [name] = steps
  const single = source !== 'body'
  if (name === undefined || steps.some((step) => !/^[A-Za-z0-9_$-]{1,64}$/.test(step)))
    return `must name what it reads, as ${source}.id does`
  if (steps.length > (single ? 1 : stepsMax))
    return single ? `has too many steps: ${source} has no depth` : 'is too deep'
  if (source === 'params') {
    if (!names.includes(name)) return `names a parameter that the route has not: ${path}`
    return ({ params }) => params[name]
  }
  if (source === 'headers') return (request) => request.header(name.toLowerCase())
  if (source === 'query') return (request) => request.query(name)
  return (request) => steps.reduce(step, request.body())
}

function step(value: unknown, name: string): unknown {
  if (isReadable(value)) return own(value, name)
  return isReadableList(value) && /^\d{1,3}$/.test(name) ? own(value, Number(name)) : undefined
}
