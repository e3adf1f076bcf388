import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { scratch } from '../process/child.ts'
import { repository } from '../process/repository.ts'

/**
 * Every TypeScript block of the guide compiles, with the names a reader already has at that point declared around it.
 * What a block imports itself it really imports.
 */
const home = scratch('snippets', 'examples')
afterAll(() => rmSync(home, { recursive: true, force: true }))

const names: Record<string, string> = {
  auditMiddleware: "import { auditMiddleware } from '@trailmark/express'",
  audited: "import { audited } from '@trailmark/express'",
  auditPlugin: "import auditPlugin from '@trailmark/fastify'",
  createAudit: "import { createAudit } from '@trailmark/core'",
  defineEvents: "import { defineEvents } from '@trailmark/core'",
  bind: "import { bind } from '@trailmark/core'",
  bindEmitter: "import { bindEmitter } from '@trailmark/core'",
  wrapCallbacks: "import { wrapCallbacks } from '@trailmark/core'",
  carrier: "import { carrier } from '@trailmark/core'",
  runWithCarrier: "import { runWithCarrier } from '@trailmark/core'",
  pinoHttp: "import { pinoHttp } from 'pino-http'",
  audit:
    "import { createAudit as makeAudit } from '@trailmark/core'\ndeclare const audit: ReturnType<typeof makeAudit>",
  show: 'declare const show: () => void',
  exportAll: 'declare const exportAll: () => void',
  name: 'declare const name: string',
  user: 'declare const user: { id: string; roles: string[] }',
  sql: 'declare const sql: string',
  pool: 'declare const pool: { query(sql: string, done: (error: unknown, rows: unknown[]) => void): void }',
  client: 'declare const client: { query(sql: string, done: () => void): void }',
  socket: "import type { Socket } from 'node:net'\ndeclare const socket: Socket",
  req: "import type { IncomingMessage } from 'node:http'\ndeclare const req: IncomingMessage",
  work: 'declare const work: () => void',
  use: 'declare const use: (rows: unknown[]) => void',
}

function applicationOf(block: string): string {
  if (/auditPlugin|config: \{ audit/.test(block)) return "import Fastify from 'fastify'\nconst app = Fastify()"
  return "import express from 'express'\nconst app = express()"
}

function withSurroundings(block: string): string {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(block)
  const declares = (name: string): boolean =>
    new RegExp(`(import [^\\n]*\\b${name}\\b|\\bconst ${name}\\b)`).test(block)
  const around = Object.keys(names).filter((name) => uses(name) && !declares(name))
  const application = uses('app') && !declares('app') ? [applicationOf(block)] : []
  return [...around.map((name) => names[name]), ...application, block, 'export {}', ''].join('\n')
}

it.each(['docs/add-to-your-app.md', 'docs/declare-routes.md'])('the blocks of %s compile', (page) => {
  const text = readFileSync(join(repository, page), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '')
  expect(blocks.length).toBeGreaterThan(4)
  for (const [at, block] of blocks.entries()) writeFileSync(join(home, `block-${at + 1}.ts`), withSurroundings(block))
  writeFileSync(join(home, 'server.ts'), 'export {}\n')
  const options = {
    composite: false,
    noEmit: true,
    incremental: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
  }
  writeFileSync(
    join(home, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions: options, include: ['*.ts'] }),
  )
  expect(compile()).toBe('')
})

function compile(): string {
  try {
    execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-p', home], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return ''
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
  }
}
