import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { start } from '../process/child.ts'
import { repository } from '../process/repository.ts'
import { type NodeLine, nodeBinary } from './nodes.ts'

/**
 * What depends on Node itself, under the lines that the rest of the tests do not run on: the conformance suite with its
 * survival matrix, everything that touches sockets, contexts and channels, and the log with its file system.
 *
 * The oldest supported version is not here: it runs no TypeScript, and what it does run is in `packed.test.ts`.
 */
const others: readonly NodeLine[] = ['22', '26']
const suites = [
  'test/conformance',
  'test/express',
  'packages/core/src',
  'packages/keys',
  'packages/ledger',
  'packages/express',
  'packages/fastify',
  'packages/koa',
  'packages/hono',
  'packages/nestjs',
  'packages/integrations',
]

/** What one test run tells of itself; only what is looked at here. */
interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

describe.each(others)('Node %s', (line) => {
  it('passes the conformance suite and the unit tests of everything that records', async () => {
    const home = mkdtempSync(join(tmpdir(), 'trailmark-nodes-'))
    const file = join(home, 'report.json')
    try {
      const run = start(
        nodeBinary(line),
        ['node_modules/vitest/vitest.mjs', 'run', ...suites, '--reporter=json', `--outputFile=${file}`],
        // A run within a run must not take itself for a worker of the outer one.
        {
          cwd: repository,
          env: {
            ...withoutVitest(),
            TRAILMARK_TEST_REPORTS: undefined,
            TRAILMARK_TEST_UNHURRIED: 'packages/core/,test/conformance/',
          },
        },
      )
      const { code } = await run.ended
      const report: Report = JSON.parse(readFileSync(file, 'utf8'))
      const failures = report.testResults.flatMap(failuresOf)
      if (failures.length > 0) expect.fail(failures.join('\n'))
      expect([code, report.success]).toEqual([0, true])
      expect(report.numPassedTests).toBeGreaterThan(2500)
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })
})

function failuresOf({ name, message, assertionResults }: Report['testResults'][number]): string[] {
  const failed = assertionResults.filter((one) => one.status === 'failed')
  if (failed.length === 0 && message !== '') return [`${name}: ${message}`]
  return failed.map((one) => `${one.fullName}: ${one.failureMessages.join('\n')}`)
}

function withoutVitest(): Record<string, undefined> {
  return Object.fromEntries(
    Object.keys(process.env).flatMap((name) => (/^VITEST/.test(name) ? [[name, undefined]] : [])),
  )
}
