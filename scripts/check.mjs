// `npm run check`: all that must hold before a change is taken, one line each, and a last line `N passed, N failed`.
// The tests come first; `--no-tests` leaves them out, for those who have just run them (`.ci/run` does).
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (path) => [process.execPath, `node_modules/${path}`]
const tsc = bin('typescript/bin/tsc')
const biome = bin('@biomejs/biome/bin/biome')

/** What is checked, and by which command; in an order in which the first failure says most. */
const checks = [
  ['types', [...tsc, '-p', 'tsconfig.json']],
  ['lint, format, import directions', [...biome, 'ci', '--max-diagnostics=100']],
  ['build', [...tsc, '-p', 'tsconfig.build.json']],
  ['build of infra', [...tsc, '-p', 'infra/tsconfig.json']],
  ['tests', [...bin('vitest/vitest.mjs'), 'run']],
  ['dead exports', [process.execPath, 'scripts/check-exports.mjs']],
  ['docs are what the code prints', [process.execPath, 'scripts/docs.mjs', '--check']],
  ['package', [...bin('publint/src/cli.js'), 'run', '--strict', '--pack=false']],
  ['npm audit', [process.execPath, 'scripts/audit.mjs']],
]

const failed = []
const skipped = []
const wanted = checks.filter(([name]) => name !== 'tests' || !process.argv.includes('--no-tests'))
for (const [name, command] of wanted) {
  const began = performance.now()
  const { code, output } = await run(command)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  // A check that needs what is not there says so, and has neither passed nor failed.
  const why = code === 0 ? /^skipped: .*/m.exec(output)?.[0] : undefined
  if (why !== undefined) skipped.push(name)
  console.log(
    `${code !== 0 ? 'FAILED' : why === undefined ? 'ok    ' : 'none  '} ${name} (${seconds} s)${why === undefined ? '' : ` ${why}`}`,
  )
  if (code === 0) continue
  failed.push(name)
  console.log(output.trimEnd().replace(/^/gm, '    '))
}
console.log(`${wanted.length - failed.length - skipped.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

/** The exit code of a command, and what it printed. */
function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text) => {
        output += text
      })
    }
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
