// `node scripts/audit.mjs`: `npm audit`, with exceptions that must be argued and that end. A registry that does not answer is no finding: then it
// says `skipped: …`. `--report FILE` judges a report that is there already, `--exceptions FILE` by another list.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { judge } from './audit/judge.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { values } = parseArgs({
  options: { report: { type: 'string' }, exceptions: { type: 'string', default: here('./audit/exceptions.json') } },
})
const text = values.report === undefined ? asked() : readFileSync(values.report, 'utf8')
const { skipped, problems } = judge(text, JSON.parse(readFileSync(values.exceptions, 'utf8')), new Date().toISOString().slice(0, 10))
if (skipped !== undefined) console.log(`skipped: ${skipped}`)
for (const problem of problems) console.log(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function asked() {
  const words = ['audit', '--json', '--fetch-retries=1', '--fetch-timeout=20000']
  return spawnSync('npm', words, { cwd: here('..'), encoding: 'utf8', timeout: 60_000, shell: process.platform === 'win32' }).stdout ?? ''
}
