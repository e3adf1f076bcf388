import { join } from 'node:path'

/**
 * What both test runs share: packages resolve to their sources, in the test process and in what it starts.
 * `resolve.conditions` alone is not enough for Vite's module runner, and workers need the condition on their command line.
 */
export const shared = {
  // Without Vite's own condition `module`: Node does not know it, and some packages keep ES modules for bundlers there.
  ssr: { resolve: { conditions: ['@trailmark/source', 'node', 'development|production'] } },
  test: {
    execArgv: ['--conditions=@trailmark/source'],
    env: { NODE_ENV: 'test' },
    setupFiles: [join(import.meta.dirname, 'test/properties.setup.ts')],
  },
}

/** A machine-readable report beside the one for people, where `TRAILMARK_TEST_REPORTS` names a directory. */
export function reporters(name: string): { reporters?: string[]; outputFile?: { json: string } } {
  const directory = process.env['TRAILMARK_TEST_REPORTS']
  return directory ? { reporters: ['default', 'json'], outputFile: { json: join(directory, `${name}.json`) } } : {}
}

/** Tests of packages that wait for clocks, processes and disks more than they compute: `test:full` runs them. */
export const unhurried = [
  'packages/cli/src/cli.test.ts',
  'packages/cli/src/commands/anchor.test.ts',
  'packages/core/src/anchors.test.ts',
  'packages/core/src/process-end.test.ts',
  'packages/core/src/start.test.ts',
  'packages/ledger/src/append/crash.test.ts',
  'packages/ledger/src/append/reserve.test.ts',
  'packages/ledger/src/append/torn-tail.test.ts',
  'packages/ledger/src/keep/anchorer*.test.ts',
  'packages/ledger/src/verify/check-anchors.test.ts',
  'packages/ledger/src/verify/scan.test.ts',
  'test/errors/matrix.test.ts',
  'test/w3c/command.test.ts',
]
