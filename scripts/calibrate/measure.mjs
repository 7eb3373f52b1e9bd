import sharp from 'sharp'
import { geometricMean, median } from './frontier.mjs'
import { colourError, likeness } from './likeness.mjs'
import { clearness, seen } from './pictures.mjs'
import { bytesAt, lowestThat } from './search.mjs'
import { defaultsOf } from './trials.mjs'

/** On how many pictures settings are tried that take very long. */
const slowPictures = 1

/**
 * Measures all settings of a trial on all pictures.
 * @param rounds  Repetitions of each encoding, at most; a slow one is repeated less, at least once.
 * @returns       For each setting its bytes and time beside those of the default, which comes first.
 */
export async function measure(trial, pictures, { rounds, slow }) {
  const settings = settingsOf(trial).filter((setting) => slow || !setting.slow)
  const found = new Map(settings.map(({ name }) => [name, []]))
  for (const [index, picture] of pictures.entries()) {
    const runs = await sameLook(trial, index < slowPictures ? settings : settings.filter((setting) => !setting.slow), picture)
    const times = await interleaved(runs, rounds)
    for (const [at, run] of runs.entries()) found.get(run.name).push({ ...run, cpuMs: times[at] })
    console.error(`${trial.title}: ${picture.name}`)
  }
  const [own] = found.values()
  return [...found].map(([name, runs]) => besideDefault(name, runs, own))
}

/** A setting on some pictures beside the default on them. */
function besideDefault(name, runs, own) {
  const ratios = (of) => runs.map((run, index) => of(run) / of(own[index]))
  const sizes = ratios(({ bytes }) => bytes)
  const middle = (of) => median(runs.map(of))
  return {
    name: runs.length < own.length ? `${name} (${runs.length} of ${own.length} pictures)` : name,
    size: geometricMean(sizes),
    sizes: [Math.min(...sizes), Math.max(...sizes)],
    time: geometricMean(ratios(({ cpuMs }) => cpuMs)),
    bytes: middle(({ bytes }) => bytes),
    cpuMs: middle(({ cpuMs }) => cpuMs),
    quality: middle(({ quality }) => quality),
    likeness: middle(({ likeness }) => likeness),
    colour: geometricMean(ratios(({ colour }) => colour + 0.01)), // so that grey pictures divide nothing by nothing
  }
}

/** The default, under its own name where it is one of the settings, and then the others. */
function settingsOf({ defaults, settings }) {
  const all = settings.map(({ change, ...setting }) => ({ ...setting, options: { ...defaults, ...change } }))
  const isDefault = ({ options }) => Object.entries(options).every(([word, value]) => (defaults[word] ?? false) === value)
  const own = all.find(isDefault) ?? { name: 'default', options: defaults }
  return [own, ...all.filter((setting) => setting !== own)]
}

/** Each setting at the quality that makes the picture as like itself as a JPEG of quality 80 is; or as it stands, if the trial is of another kind. */
async function sameLook(trial, settings, picture) {
  const look = trial.alpha ? clearness : seen
  const original = await look(picture.open())
  const judged = async (image) => {
    const bytes = await image.toBuffer()
    if (trial.exact) return { bytes: bytes.length, likeness: 1, colour: 0 }
    const made = await look(sharp(bytes, { pages: picture.frames }))
    return { bytes: bytes.length, likeness: likeness(original, made, picture.size), colour: colourError(original, made) }
  }
  const encoder = (options) => picture.open().toFormat(trial.format, { ...options, ...picture.timing })
  if (!trial.look) {
    const runs = []
    for (const { name, options } of settings) {
      runs.push({ name, ...(await judged(encoder(options))), encode: () => encoder(options).toBuffer() })
    }
    return runs
  }
  const jpeg = await judged(
    picture
      .open()
      .flatten({ background: 'white' })
      .jpeg(defaultsOf({ format: 'jpeg' })),
  )
  const runs = []
  for (const { name, options } of settings) {
    const encoded = (quality) => encoder({ ...options, quality })
    const guess = runs[0]?.quality ?? trial.defaults.quality
    const run = await equalLook((quality) => judged(encoded(quality)), jpeg.likeness, guess)
    runs.push({ name, ...run, encode: () => encoded(run.quality).toBuffer() })
  }
  return runs
}

/** What comes of the lowest quality that reaches the wanted likeness, and the bytes at exactly that likeness. */
async function equalLook(judge, wanted, guess) {
  const tried = new Map()
  const at = async (quality) => {
    if (!tried.has(quality)) tried.set(quality, await judge(quality))
    return tried.get(quality)
  }
  const quality = await lowestThat(async (each) => (await at(each)).likeness >= wanted, { guess })
  const [below, above] = [await at(Math.max(1, quality - 1)), await at(quality)]
  return { ...above, bytes: bytesAt(wanted, below, above), quality }
}

/** CPU ms of each encoding: the median of rounds in which each has its turn, so that what disturbs one round disturbs all. */
async function interleaved(runs, rounds) {
  const times = runs.map(() => [])
  const enough = 25 // ms: what takes less is done several times for one reading, what takes much more is read less often
  for (let round = 0; round < rounds; round++) {
    for (const [index, { encode }] of runs.entries()) {
      const known = times[index].length === 0 ? enough : median(times[index])
      if (round > 0 && known * (round + 1) > 600) continue
      const count = Math.max(1, Math.min(20, Math.round(enough / known)))
      const began = process.cpuUsage()
      for (let turn = 0; turn < count; turn++) await encode()
      const { user, system } = process.cpuUsage(began)
      times[index].push((user + system) / 1000 / count)
    }
  }
  // The first reading of each was of one encoding, perhaps the first of its kind.
  return times.map((readings) => median(readings.length > 2 ? readings.slice(1) : readings))
}
