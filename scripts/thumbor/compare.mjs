// Thumbor and Tintype side by side: `npm run thumbor -- --help` tells how.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { target } from './address.mjs'
import { ask, digest, recorded } from './ask.mjs'
import { judge } from './judge.mjs'
import { faultLines, summary } from './report.mjs'
import { corpusRows, drawnRows } from './urls.mjs'

const help = `Asks a running Thumbor and a running Tintype for the same pictures, and tells where they differ.

  npm run thumbor -- --thumbor URL --tintype URL --originals URL [options]

  --thumbor URL      where Thumbor is, such as http://127.0.0.1:8888
  --tintype URL      where its dialect is mounted, such as http://127.0.0.1:8080/thumbor; may be left out with --record
  --originals URL    where the originals are served, such as http://127.0.0.1:9000
  --corpus FOLDER    also the still pictures that FOLDER/index.json lists, which the originals must be served with
  --only TEXT        only rows whose feature is TEXT or whose path holds it
  --json FILE        writes what was found, row by row
  --strict           no difference is meant: for Thumbor on both sides. Noise without a seed differs even then
  --record FILE      writes what Thumbor answered, sizes and fingerprints, for a test that has no Thumbor

To start all of it, each in a terminal of its own:

  python3 -m venv ~/.thumbor && ~/.thumbor/bin/pip install thumbor==7.8.0 cairosvg
  ~/.thumbor/bin/thumbor --ip 127.0.0.1 --port 8888 --conf scripts/thumbor/thumbor.conf
  node scripts/thumbor/originals.mjs --port 9000 [--corpus FOLDER]
  TINTYPE_SOURCE_HTTP_ALLOW=127.0.0.1:9000 TINTYPE_SOURCE_HTTP_ADDRESSES=127.0.0.1 npx tintype serve

cairosvg is for SVGs alone. Prints a line for each row that differs, a table by feature, and \`N passed, N failed\`; ends with 1 where one failed.
Rows that differ by intent (scripts/thumbor/differences.mjs) are compared as far as that table says, and counted apart.`

const values = options()
const { thumbor, tintype, originals, only } = values

sharp.cache(false)
const listed = values.corpus === undefined ? [] : JSON.parse(await readFile(join(values.corpus, 'index.json'), 'utf8'))
const rows = [...drawnRows(), ...corpusRows(listed)].filter(
  ({ feature, path }) => only === undefined || feature === only || path.includes(only),
)
if (rows.length === 0) {
  console.error(`No row has "${only}" as its feature or in its path.`)
  process.exit(2)
}

const sides = [thumbor, ...(tintype === undefined ? [] : [tintype])]
const lines = []
const results = []
let failed = 0
for (const row of rows) {
  const path = target(row.path, originals.replace(/\/$/, ''))
  const [theirs, ours] = await Promise.all(sides.map(async (side) => digest(await ask(side, path).catch(silent(side)))))
  lines.push(JSON.stringify({ ...row, ...recorded(theirs) }))
  if (ours === undefined) continue
  const result = { row, theirs, ours, ...judge(row, theirs, ours, { strict: values.strict === true }) }
  if (result.faults.length > 0) console.log(faultLines(result).join('\n'))
  if (result.faults.length > 0) failed += 1
  results.push({ ...result, theirs: recorded(theirs), ours: recorded(ours) }) // without the pixels
}

if (values.record !== undefined) {
  const { headers } = await ask(thumbor, target('/unsafe/{originals}/3x3.png', originals))
  const server = JSON.stringify(String(headers.server))
  await writeFile(values.record, `{"server":${server},"rows":[\n${lines.join(',\n')}\n]}\n`)
  console.log(`${lines.length} rows recorded`)
}
if (values.json !== undefined) {
  await writeFile(
    values.json,
    `[\n${results.map(({ apart, ...rest }) => JSON.stringify({ ...rest, apart: apart?.what })).join(',\n')}\n]\n`,
  )
}
if (tintype !== undefined) {
  console.log(`\n${summary(results)}\n`)
  console.log(`${results.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

/** What was asked of this script; ends it where that is not understood, or is help. */
function options() {
  const text = { type: 'string' }
  const texts = { thumbor: text, tintype: text, originals: text, corpus: text, only: text, json: text, record: text }
  const flags = { help: { type: 'boolean' }, strict: { type: 'boolean' } }
  let given
  try {
    given = parseArgs({ options: { ...texts, ...flags } }).values
  } catch (error) {
    return usage(error.message)
  }
  if (given.help) {
    console.log(help)
    process.exit(0)
  }
  const urls = [given.thumbor, given.originals, given.tintype ?? given.thumbor]
  if (urls.some((url) => url === undefined || !/^http:\/\/[^/]/.test(url) || !URL.canParse(url))) {
    return usage('Expected an http URL for --thumbor, --originals and --tintype.')
  }
  if (given.tintype === undefined && given.record === undefined) return usage('Expected --tintype, or --record.')
  return given
}

function usage(why) {
  console.error(`${why}\n\n${help}`)
  process.exit(2)
}

/** A side that does not answer ends the comparison: nothing can be told of it. */
function silent(side) {
  return (error) => {
    console.error(`${side} does not answer: ${error.message}`)
    process.exit(2)
  }
}
