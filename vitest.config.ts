import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { reporters, shared } from './vitest.shared.ts'

/** Everything that fits into five minutes on two cores; the slow rest is in vitest.full.config.ts. */
export default defineConfig({
  ssr: shared.ssr,
  test: {
    ...shared.test,
    ...reporters('test'),
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/full/**'],
    // By itself vitest leaves one core alone, and on two cores that is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
