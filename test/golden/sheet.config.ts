import { defineConfig } from 'vitest/config'

/** For `npm run golden` alone. */
export default defineConfig({ test: { include: ['test/golden/sheet.ts'], silent: false } })
