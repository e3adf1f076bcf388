import { defineConfig } from 'vitest/config'

/** Everything that fits into five minutes on two cores; the slow rest is in vitest.full.config.ts. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@trailmark/source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/full/**'],
    execArgv: ['--conditions=@trailmark/source'],
    env: { NODE_ENV: 'test' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
