import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { reporters, shared, unhurried } from './vitest.shared.ts'

// Where another version of Node is tried, what depends on it is tried with it: how a process starts and ends.
const alsoOf = process.env['TRAILMARK_TEST_UNHURRIED']?.split(',') ?? []
const leftOut = unhurried.filter((file) => !alsoOf.some((folder) => file.startsWith(folder)))

/** Everything that fits into five minutes on two cores; the slow rest is in vitest.full.config.ts. */
export default defineConfig({
  ssr: shared.ssr,
  test: {
    ...shared.test,
    ...reporters('test'),
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/full/**', ...leftOut],
    // By itself vitest leaves one core alone, and on two cores that is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
