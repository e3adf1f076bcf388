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

/** Tests that wait for clocks, processes and disks more than they compute, or compute much: `test:full` runs them. */
export const unhurried = [
  'packages/cli/src/cli.test.ts',
  'packages/cli/src/commands/anchor.test.ts',
  'packages/cli/src/commands/scrub.test.ts',
  'packages/cli/src/commands/witness.test.ts',
  'packages/core/src/anchors.test.ts',
  'packages/core/src/births.test.ts',
  'packages/core/src/process-end.test.ts',
  'packages/core/src/record/process-warnings.test.ts',
  'packages/core/src/start.test.ts',
  'packages/keys/src/subject-files.test.ts',
  'packages/ledger/src/append/crash.test.ts',
  'packages/ledger/src/append/failed-sync.test.ts',
  'packages/ledger/src/append/reserve.test.ts',
  'packages/ledger/src/append/sealing-ways.test.ts',
  'packages/ledger/src/append/torn-tail.test.ts',
  'packages/ledger/src/keep/anchorer*.test.ts',
  'packages/ledger/src/keep/git-anchor.test.ts',
  'packages/ledger/src/prove/prove.test.ts',
  'packages/ledger/src/prove/tree-reader.test.ts',
  'packages/ledger/src/verify/check-anchors.test.ts',
  'packages/ledger/src/verify/check-seals.test.ts',
  'packages/ledger/src/verify/scan.test.ts',
  'packages/ledger/src/verify/tamper.test.ts',
  'packages/ledger/src/verify/verify.test.ts',
  'packages/witness/src/crash.test.ts',
  'test/bad-input/directories.test.ts',
  'test/bad-input/full-disk.test.ts',
  'test/bad-input/output.test.ts',
  'test/conformance/hono.test.ts',
  'test/conformance/nest-express.test.ts',
  'test/decorators/compile.test.ts',
  'test/docs/snippets.test.ts',
  'test/errors/debug-output.test.ts',
  'test/errors/leak.test.ts',
  'test/errors/matrix.test.ts',
  'test/guard/guard-all.test.ts',
  'test/examples/integrations.test.ts',
  'test/examples/witness.test.ts',
  'test/integrations/knex.test.ts',
  'test/integrations/outbox.test.ts',
  'test/integrations/pg.test.ts',
  'test/privacy/log-paths.test.ts',
  'test/privacy/wrappings.test.ts',
  'test/rehearse/applications.test.ts',
  'test/w3c/command.test.ts',
]

/** Of `test/full` those that start a server of their own and ask it: they need no quiet. */
export const besideOthers = [
  'test/full/bullmq.test.ts',
  'test/full/mysql2.test.ts',
  'test/full/orms-*.test.ts',
  'test/full/outbox-postgres.test.ts',
  'test/full/pg.test.ts',
]
