// `npm run golden`: draws the golden images before, after and their difference into test/golden/sheet/; `-- --accept` accepts what changed.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [accept, ...unknown] = process.argv.slice(2)
if (unknown.length > 0 || (accept !== undefined && accept !== '--accept')) {
  process.stderr.write('Usage: npm run golden [-- --accept]\n')
  process.exit(2)
}

const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/golden/sheet.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TINTYPE_GOLDEN_ACCEPT: accept === undefined ? 'no' : 'yes' },
})
process.exit(status ?? 1)
