import { defineConfig } from 'vitest/config'
import { besideOthers, reporters, shared, unhurried } from './vitest.shared.ts'

const long = { ...shared.test, testTimeout: 600_000, hookTimeout: 300_000 }
const exclude = ['**/node_modules/**', '**/dist/**']

/**
 * What is too slow for every save: kills under load, three Node versions, packed tarballs, restarts, real components. First
 * what may run side by side, then one after the other what needs the machine for itself.
 */
export default defineConfig({
  test: {
    ...reporters('full'),
    projects: [
      {
        ssr: shared.ssr,
        test: {
          ...long,
          name: 'side by side',
          include: [...unhurried, ...besideOthers],
          exclude,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ssr: shared.ssr,
        test: {
          ...long,
          name: 'alone',
          include: ['test/full/**/*.test.ts'],
          exclude: [...exclude, ...besideOthers],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
