// `npm run test:safety`: the forty checks of what must hold under hostile input, hostile origins and too much work. Numbers behind it choose
// checks: `npm run test:safety -- 13 14`. A number without a test is a failure. The last line is `N passed, N failed`, in checks.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const all = Array.from({ length: 40 }, (_, index) => index + 1)
const wanted = process.argv.slice(2).map(Number)
const wrong = process.argv.slice(2).filter((word) => !all.includes(Number(word)))
if (wrong.length > 0) {
  console.error(`Expected numbers from 1 to ${all.length}, got ${wrong.join(' ')}.`)
  process.exit(2)
}

const numbers = wanted.length === 0 ? all : wanted
const scratch = mkdtempSync(join(tmpdir(), 'tintype-test-safety-'))
const report = join(scratch, 'report.json')
const pattern = wanted.length === 0 ? [] : ['-t', `(^| )check (${wanted.join('|')}):`]
const words = ['run', 'test/safety', ...pattern, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
// As long as the checks say, where the tests of every day take a part of the time.
const env = { TINTYPE_TEST_LONG: '1', ...process.env }
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...words], { cwd: root, env, stdio: 'inherit' })

let results = []
let whole = status === 0
try {
  results = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults)
} catch {
  whole = false
}
rmSync(scratch, { recursive: true, force: true })

let passed = 0
let failed = 0
for (const number of numbers) {
  const mine = results.filter(({ title }) => title.startsWith(`check ${number}:`))
  const bad = mine.filter((each) => each.status === 'failed').length
  const good = mine.filter((each) => each.status === 'passed').length
  const skipped = mine.length - bad - good
  if (mine.length === 0 || bad > 0) failed += 1
  else if (good > 0) passed += 1
  const said = mine.length === 0 ? 'has no test' : `${good} passed, ${bad} failed, ${skipped} skipped`
  if (mine.length === 0 || bad > 0 || good === 0 || wanted.length > 0) console.log(`check ${number}: ${said}`)
}
// A file that cannot be loaded, or a test without a number, fails as well.
if (!whole && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
