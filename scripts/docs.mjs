// `npm run docs` prints docs/reference and the README's table of parameters from the tables of the code, as it was built to dist/. `--check` writes nothing and fails where a page
// is not what would be printed.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pages } from './docs/pages.mjs'
import { readme } from './docs/readme.mjs'

const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url))
const check = process.argv.includes('--check')

/** File name to text: what the folder should hold, and nothing else. */
const wanted = new Map()
for (const { name, title, from, print } of pages) {
  const head = `<!-- Printed by \`npm run docs\` from ${from}. Change that, not this. -->\n\n# ${title}\n`
  wanted.set(`${name}.md`, `${head}\n${(await print()).trim()}\n`)
}

await mkdir(folder, { recursive: true })
const there = await readdir(folder)
const wrong = there.filter((file) => !wanted.has(file)).map((file) => `${file} is no page of the reference`)
for (const [file, text] of wanted) {
  const path = join(folder, file)
  const now = there.includes(file) ? await readFile(path, 'utf8') : undefined
  if (now === text) continue
  wrong.push(now === undefined ? `${file} is missing` : `${file} differs from line ${firstDifference(now, text)} on`)
  if (!check) await writeFile(path, text)
}
if (!check) for (const file of there) if (!wanted.has(file)) await rm(join(folder, file))

if (!(await readme(check))) wrong.push('the table of parameters in README.md differs')

for (const line of wrong) console.log(check ? line : `${line}: mended`)
if (check && wrong.length > 0) {
  console.log('Run npm run docs and look at what changed.')
  process.exitCode = 1
}

function firstDifference(one, other) {
  const lines = other.split('\n')
  return one.split('\n').findIndex((line, index) => line !== lines[index]) + 1 || lines.length
}
