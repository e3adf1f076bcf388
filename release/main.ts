/**
 * Makes `lib`, the form in which a package is published. Runs before a package is packed, in its directory:
 *
 *     node ../../release/main.ts
 *
 * without an argument for that package, with `all` for every one.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeDeclarations } from './write-declarations.ts'
import { writeModules } from './write-modules.ts'

const repository = resolve(import.meta.dirname, '..')
const packages = join(repository, 'packages')

execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-b'], { cwd: repository, stdio: 'inherit' })
for (const directory of process.argv[2] === 'all' ? readdirSync(packages).map((name) => join(packages, name)) : ['.'])
  await writeLib(resolve(directory))

async function writeLib(directory: string): Promise<void> {
  const lib = join(directory, 'lib')
  const compiled = join(directory, 'dist')
  const names = entryNames(directory)
  rmSync(lib, { recursive: true, force: true })
  await writeModules(
    names.map((name) => join(compiled, `${name}.js`)),
    lib,
  )
  writeDeclarations(
    names.map((name) => join(compiled, `${name}.d.ts`)),
    compiled,
    join(lib, 'types'),
  )
}

/** `index` for `./lib/index.js`: what an entry point is called here and in the sources alike. */
function entryNames(directory: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const exported: object = Object(Reflect.get(Object(manifest), 'exports'))
  return Object.values(exported).flatMap((one: unknown) => {
    const file: unknown = typeof one === 'object' && one !== null && 'default' in one ? one.default : undefined
    const name = typeof file === 'string' ? /^\.\/lib\/([\w-]+)\.js$/.exec(file)?.[1] : undefined
    return name === undefined ? [] : [name]
  })
}
