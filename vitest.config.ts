import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Many tests watch real processes, sockets and clocks; on a busy machine one may be late once, but not twice.
    retry: process.env.CI === undefined ? 0 : 1,
  },
})
