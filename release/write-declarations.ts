/**
 * The types of a published package: of what `tsc` declared of its sources, that which somebody outside can come to by the entry
 * points. What it can name keeps its comments; what such things are made of is there without; the rest is left out.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type Declaration, type DeclarationFile, readDeclarations } from './read-declarations.ts'

interface Kept {
  readonly file: DeclarationFile
  /** Names of declarations that an entry point exports. */
  readonly nameable: Set<string>
  readonly declarations: Set<Declaration>
  readonly imports: Set<string>
  readonly exports: Set<string>
  /** Files it has to load because they add to the types of others. */
  readonly additions: Set<string>
}

/** Writes what is declared in `from` and reached by `entries` into `out`, under the same names. */
export function writeDeclarations(entries: readonly string[], from: string, out: string): void {
  const kept = new Map<string, Kept>()
  for (const entry of entries) {
    for (const name of fileOf(entry, kept).file.exports.keys()) {
      keepExported(entry, name, kept)
      markNameable(entry, name, kept)
    }
    keepAdditions(entry, kept)
  }
  for (const [path, one] of kept) {
    const target = join(out, relative(from, path))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, render(one, path))
  }
}

function keepExported(path: string, name: string, kept: Map<string, Kept>): void {
  const here = fileOf(path, kept)
  const found = here.file.exports.get(name)
  if (!found) throw new Error(`${path} exports no ${name}`)
  if (here.exports.has(name)) return
  here.exports.add(name)
  if ('local' in found) keepLocal(path, found.local, kept)
  else keepElsewhere(path, found.from, found.name, kept)
}

function markNameable(path: string, name: string, kept: Map<string, Kept>): void {
  const { file, nameable } = fileOf(path, kept)
  const found = file.exports.get(name)
  const elsewhere = found && 'local' in found ? file.imports.get(found.local) : found
  if (elsewhere?.from.startsWith('.')) markNameable(pathOf(path, elsewhere.from), elsewhere.name, kept)
  else if (found && 'local' in found) nameable.add(found.local)
}

/** What adds to the types of others holds for whoever loads the entry, mentioned or not. */
function keepAdditions(entry: string, kept: Map<string, Kept>): void {
  const paths = new Set([entry])
  for (const path of paths) {
    const file = kept.get(path)?.file ?? readDeclarations(path)
    for (const from of file.loads) if (from.startsWith('.')) paths.add(pathOf(path, from))
    for (const one of file.declarations) {
      if (one.names.length > 0) continue
      keepDeclaration(path, one, kept)
      if (path !== entry) fileOf(entry, kept).additions.add(path)
    }
  }
}

function keepLocal(path: string, name: string, kept: Map<string, Kept>): void {
  const here = fileOf(path, kept)
  const imported = here.file.imports.get(name)
  if (imported && !here.imports.has(name)) {
    here.imports.add(name)
    keepElsewhere(path, imported.from, imported.name, kept)
  }
  for (const one of here.file.declarations) if (one.names.includes(name)) keepDeclaration(path, one, kept)
}

function keepDeclaration(path: string, declaration: Declaration, kept: Map<string, Kept>): void {
  const here = fileOf(path, kept)
  if (here.declarations.has(declaration)) return
  here.declarations.add(declaration)
  for (const name of declaration.mentions) keepLocal(path, name, kept)
  for (const { from, name } of declaration.inline) keepElsewhere(path, from, name, kept)
}

/** Of other packages nothing is ours to keep. */
function keepElsewhere(path: string, specifier: string, name: string, kept: Map<string, Kept>): void {
  if (!specifier.startsWith('.')) return
  keepExported(pathOf(path, specifier), name, kept)
}

function pathOf(importer: string, specifier: string): string {
  return resolve(dirname(importer), specifier.replace(/\.[jt]s$/, '.d.ts'))
}

function fileOf(path: string, kept: Map<string, Kept>): Kept {
  const before = kept.get(path)
  if (before) return before
  const made: Kept = {
    file: readDeclarations(path),
    nameable: new Set(),
    declarations: new Set(),
    imports: new Set(),
    exports: new Set(),
    additions: new Set(),
  }
  kept.set(path, made)
  return made
}

const comments = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*/g

function render({ file, nameable, declarations, imports, exports, additions }: Kept, path: string): string {
  const lines: string[] = []
  for (const [from, names] of importLists(file, imports))
    lines.push(`import type { ${names.join(', ')} } from '${from}';`)
  for (const one of additions) lines.push(`import './${relative(dirname(path), one).replace(/\.d\.ts$/, '.ts')}';`)
  // In the order of the source: overloads stand beside each other.
  for (const one of file.declarations) {
    if (!declarations.has(one)) continue
    const isPublic = one.names.length === 0 || one.names.some((name) => nameable.has(name))
    lines.push(isPublic ? one.text : one.text.replace(comments, ''))
  }
  for (const [from, names] of exportLists(file, exports))
    lines.push(`export { ${names.join(', ')} }${from === '' ? '' : ` from '${from}'`};`)
  // Without any of these it would be no module, and its names everybody's.
  lines.push(...(lines.some((line) => /^(?:import|export) /m.test(line)) ? [] : ['export {};']))
  return `${lines.join('\n')}\n`
}

function importLists(file: DeclarationFile, imports: ReadonlySet<string>): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const [local, { from, name }] of file.imports)
    if (imports.has(local)) addTo(lists, from, name === local ? name : `${name} as ${local}`)
  return lists
}

function exportLists(file: DeclarationFile, exports: ReadonlySet<string>): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const [name, found] of file.exports) {
    if (!exports.has(name) || ('inPlace' in found && found.inPlace)) continue
    const inside = 'local' in found ? found.local : found.name
    const text = inside === name ? name : `${inside} as ${name}`
    if ('local' in found) addTo(lists, '', text)
    else addTo(lists, found.from, found.isType ? `type ${text}` : text)
  }
  return lists
}

function addTo(lists: Map<string, string[]>, key: string, value: string): void {
  lists.set(key, [...(lists.get(key) ?? []), value])
}
