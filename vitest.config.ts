import { defineConfig } from 'vitest/config'

/** What measures a rate or a wait under load has the machine to itself: another file's work beside it would decide the outcome. */
const alone = ['test/safety/load.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: alone,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Many tests watch real processes, sockets and clocks; on a busy machine one may be late once, but not twice.
    retry: process.env.CI === undefined ? 0 : 1,
  },
})
