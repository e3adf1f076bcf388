import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageNames, readSources, root } from '../architecture/imports.ts'
import { codesOf } from './errors.ts'
import { pages } from './generate.ts'

describe('generated pages', () => {
  it.each(Object.keys(pages))('%s is what `pnpm docs` writes', async (path) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(await pages[path]?.())
  })
})

describe.each(packageNames())('the error codes of %s', (name) => {
  it('are all used, and nothing else is thrown under its prefix', async () => {
    const codes = Object.keys((await codesOf(name)) ?? {})
    const text = readSources()
      .filter((file) => !file.test && !file.path.endsWith('/errors.ts'))
      .map((file) => file.text)
      .join('\n')
    expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([])
  })
})

describe('the pages of docs/', () => {
  const files = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`)].filter((file) =>
    file.endsWith('.md'),
  )

  it.each(files)('%s links only to what exists', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([])
  })
})
