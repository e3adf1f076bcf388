import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageNames, root } from '../architecture/imports.ts'

/** Renders docs/errors.md from the tables of codes in every package. */
export async function render(): Promise<string> {
  const sections: string[] = []
  for (const name of packageNames()) {
    const codes = await codesOf(name)
    if (!codes) continue
    const rows = Object.entries(codes).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`)
    sections.push(`## @trailmark/${name}\n\n| code | what it says |\n|---|---|\n${rows.join('\n')}`)
  }
  return `# Errors

Every error of ours has a \`code\`. Match on it: codes are public, may be retired, and are never renamed or reused. The message
holds the values that let you act and may change. No message holds a secret.

${sections.join('\n\n')}
`
}

export async function codesOf(name: string): Promise<Record<string, string> | undefined> {
  const file = join(root, 'packages', name, 'src/errors.ts')
  if (!existsSync(file)) return undefined
  const module: { codes?: Record<string, string> } = await import(pathToFileURL(file).href)
  return module.codes
}
