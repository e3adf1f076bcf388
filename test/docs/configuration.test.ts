import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../architecture/imports.ts'

it('docs/configuration.md names every option there is, and no other', () => {
  const source = readFileSync(join(root, 'packages/core/src/configuration.ts'), 'utf8')
  const list = /new Set<keyof AuditOptions>\(\[([\s\S]*?)\]\)/.exec(source)?.[1] ?? ''
  const options = [...list.matchAll(/'(\w+)'/g)].map((match) => match[1])
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8').split('## Environment')[0] ?? ''
  const documented = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1])
  expect(options.length).toBeGreaterThan(15)
  expect([...documented].sort()).toEqual([...options].sort())
})
