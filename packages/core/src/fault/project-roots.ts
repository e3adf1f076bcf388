/**
 * The directories whose files are the application's own: where it was started, where its entry point belongs, and where this
 * package is installed. Found once: a stack may be read when the disk no longer answers.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute, with forward slashes and one at the end, in the order in which they are tried. */
export const projectRoots: readonly string[] = findRoots()

function findRoots(): string[] {
  const entry = process.argv[1]
  const roots = new Set(
    [workingDirectory(), entry === undefined ? undefined : rootOf(entry), rootOf(fileURLToPath(import.meta.url))]
      .filter((root) => root !== undefined)
      .map((root) => root.replaceAll('\\', '/'))
      .filter((root) => /^(?:[A-Za-z]:)?\/./.test(root))
      .map((root) => (root.endsWith('/') ? root : `${root}/`)),
  )
  return [...roots]
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined // It was removed.
  }
}

/** Above `node_modules` when installed there, else the nearest directory with a package.json. */
function rootOf(file: string): string | undefined {
  const installed = file.replaceAll('\\', '/').indexOf('/node_modules/')
  if (installed > 0) return file.slice(0, installed)
  const directory = dirname(file)
  for (let here = directory; ; here = dirname(here)) {
    if (existsSync(join(here, 'package.json'))) return here
    if (dirname(here) === here) return directory
  }
}
