import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linesPacked, nodeBinary, repository } from './nodes.ts'

/** What npm users get: every package packed, installed from its tarball into an empty project, and used on each Node. */
const names = readdirSync(join(repository, 'packages'))
const bin = join(repository, 'node_modules/.bin')
const home = mkdtempSync(join(tmpdir(), 'trailmark-packed-'))
const tarballs = join(home, 'tarballs')
const project = join(home, 'project')
const tarballOf = (name: string): string => {
  const file = readdirSync(tarballs).find((one) => new RegExp(`^trailmark-${name}-\\d`).test(one))
  if (!file) throw new Error(`no tarball of ${name}`)
  return join(tarballs, file)
}
const run = (file: string, args: readonly string[], cwd: string): string =>
  execFileSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

beforeAll(() => {
  mkdirSync(tarballs, { recursive: true })
  mkdirSync(project, { recursive: true })
  run(join(bin, 'tsc'), ['-b'], repository)
  for (const name of names) {
    run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', tarballs], join(repository, 'packages', name))
  }
  const local = Object.fromEntries(names.map((name) => [`@trailmark/${name}`, `file:${tarballOf(name)}`]))
  const peers = {
    express: '^5',
    fastify: '^5',
    koa: '^3',
    pino: '^10',
    'pino-http': '^11',
    '@opentelemetry/api': '^1',
    '@opentelemetry/sdk-node': '^0.301.0',
    'cls-hooked': '^4',
  }
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, dependencies: { ...local, ...peers }, overrides: local }),
  )
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project)
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

const entriesOf = (name: string): string[] => {
  const manifest = JSON.parse(readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8'))
  return Object.keys(manifest.exports)
    .filter((key) => key !== './package.json')
    .map((key) => `@trailmark/${name}${key.slice(1)}`)
}

describe.each(names)('the packed %s', (name) => {
  it('passes publint', () => {
    expect(run(join(bin, 'publint'), ['run', tarballOf(name), '--strict'], repository)).toContain('All good')
  })

  it('has types that resolve for ESM and for require() of ESM', () => {
    const report = run(join(bin, 'attw'), [tarballOf(name), '--profile', 'esm-only', '--format', 'ascii'], repository)
    expect(report).toContain('No problems found')
  })

  it('ships no sources, tests or build state', () => {
    const files = run('tar', ['-tzf', tarballOf(name)], home).split('\n')
    expect(files.filter((file) => /\/src\/|\.test\.|tsbuildinfo|\.bench\./.test(file))).toEqual([])
  })
})

describe.each(linesPacked)('on Node %s', (line) => {
  const importable = names.filter((name) => name !== 'cli').flatMap(entriesOf)

  it('every entry point can be required and imported, as one and the same module', () => {
    const script = `
      const { createRequire } = require('node:module')
      ;(async () => {
        for (const name of ${JSON.stringify(importable)}) {
          const required = require(name)
          if (required !== (await import(name))) throw new Error(name + ' exists twice')
          if (Object.keys(required).length === 0) throw new Error(name + ' exports nothing')
        }
        console.log('ok')
      })()`
    writeFileSync(join(project, 'require.cjs'), script)
    expect(run(nodeBinary(line), ['require.cjs'], project)).toBe('ok\n')
  })

  it('the command line answers --help', () => {
    expect(run(nodeBinary(line), ['node_modules/@trailmark/cli/dist/main.js', '--help'], project)).toContain(
      'trailmark',
    )
  })

  it('a CommonJS Express application records and verifies', () => {
    const script = `
      const express = require('express')
      const { auditMiddleware } = require('@trailmark/express')
      const { createAudit } = require('@trailmark/core')
      const { verify } = require('@trailmark/ledger/verify')
      const dir = ${JSON.stringify(join(home, `trail-${line}`))}
      const audit = createAudit({ service: 'packed', ledger: 'disk', dir: dir + '/trail', keysDir: dir + '/keys', operational: 'none' })
      const app = express()
      app.use(auditMiddleware({ audit }))
      app.get('/secret', (req, res) => res.status(403).end())
      const server = app.listen(0, '127.0.0.1', async () => {
        const answer = await fetch('http://127.0.0.1:' + server.address().port + '/secret')
        await answer.text()
        server.close()
        await audit.close()
        const report = await verify(dir + '/trail')
        console.log(JSON.stringify({ id: answer.headers.get('x-request-id') !== null, ok: report.ok, streams: report.streams.length }))
        process.exit(0)
      })`
    writeFileSync(join(project, 'app.cjs'), script)
    const answer = JSON.parse(run(nodeBinary(line), ['app.cjs'], project))
    expect(answer).toEqual({ id: true, ok: true, streams: 2 })
  })
})
