import { defineConfig } from 'vitest/config'
import { reporters, shared, unhurried } from './vitest.shared.ts'

/** What is too slow for every save: kills under load, three Node versions, packed tarballs, restarts, real components. */
export default defineConfig({
  ssr: shared.ssr,
  test: {
    ...shared.test,
    ...reporters('full'),
    include: ['test/full/**/*.test.ts', ...unhurried],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
