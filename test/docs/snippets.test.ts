import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scratch } from '../process/child.ts'
import { repository } from '../process/repository.ts'
import { applicationOf, common, ofPage } from './snippet-names.ts'

/**
 * Every TypeScript block of the guides compiles, with the names a reader already has at that point declared around it.
 * What a block imports itself it really imports. A paragraph of a block that begins with an import stands by itself: it is one
 * library of several that a page shows one after the other.
 */
describe.each([
  { below: 'examples', pages: ['docs/add-to-your-app.md'] },
  { below: 'test', pages: ['README.md', ...pagesOfDocs().filter((page) => page !== 'docs/add-to-your-app.md')] },
] as const)('in $below', ({ below, pages }) => {
  const home = scratch('snippets', below)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('the blocks of the guides compile', { timeout: 120_000 }, () => {
    for (const page of pages) {
      for (const [at, block] of blocksOf(page).entries()) {
        writeFileSync(join(home, `${basename(page, '.md')}-${at + 1}.ts`), withSurroundings(page, block))
      }
    }
    writeFileSync(join(home, 'server.ts'), 'export {}\n')
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(project))
    expect(compile(home)).toBe('')
  })
})

it('the pages that show how libraries are used have blocks to compile', () => {
  const pages = ['add-to-your-app', 'declare-routes', 'capture-authentication', 'capture-security', 'capture-sockets']
  for (const page of pages) expect(blocksOf(`docs/${page}.md`).length).toBeGreaterThan(2)
})

const project = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    composite: false,
    noEmit: true,
    incremental: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    erasableSyntaxOnly: false,
    experimentalDecorators: true,
  },
  include: ['*.ts'],
}

function pagesOfDocs(): string[] {
  return readdirSync(join(repository, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
}

function blocksOf(page: string): string[] {
  const text = readFileSync(join(repository, page), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '')
  return blocks.flatMap((block) => block.split(/\n\n(?=import )/))
}

function withSurroundings(page: string, block: string): string {
  const names = { ...common, ...ofPage[page] }
  const uses = (name: string): boolean => new RegExp(`(?<!\\w\\.|[\\w'/])${name}\\b`).test(block)
  const declares = (name: string): boolean =>
    new RegExp(`(import [^\\n']*\\b${name}\\b|\\b(const|class) (\\{[^}\\n]*)?\\b${name}\\b)`).test(block)
  const around = Object.keys(names).filter((name) => uses(name) && !declares(name))
  const application = uses('app') && !declares('app') && !('app' in names) ? [applicationOf(block)] : []
  const code = block.replaceAll('{ … }', '{}')
  return [...around.map((name) => names[name]), ...application, code, 'export {}', ''].join('\n')
}

function compile(home: string): string {
  try {
    execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-p', home], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return ''
  } catch (error) {
    return withoutReturns(error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error))
  }
}

/** A block may be the body of a handler, and return. */
function withoutReturns(output: string): string {
  const lines = output.split('\n').filter((line) => line !== '' && !line.includes('error TS1108:'))
  return lines.join('\n')
}
