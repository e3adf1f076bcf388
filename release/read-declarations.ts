/**
 * A file of declarations as a list of statements: what each declares, what it mentions, and where its names come from.
 * Nothing is resolved here; `write-declarations.ts` does, and knows only the forms of statement that `tsc` writes for us.
 */
import { readFileSync } from 'node:fs'
import { parseAst } from 'rolldown/parseAst'

/** A name in another file. */
export interface Elsewhere {
  readonly from: string
  readonly name: string
}

export interface Declaration {
  /** With the comment that belongs to it. */
  readonly text: string
  /** None for what adds to the types of others: `declare module 'fastify' { … }`. */
  readonly names: readonly string[]
  /** Every identifier in it, whatever it stands for. */
  readonly mentions: ReadonlySet<string>
  /** `import('./x.ts').Y` */
  readonly inline: readonly Elsewhere[]
}

export interface DeclarationFile {
  readonly declarations: readonly Declaration[]
  /** Every file it names, whatever for. */
  readonly loads: ReadonlySet<string>
  /** By the name it has in this file. */
  readonly imports: ReadonlyMap<string, Elsewhere>
  /** By the name it has outside. */
  readonly exports: ReadonlyMap<string, Exported>
}

export type Exported =
  /** A name of this file; `inPlace` where its declaration says so itself. */
  { readonly local: string; readonly inPlace: boolean } | (Elsewhere & { readonly isType: boolean })

type Node = Readonly<Record<string, unknown>>

export function readDeclarations(path: string): DeclarationFile {
  const text = readFileSync(path, 'utf8')
  const declarations: Declaration[] = []
  const imports = new Map<string, Elsewhere>()
  const exports = new Map<string, Exported>()
  const loads = new Set<string>()
  let end = 0
  for (const statement of parseAst(text, { lang: 'dts' }, path).body) {
    const before = text.slice(end, statement.start)
    end = statement.end
    if ('source' in statement && statement.source) loads.add(statement.source.value)
    if (statement.type === 'ImportDeclaration') {
      for (const one of statement.specifiers)
        imports.set(one.local.name, { from: statement.source.value, name: importedName(one) })
      continue
    }
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration === null) {
      for (const one of statement.specifiers) {
        const isType = statement.exportKind === 'type' || one.exportKind === 'type'
        const name = textOf(one.local)
        const { source } = statement
        exports.set(
          textOf(one.exported),
          source ? { from: source.value, name, isType } : { local: name, inPlace: false },
        )
      }
      continue
    }
    const isDefault = statement.type === 'ExportDefaultDeclaration'
    const inner = isDefault || statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    const names = isNode(inner) ? namesIn(inner) : []
    if (isDefault) exports.set('default', { local: names[0] ?? 'default', inPlace: true })
    else if (inner !== statement) for (const name of names) exports.set(name, { local: name, inPlace: true })
    const mentions = new Set<string>()
    const inline: Elsewhere[] = []
    visit(statement, mentions, inline)
    const comment = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*$/.exec(before)?.[0] ?? ''
    declarations.push({
      text: comment + text.slice(statement.start, statement.end),
      names: isDefault && names.length === 0 ? ['default'] : names,
      mentions,
      inline,
    })
  }
  return { declarations, loads, imports, exports }
}

function importedName(one: { readonly type: string; readonly imported?: unknown }): string {
  if (one.type === 'ImportDefaultSpecifier') return 'default'
  if (one.type === 'ImportNamespaceSpecifier') throw new Error('a namespace cannot be taken apart: import names')
  return textOf(one.imported)
}

function namesIn(declaration: Node): string[] {
  const { id, declarations } = declaration
  if (Array.isArray(declarations)) return declarations.filter(isNode).flatMap(namesIn)
  const name = isNode(id) ? id['name'] : undefined
  return typeof name === 'string' ? [name] : []
}

function visit(value: unknown, mentions: Set<string>, inline: Elsewhere[]): void {
  if (Array.isArray(value)) for (const one of value) visit(one, mentions, inline)
  if (!isNode(value)) return
  if (value['type'] === 'Identifier' && typeof value['name'] === 'string') mentions.add(value['name'])
  if (value['type'] === 'TSImportType')
    inline.push({ from: textOf(value['source']), name: firstName(value['qualifier']) })
  for (const one of Object.values(value)) visit(one, mentions, inline)
}

/** The leftmost name of `A.B.C`. */
function firstName(qualifier: unknown): string {
  if (!isNode(qualifier)) throw new Error('the type of a whole module cannot be taken apart: name its members')
  return qualifier['type'] === 'TSQualifiedName' ? firstName(qualifier['left']) : textOf(qualifier)
}

/** An identifier's or a string's. */
function textOf(node: unknown): string {
  const text = isNode(node) ? (node['name'] ?? node['value']) : undefined
  if (typeof text !== 'string') throw new Error(`no name in ${JSON.stringify(node)}`)
  return text
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
