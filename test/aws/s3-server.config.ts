import { defineConfig } from 'vitest/config'

/** Tests against a real S3 server, which `npm run test:aws` starts and names in TINTYPE_TEST_S3. */
export default defineConfig({
  test: {
    include: ['test/aws/*.server.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
