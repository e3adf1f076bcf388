/**
 * Route templates of the option `routes`, matched against the path as the client wrote it, before any framework has routed.
 *
 *     /patients/:id/files/*      `:id` is one segment, a `*` at the end any number of them, one in between is one
 *
 * A path is split once and each template looks at its segments from left to right, so the work is bounded by the lengths of
 * the two. Upper and lower case, doubled slashes, a slash at the end and percent signs make no difference: frameworks disagree
 * about them, and a rule that matches more than its route costs a record of a 404, one that matches less costs the trail.
 */

export const templateCharsMax = 256
const pathCharsMax = 65_536

export type Params = Readonly<Record<string, string>>

export interface RouteTemplate {
  readonly text: string
  /** Of its parameters. */
  readonly names: readonly string[]
  /** The first segment where that is a literal, folded: templates are looked up by it. */
  readonly first: string | undefined
  /** The parameters; undefined where the template does not match. Linear. */
  match(path: PathSegments): Params | undefined
}

/** A path in pieces. */
export interface PathSegments {
  readonly segments: readonly string[]
  readonly folded: readonly string[]
}

type Piece = { readonly literal: string } | { readonly name: string } | 'one' | 'rest'

const nameOf = /^:([A-Za-z_][A-Za-z0-9_]{0,63})$/

/** What is wrong with a template, as the end of a sentence; otherwise the template. Never throws. */
export function compileTemplate(text: string): RouteTemplate | string {
  if (!text.startsWith('/')) return 'must begin with a slash'
  if (text.length > templateCharsMax) return `must have at most ${templateCharsMax} characters`
  if (/[?#]/.test(text)) return 'must be a path without a query'
  const written = text.split('/').filter((segment) => segment !== '')
  const pieces: Piece[] = []
  const names: string[] = []
  for (const [i, segment] of written.entries()) {
    if (segment === '*') {
      pieces.push(i === written.length - 1 ? 'rest' : 'one')
      continue
    }
    const name = nameOf.exec(segment)?.[1]
    if (name === undefined && /[:*]/.test(segment))
      return `has the segment ${JSON.stringify(segment.slice(0, 40))}: \`:name\` and \`*\` stand for whole segments`
    if (name !== undefined && names.includes(name)) return `names :${name} twice`
    if (name !== undefined) names.push(name)
    pieces.push(name === undefined ? { literal: fold(decoded(segment)) } : { name })
  }
  const [first] = pieces
  return {
    text,
    names,
    first: typeof first === 'object' && 'literal' in first ? first.literal : undefined,
    match: (path: PathSegments) => matchPieces(pieces, path),
  }
}

function matchPieces(pieces: readonly Piece[], { segments, folded }: PathSegments): Params | undefined {
  const open = pieces.at(-1) === 'rest'
  const fixed = open ? pieces.length - 1 : pieces.length
  if (open ? segments.length < fixed : segments.length !== fixed) return undefined
  const params: Record<string, string> = Object.create(null)
  for (let i = 0; i < fixed; i++) {
    const piece = pieces[i]
    if (typeof piece !== 'object') continue
    if ('name' in piece) params[piece.name] = segments[i] ?? ''
    else if (piece.literal !== folded[i]) return undefined
  }
  return params
}

/**
 * The segments of a request target, without query, decoded; undefined for one that is longer than any path. `withEmpty`: as a
 * router sees them for which nothing between two slashes, or behind the last one, is a parameter's value too.
 */
export function splitPath(target: string, withEmpty = false): PathSegments | undefined {
  const path = pathOf(target)
  if (path.length > pathCharsMax) return undefined
  const written = withEmpty ? path.slice(1).split('/') : path.split('/').filter((segment) => segment !== '')
  const segments = written.map(decoded)
  return { segments, folded: segments.map(fold) }
}

/** Also of the absolute form, `GET http://host/path`. */
function pathOf(target: string): string {
  const path = /^[^?#]*/.exec(target)?.[0] ?? ''
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/[^/]*/i, '')
}

function fold(segment: string): string {
  return segment.toLowerCase()
}

/** What is no percent encoding stands as it is. */
function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
