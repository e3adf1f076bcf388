import { defineConfig } from 'vitest/config'

/** What is too slow for every save: kills under load, three Node versions, packed tarballs, real components. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@trailmark/source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['test/full/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    execArgv: ['--conditions=@trailmark/source'],
    env: { NODE_ENV: 'test' },
    testTimeout: 600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
