/**
 * The path of one layer: as it was written, where Express kept that, and how much of a request's path it takes.
 *
 * Express 5 keeps the path as text since router 2.3. Before that it keeps only functions, which are asked with the path of
 * the request unless the mounting was seen (`mounting.ts`). Express 4 keeps a regular expression.
 */
import { pathOfPattern } from './express4-pattern.ts'
import { pathSeen } from './mounting.ts'
import type { Layer } from './stack.ts'

/** What stands for a part of the path whose template cannot be known. Never what the client sent. */
export const unknownPart = '/*'

/** A path as text; a regular expression in parentheses, like a parameter's own pattern. Undefined for anything else. */
export function pathText(path: unknown): string | undefined {
  if (path instanceof RegExp) return `/(${path.source})`
  return typeof path === 'string' ? path : undefined
}

/** The path as written, without asking a request; undefined where it is a list, or was not kept. */
export function writtenPath(layer: Layer): string | undefined {
  const { rawPath, regexp, keys } = layer
  if (layer.slash === true) return '/'
  if (regexp === undefined) return pathText(rawPath ?? pathSeen(layer))
  if (regexp.fast_slash === true) return '/'
  const alternatives = regexp.source.split('|^').length
  return alternatives > 1 ? undefined : (pathOfPattern(regexp.source, keys ?? []) ?? pathText(regexp))
}

export interface Taken {
  /** The layer's path as far as `path` shows which one it is. */
  readonly template: string
  /** How many characters of `path` it takes. */
  readonly length: number
}

/** What the layer makes of the rest of a request's path; undefined where it does not match. Never throws. */
export function takePath(layer: Layer, path: string): Taken | undefined {
  try {
    return layer.matchers === undefined ? takeByPattern(layer, path) : takeByMatchers(layer, path)
  } catch {
    return undefined // A parameter that cannot be decoded.
  }
}

function takeByMatchers(layer: Layer, path: string): Taken | undefined {
  const { rawPath = pathSeen(layer), slash, matchers = [] } = layer
  if (slash === true) return { template: '/', length: 0 }
  for (const [i, matcher] of matchers.entries()) {
    const match = matcher(path)
    if (match === false) continue
    const written: unknown = Array.isArray(rawPath) ? rawPath[i] : rawPath
    return { template: pathText(written) ?? named(match), length: match.path.length }
  }
  return undefined
}

/**
 * The matched text with each value replaced by its parameter's name: all that routers before 2.3 let us know. Literal parts
 * are in the request's letter case then.
 */
function named(match: { readonly path: string; readonly params: object }): string {
  const names = new Map<string, string>()
  for (const [name, value] of Object.entries(match.params)) {
    if (typeof value === 'string') names.set(value, `:${name}`)
    if (Array.isArray(value)) names.set(value.join('/'), `*${name}`)
  }
  const segments = match.path.split('/').map((segment) => names.get(decoded(segment)) ?? segment)
  const text = segments.join('/')
  // A value that is more or less than a segment could not be found again, and must not be written down.
  const found = segments.filter((segment) => /^[:*]/.test(segment)).length
  return found === names.size ? text : unknownPart
}

function decoded(segment: string): string {
  return segment.includes('%') ? decodeURIComponent(segment) : segment
}

function takeByPattern(layer: Layer, path: string): Taken | undefined {
  const { regexp, keys = [] } = layer
  if (regexp === undefined) return undefined
  if (regexp.fast_slash === true) return { template: '/', length: 0 }
  const match = regexp.exec(path)
  if (match === null) return undefined
  const template = writtenPath(layer) ?? ofAlternatives(regexp, keys, path) ?? unknownPart
  return { template, length: match[0].length }
}

/** A list of paths is one expression of alternatives in Express 4; the first that matches is the one that did. */
function ofAlternatives(
  regexp: RegExp,
  keys: readonly { readonly name: string | number }[],
  path: string,
): string | undefined {
  let key = 0
  const body = /^\(\?:(.*)\)$/.exec(regexp.source)?.[1] ?? regexp.source // 4.17 wraps them once more.
  for (const alternative of body.split('|^')) {
    const source = alternative.startsWith('^') ? alternative : `^${alternative}`
    const text = pathOfPattern(source, keys.slice(key))
    if (text === undefined) return undefined
    if (new RegExp(source, regexp.flags).test(path)) return text
    key += text.split(':').length - 1
  }
  return undefined
}
