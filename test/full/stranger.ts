import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { repository } from '../process/repository.ts'

/**
 * Somebody who knows nothing of this repository: an empty project into which every package is installed from its tarball, as
 * npm would do it after a release, and the applications of `stranger/` beside it.
 */
export interface Stranger {
  readonly project: string
  readonly home: string
  tarballOf(name: string): string
  remove(): void
}

export const packages = readdirSync(join(repository, 'packages'))
const bin = join(repository, 'node_modules/.bin')

/** What the packages leave to their users, the types of the frameworks among it. */
const peers = {
  '@hono/node-server': '^2',
  '@nestjs/common': '^12',
  '@nestjs/core': '^12',
  '@nestjs/platform-express': '^12',
  '@nestjs/platform-fastify': '^12',
  '@opentelemetry/api': '^1.9',
  '@opentelemetry/sdk-node': '^0.301.0',
  '@types/cls-hooked': '^4',
  '@types/express': '^5',
  '@types/koa': '^3',
  '@types/node': '^24',
  'cls-hooked': '^4.2',
  express: '^5',
  fastify: '^5',
  hono: '^4',
  koa: '^3',
  pino: '^10',
  'pino-http': '^11',
  'reflect-metadata': '^0.2',
  rxjs: '^7',
}

const compilerOptions = {
  module: 'nodenext',
  target: 'es2024',
  lib: ['es2024'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
}

/** Packs as a release does, which makes anew what is published; then installs. */
export function installAsStranger(): Stranger {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-packed-'))
  const tarballs = join(home, 'tarballs')
  const project = join(home, 'project')
  mkdirSync(tarballs)
  cpSync(join(repository, 'test/full/stranger'), project, { recursive: true })
  for (const name of packages) {
    run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', tarballs], join(repository, 'packages', name))
  }
  const tarballOf = (name: string): string => {
    const file = readdirSync(tarballs).find((one) => new RegExp(`^trailmark-${name}-\\d`).test(one))
    if (!file) throw new Error(`no tarball of ${name}`)
    return join(tarballs, file)
  }
  const local = Object.fromEntries(packages.map((name) => [`@trailmark/${name}`, `file:${tarballOf(name)}`]))
  // The packages name each other by version, and no registry has them yet.
  const manifest = { name: 'stranger', private: true, dependencies: { ...local, ...peers }, overrides: local }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts', 'types.cts'] }))
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project)
  return { home, project, tarballOf, remove: () => rmSync(home, { recursive: true, force: true }) }
}

/** Every entry point a package lets its users import. */
export function entriesOf(name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8'))
  return Object.keys(manifest.exports)
    .filter((key) => key !== './package.json')
    .map((key) => `@trailmark/${name}${key.slice(1)}`)
}

/** What an application gets of ours that asks for this package: its name and those of all it needs. */
export function ownTree(name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8'))
  const needed = Object.keys(manifest.dependencies ?? {}).filter((one) => one.startsWith('@trailmark/'))
  return [...new Set([name, ...needed.flatMap((one) => ownTree(one.slice('@trailmark/'.length)))])]
}

/** A tool of the repository. */
export function tool(name: string): string {
  return join(bin, name)
}

/** Runs a program to its end; what it printed is in the error if that end is a bad one. `node` leads the path if given. */
export function run(file: string, args: readonly string[], cwd: string, node?: string): string {
  const path = [...(node ? [dirname(node)] : []), process.env['PATH']].join(delimiter)
  const env = { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', PATH: path }
  try {
    return execFileSync(file, args, { cwd, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${file} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error })
  }
}
