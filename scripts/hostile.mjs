// `npm run hostile -- FOLDER`: asks the real server, with its defaults, for every file of a folder, in several shapes, and judges each answer by
// the rules of scripts/hostile/judge.mjs and by the folder's index.json: a list of `{ file, kind?, expect?, status?, mustNotContain?, sharpDecodes?,
// width?, height?, orientation?, … }`. Files that the index does not name are asked for too, and those named `http-…` are served to it over HTTP.
// Prints a line for each fault, and `N passed, N failed`, in files; what went wrong after all of them counts as one more.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { get, killAll, startServer } from '../bench/server.mjs'
import { readCorpus } from './hostile/corpus.mjs'
import { openTrial } from './hostile/trial.mjs'

const [folder, ...rest] = process.argv.slice(2)
const usage = (why) => {
  console.error(`${why}\nUsage: npm run hostile -- FOLDER`)
  process.exit(2)
}
if (folder === undefined || rest.length > 0) usage('Expected one folder with an index.json.')
let entries = []
try {
  entries = readCorpus(folder)
} catch (error) {
  usage(error.message)
}

let passed = 0
let failed = 0
const tell = (what, faults) => {
  for (const fault of faults) console.log(`${what}: ${fault}`)
  if (faults.length === 0) passed += 1
  else failed += 1
}
const home = await mkdtemp(join(tmpdir(), 'tintype-hostile-'))
const trial = await openTrial(resolve(folder))
try {
  if (trial.unwatched !== undefined) console.log(trial.unwatched)
  const server = await startServer({ ...trial.settings, HOME: home }, resolve(folder), home)
  await trial.begin({ pid: server.pid, get: (target) => get(server.port, target) })
  for (const entry of entries) tell(`${entry.file} (${kindOf(entry)})`, await trial.faults(entry))
  const { faults, figures } = await trial.end()
  if (faults.length > 0) tell('afterwards', faults)
  console.log(figures)
  const { code } = await server.stop()
  if (code !== 0) tell('the server', [`expected it to end with 0, it ended with ${code}`])
} finally {
  killAll()
  await trial.close()
  await rm(home, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function kindOf({ kind, format }) {
  return [kind, format].find((word) => typeof word === 'string') ?? 'of no kind'
}
