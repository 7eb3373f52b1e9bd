// `npm run calibrate [-- FOLDER]`: measures our encoders on the pictures of a folder, or on the sample pictures. First the table of
// src/pixels/quality.ts: at which quality of the others a picture is as like its original as a JPEG of a given quality. Then, for each
// format, the settings between which bytes and time can be traded, at equal likeness. `--only jpeg` measures one format, `--only qualities`
// the table alone; `--width 320` another size; `--quick` two pictures; `--write` puts all into docs/calibration.md.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { measure } from './calibrate/measure.mjs'
import { page } from './calibrate/page.mjs'
import { loadPictures } from './calibrate/pictures.mjs'
import { qualities, qualityLines } from './calibrate/qualities.mjs'
import { trialTable } from './calibrate/tables.mjs'
import { trials } from './calibrate/trials.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', default: '640' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const [folder, ...more] = positionals
const width = Number(values.width)
const parts = ['qualities', ...new Set(trials.map(({ format }) => format))]
if (more.length > 0 || !(Number.isInteger(width) && width >= 176 && width <= 4096) || (values.only && !parts.includes(values.only))) {
  console.error(`Usage: npm run calibrate [-- FOLDER] [--width 176 to 4096] [--only ${parts.join('|')}] [--quick] [--write]`)
  process.exit(2)
}
const wants = (part) => values.only === undefined || values.only === part

sharp.concurrency(1) // one picture, one thread: as in a render process
sharp.cache(false)
const began = performance.now()
const all = await loadPictures(folder, width)
const few = (pictures) => (values.quick ? pictures.slice(0, 2) : pictures)

const sections = []
if (wants('qualities')) {
  const found = await qualities(few(all.filter(({ frames, clear }) => frames === 1 && !clear)))
  section('Qualities', `\`\`\`ts\n${qualityLines(found)}\n\`\`\``)
}
for (const trial of trials.filter(({ format }) => wants(format))) {
  const pictures = few(all.filter(trial.takes))
  if (pictures.length === 0) continue
  const rows = await measure(trial, pictures, { rounds: values.quick ? 3 : 6, slow: !values.quick })
  section(trial.title, `${pictures.length === 1 ? pictures[0].name : `${pictures.length} pictures`}.\n\n${trialTable(trial, rows)}`)
}
if (values.write) {
  const said = process.argv.slice(2).map((word) => (word === folder ? 'FOLDER' : word)) // whose folder it was is nobody's business
  const command = `npm run calibrate -- ${said.join(' ')}`
  await writeFile(fileURLToPath(new URL('../docs/calibration.md', import.meta.url)), page(sections, { command, width }))
}

function section(title, text) {
  sections.push({ title, text })
  console.log(`## ${title}\n\n${text}\n`)
  console.error(`${title}: done after ${Math.round((performance.now() - began) / 1000)} s`)
}
