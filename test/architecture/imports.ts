import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

/**
 * Reads the sources as a graph: every file of every package, what it imports, and whether the import survives compilation.
 * It hands plain data to the architecture test and decides nothing itself.
 */
export const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly package: string
  readonly text: string
  readonly imports: readonly Import[]
  readonly test: boolean
}

export interface Manifest {
  readonly name: string
  readonly exports?: Record<string, string | Record<string, string>>
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

export function packageNames(): string[] {
  return readdirSync(join(root, 'packages')).filter((name) => statSync(join(root, 'packages', name)).isDirectory())
}

export function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
}

export function readSources(): SourceFile[] {
  return packageNames().flatMap((name) =>
    filesUnder(join(root, 'packages', name, 'src')).map((file) => readSource(name, file)),
  )
}

/** The repository path an import leads to, or undefined when it leaves the file's own package. */
export function resolveRelative(from: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return relative(root, resolve(root, dirname(from.path), specifier))
}

function readSource(name: string, file: string): SourceFile {
  const text = readFileSync(file, 'utf8')
  const { module } = parseSync(file, text)
  const imports = module.staticImports.map((one) => ({
    specifier: one.moduleRequest.value,
    typeOnly: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
  }))
  for (const one of module.staticExports) {
    for (const entry of one.entries) {
      if (entry.moduleRequest) imports.push({ specifier: entry.moduleRequest.value, typeOnly: entry.isType })
    }
  }
  for (const one of module.dynamicImports) {
    const specifier = /^['"](.*)['"]$/.exec(text.slice(one.moduleRequest.start, one.moduleRequest.end))?.[1]
    if (specifier) imports.push({ specifier, typeOnly: false })
  }
  const path = relative(root, file).replaceAll('\\', '/')
  return { path, package: name, text, imports, test: /\.(test|type-test|fixture|bench)\.ts$/.test(path) }
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return filesUnder(path)
    return path.endsWith('.ts') ? [path] : []
  })
}
