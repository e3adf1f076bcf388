/**
 * Counts what our own source text does, place by place: every call of a function, every closure, object, array and spread.
 *
 * Each file is read as it is loaded, and a counter is put in front of the expressions of interest. That counts what is
 * written, exactly and on every Node, whatever the compiler makes of it later; and it knows the line.
 */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import { repository } from '../process/repository.ts'

export type SiteKind = 'call' | 'closure' | 'object' | 'array' | 'spread' | 'new'

/** A place in our sources. */
export interface Site {
  readonly kind: SiteKind
  /** Below the repository. */
  readonly file: string
  readonly line: number
  /** The function's name, where it is a call of one that has a name. */
  readonly name: string | undefined
}

interface Insertion {
  readonly at: number
  readonly text: string
  /** What ends somewhere is closed before what begins there is opened. */
  readonly closes: boolean
}

interface AnyNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** How often each place was reached, by its number; the text that is put in calls it `__n`. */
const reached: number[] = []
const sites: Site[] = []
Object.defineProperty(globalThis, '__n', { value: reached })

/** From here on every file of ours that is loaded counts itself: `packages/<name>/src` and what `also` names. */
export function countSites(also: readonly string[] = []): void {
  registerHooks({
    load(url, context, nextLoad) {
      const path = url.startsWith('file:') ? relative(repository, fileURLToPath(url)) : ''
      if (!/^packages\/\w+\/src\/.*\.ts$/.test(path) && !also.includes(path)) return nextLoad(url, context)
      const text = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
      return { format: 'module', source: withCounters(text, path), shortCircuit: true }
    },
  })
}

/** How often each place was reached since the last call. */
export function takeSites(): Map<Site, number> {
  const taken = new Map<Site, number>()
  for (const [at, site] of sites.entries()) {
    const times = reached[at] ?? 0
    if (times > 0) taken.set(site, times)
    reached[at] = 0
  }
  return taken
}

/** The same program with a counter at each place. Exported for its test. */
export function withCounters(text: string, file: string): string {
  const { program, errors } = parseSync('source.mjs', text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const lineStarts = [...text.matchAll(/\n/g)].map((match) => match.index)
  const lineOf = (offset: number): number => lineStarts.filter((start) => start < offset).length + 1
  const insertions: Insertion[] = []
  const counter = (kind: SiteKind, node: AnyNode, name?: string): string => {
    sites.push({ kind, file, line: lineOf(node.start), name })
    reached.push(0)
    return `__n[${sites.length - 1}]++`
  }
  const before = (at: number, added: string): void => void insertions.push({ at, text: added, closes: false })
  const wrap = (node: AnyNode, counters: string): void => {
    before(node.start, `(${counters},`)
    insertions.push({ at: node.end, text: ')', closes: true })
  }

  walk(program as unknown as AnyNode, undefined, (node, parent) => {
    // Without semicolons in the source, a statement that now begins with a parenthesis would call the line before it.
    if (node.type === 'ExpressionStatement' && isBlock(parent)) before(node.start, ';')
    if (isFunction(node)) {
      const body = node['body'] as AnyNode | null
      if (body === null) return
      const called = counter('call', node, nameOf(node, parent))
      if (body.type === 'BlockStatement') before(body.start + 1, `${called};`)
      else wrap(body, called)
      const method = parent?.type === 'MethodDefinition' || (parent?.type === 'Property' && isShort(parent))
      if (node.type === 'FunctionDeclaration') {
        // Made anew each time the block around it is entered; at the top of a module once.
        if (parent?.type === 'BlockStatement') before(parent.start + 1, `${counter('closure', node)};`)
      } else if (!method) wrap(node, counter('closure', node))
    } else if (node.type === 'ObjectExpression') {
      const methods = (node['properties'] as AnyNode[]).filter((one) => one.type === 'Property' && isShort(one))
      wrap(node, [counter('object', node), ...methods.map((one) => counter('closure', one))].join(','))
    } else if (node.type === 'ArrayExpression') wrap(node, counter('array', node))
    else if (node.type === 'NewExpression') wrap(node, counter('new', node))
    else if (node.type === 'SpreadElement') wrap(node['argument'] as AnyNode, counter('spread', node))
  })
  return applied(text, insertions)
}

/** Insertions at the same place keep the order they were made in, the outer before the inner; ends come first. */
function applied(text: string, insertions: readonly Insertion[]): string {
  const ordered = insertions
    .map((one, order) => ({ ...one, order }))
    .sort((a, b) => a.at - b.at || Number(b.closes) - Number(a.closes) || a.order - b.order)
  let out = ''
  let done = 0
  for (const { at, text: added } of ordered) {
    out += text.slice(done, at) + added
    done = at
  }
  return out + text.slice(done)
}

function walk(
  node: AnyNode,
  parent: AnyNode | undefined,
  visit: (node: AnyNode, parent: AnyNode | undefined) => void,
): void {
  visit(node, parent)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node, visit)
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function isFunction(node: AnyNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)
}

function isBlock(node: AnyNode | undefined): boolean {
  return node !== undefined && /^(Program|BlockStatement|StaticBlock|SwitchCase)$/.test(node.type)
}

/** `{ name() {} }`, `{ get name() {} }`: the function is a part of the object's own text. */
function isShort(property: AnyNode): boolean {
  return property['method'] === true || property['kind'] === 'get' || property['kind'] === 'set'
}

function nameOf(node: AnyNode, parent: AnyNode | undefined): string | undefined {
  for (const named of [node['id'], parent?.['key'], parent?.type === 'VariableDeclarator' && parent['id']]) {
    if (isNode(named) && typeof named['name'] === 'string') return named['name']
  }
  return undefined
}
