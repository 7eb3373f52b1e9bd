// `npm run vectors -- DIALECT [FILE]`: what a dialect makes of a file of vectors, with the code as it is built. Without FILE: the project's own.
// Prints a line for each field that is not as expected, and `N passed, N failed`.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as thumbor from './vectors/thumbor.mjs'

/** Each: `files`, `load` and `judge`. */
const dialects = { thumbor }

const root = new URL('../', import.meta.url)
const [name, file, ...rest] = process.argv.slice(2)
const usage = (why) => {
  console.error(`${why}\nUsage: npm run vectors -- ${Object.keys(dialects).join('|')} [FILE]`)
  process.exit(2)
}
if (name === undefined || rest.length > 0) usage('Expected a dialect and at most one file of vectors.')
if (!Object.hasOwn(dialects, name)) usage(`Expected one of ${Object.keys(dialects).join(', ')}, got "${name}".`)

const { files, load, judge } = dialects[name]
const functions = await load(new URL('dist/', root), '.js')
const paths = file === undefined ? files.map((path) => fileURLToPath(new URL(path, root))) : [file]
const verdicts = paths.flatMap((path) => {
  try {
    return judge(JSON.parse(readFileSync(path, 'utf8')), functions)
  } catch (error) {
    return usage(`${path}: ${error.message}`)
  }
})

for (const { id, field, expected, got } of verdicts.flat()) {
  console.log(`${id}: ${field}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`)
}
const failed = verdicts.filter((faults) => faults.length > 0).length
console.log(`${verdicts.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
