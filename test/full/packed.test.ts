import { statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repository } from '../process/repository.ts'
import { linesPacked, nodeBinary } from './nodes.ts'
import { entriesOf, installAsStranger, ownTree, packages, run, type Stranger, tool } from './stranger.ts'

/** What npm users get: every package packed, installed from its tarball into an empty project, and used on each Node. */
let stranger: Stranger
beforeAll(() => {
  stranger = installAsStranger()
})
afterAll(() => stranger?.remove())

describe.each(packages)('the packed %s', (name) => {
  it('passes publint', () => {
    expect(run(tool('publint'), ['run', stranger.tarballOf(name), '--strict'], repository)).toContain('All good')
  })

  it('has types at every entry point', () => {
    // Ends with an error code for whatever is wrong; only require() from before Node could load ESM is left out.
    const args = [stranger.tarballOf(name), '--profile', 'esm-only', '--format', 'ascii', '--no-color']
    const found = run(tool('attw'), args, repository).match(/^node16 \(from ESM\): \S+ \(ESM\)$/gm)
    expect(found).toHaveLength(entriesOf(name).length)
  })

  it('ships what it runs on and nothing else', () => {
    const files = run('tar', ['-tzf', stranger.tarballOf(name)], stranger.home)
      .trim()
      .split('\n')
    expect(files).toEqual(expect.arrayContaining(['package/package.json', 'package/LICENSE']))
    const expected =
      /^package\/(package\.json|LICENSE|(README|CHANGELOG)\.md|lib\/(FORMAT\.md|[\w-]+\.js|types\/[\w/-]+\.d\.ts))$/
    expect(files.filter((file) => !expected.test(file))).toEqual([])
  })

  it('says nothing of how this repository is developed', () => {
    const manifest = run('tar', ['-xzOf', stranger.tarballOf(name), 'package/package.json'], stranger.home)
    expect(manifest).not.toMatch(/workspace:|@trailmark\/source/)
  })
})

describe('an application', () => {
  // NestJS brings the adapters of Express and Fastify along.
  it.each([
    ['express', 500],
    ['fastify', 500],
    ['koa', 500],
    ['hono', 500],
    ['nestjs', 525],
  ])('that uses %s fetches at most %i kB of ours', (name, kilobytesMax) => {
    const bytes = ownTree(name).reduce((sum, one) => sum + statSync(stranger.tarballOf(one)).size, 0)
    expect(bytes / 1000).toBeLessThanOrEqual(kilobytesMax)
  })
})

describe('a TypeScript project', () => {
  it('compiles against the declarations of every package, as ESM and as CommonJS', () => {
    let output = ''
    try {
      output = run(tool('tsc'), ['-p', '.', '--pretty', 'false'], stranger.project)
    } catch (error) {
      output = String(error)
    }
    // The declarations of others are checked along with ours, and their mistakes are not ours.
    expect(output.split('\n').filter((line) => /^(types\.|node_modules\/@trailmark\/)/.test(line))).toEqual([])
    expect(output.split('\n').filter((line) => line !== '' && !/^(Error|\s|node_modules\/)/.test(line))).toEqual([])
  })
})

describe.each(linesPacked)('on Node %s', (line) => {
  it('every entry point can be required and imported, and is the same module', () => {
    const entries = packages.filter((name) => name !== 'cli').flatMap(entriesOf)
    expect(run(nodeBinary(line), ['same-module.cjs', ...entries], stranger.project)).toBe('ok\n')
  })

  it('classes, context and state exist once, and frames name ours and the application', () => {
    expect(run(nodeBinary(line), ['one-core.mjs', `${stranger.home}/one-${line}`], stranger.project)).toBe('ok\n')
  })

  it('the command line starts its processes: canaries, and a rehearsal of an application', () => {
    const trailmark = (...args: string[]): unknown =>
      JSON.parse(run('node_modules/.bin/trailmark', [...args, '--json'], stranger.project, nodeBinary(line)))
    const paths = Array.from({ length: 6 }, () => expect.objectContaining({ arrived: [] }))
    expect(trailmark('doctor', '--canary')).toMatchObject({ ok: true, paths })
    expect(trailmark('coverage', 'routes.mjs')).toMatchObject({ ok: true })
  })

  it.each(['express', 'fastify', 'koa', 'hono', 'nestjs'])(
    'a CommonJS application in %s records, and its trail verifies',
    (framework) => {
      const directory = `${stranger.home}/${framework}-${line}`
      const output = run(nodeBinary(line), ['commonjs.cjs', framework, directory], stranger.project)
      expect(JSON.parse(output)).toEqual({ status: 403, requestId: expect.any(String), ok: true, streams: 3 })
      const verified = run(
        'node_modules/.bin/trailmark',
        ['verify', `${directory}/trail`],
        stranger.project,
        nodeBinary(line),
      )
      const threads = run(nodeBinary(line), ['threads.mjs', `${directory}/trail`], stranger.project)
      expect(JSON.parse(threads)).toEqual({ ok: true, answered: true })
      expect(verified).toMatch(/^packed +audit\.standard/m)
      const args = ['query', '--dir', `${directory}/trail`, '--type', 'authz_deny', '--json']
      const found = run('node_modules/.bin/trailmark', args, stranger.project, nodeBinary(line))
      expect(JSON.parse(found.trim())).toMatchObject({ event_type: 'authz_deny' })
    },
  )
})
