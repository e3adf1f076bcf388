/**
 * Decorators in both dialects, as tsc compiles them: standard ones, `experimentalDecorators`, and those with emitted metadata.
 */
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

const run = promisify(execFile)
const here = join(repository, 'test', 'decorators')
// Beside the packages that what is compiled imports.
const out = join(repository, 'test', 'node_modules', '.cache', `decorators-${process.pid}`)
afterAll(() => rm(out, { recursive: true, force: true }))

const dialects = {
  'standard decorators': {},
  'legacy decorators': { experimentalDecorators: true },
  'legacy decorators with metadata': { experimentalDecorators: true, emitDecoratorMetadata: true },
} as const

describe.each(Object.entries(dialects))('%s', (name, options) => {
  const dir = join(out, name.replaceAll(' ', '-'))

  async function tsc(compilerOptions: Record<string, unknown>): Promise<void> {
    await mkdir(dir, { recursive: true })
    const project = join(dir, 'tsconfig.json')
    const common = { composite: false, incremental: false, declaration: false, rewriteRelativeImportExtensions: true }
    await writeFile(
      project,
      JSON.stringify({
        extends: join(repository, 'tsconfig.base.json'),
        compilerOptions: {
          ...common,
          rootDir: repository,
          typeRoots: [join(repository, 'node_modules', '@types')],
          ...options,
          ...compilerOptions,
        },
        files: [join(here, 'patients.fixture.ts')],
      }),
    )
    await run(join(repository, 'node_modules', '.bin', 'tsc'), ['-p', project], { cwd: repository })
  }

  it('compile, and record what the methods do', async () => {
    // Of the standard ones the types are checked with all other tests.
    if (name === 'legacy decorators with metadata') await expect(tsc({ noEmit: true })).resolves.toBeUndefined()
    // Only this file: what it imports runs from its source.
    await tsc({ noCheck: true, noResolve: true, rootDir: here, outDir: dir, target: 'es2022' })
    const { stdout, stderr } = await run(process.execPath, [fromSources, join(dir, 'patients.fixture.js')], {
      env: { ...process.env, NODE_ENV: 'test' },
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      found: { id: 'p_1' },
      all: 2,
      listed: 2,
      thrown: 'Error: deliberate in w_3',
      method: ['find', 1, []],
      records: [
        { event_type: 'data_access', outcome: 'success', purpose: 'care' },
        { event_type: 'data_export', phase: 'attempt', outcome: 'unknown' },
        { event_type: 'data_access', outcome: 'success', volume: { records: 2 } },
        { event_type: 'data_export', phase: 'result', outcome: 'success', volume: { records: 2 } },
        { event_type: 'bulk_query', outcome: 'success', volume: { records: 2 } },
        { event_type: 'data_delete', outcome: 'failure' },
      ],
    })
  })
})
