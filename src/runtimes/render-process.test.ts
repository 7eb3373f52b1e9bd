import { mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { type Limits, limitFields } from '../geometry/limits.ts'
import { detectors } from '../pixels/detectors/all.ts'
import { openInProcess } from '../pixels/in-process.ts'
import { openPool, renderProcessEntry } from '../pixels/pool.ts'
import type { Job } from '../pixels/renderer.ts'
import { type Format, formats } from '../recipe/output.ts'
import { recipe } from '../recipe/recipe.ts'
import { step } from '../recipe/steps.ts'
import { type FileVersion, versionOf } from '../schema/file-version.ts'

// The real program, as built: the pool must give just what the renderer in process gives.
const pool = await openPool({ entry: renderProcessEntry(), processes: 1, spare: 0 })
const local = await openInProcess({ filters, detectors })
afterAll(() => pool.close())

const { signal } = new AbortController()
const limits = Object.fromEntries(Object.entries(limitFields).map(([name, { fallback }]) => [name, fallback])) as Limits
const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
const original = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'teal', noise } })
  .jpeg()
  .toBuffer()
const job = (format: Format, bytes = original): Job => ({
  recipe: recipe([step('resize', { width: { px: 100 } })], { format }),
  originals: [bytes],
  limits,
})

test.each(formats)('the same as in process: %s', async (format) => {
  const [far, near] = await Promise.all([pool, local].map((renderer) => renderer.render(job(format), signal)))
  if (far === undefined || near === undefined || far instanceof Failure || near instanceof Failure) throw far
  // libaom 3.15 sometimes decides otherwise in another process, for about one picture of noise in ten; each repeats itself.
  if (format === 'avif') expect(Math.abs(far.bytes.length / near.bytes.length - 1)).toBeLessThan(0.02)
  else expect(far.bytes.equals(near.bytes)).toBe(true)
  const { bytes: _, timings: __, ...facts } = far
  expect(near).toMatchObject(facts)
})

test('the same words drawn: the fonts are found without a home and a path', async () => {
  const words = { ...job('png'), recipe: recipe([step('text', { text: 'Tintype 1839' })], { format: 'png' }) }
  const [far, near] = await Promise.all([pool, local].map((renderer) => renderer.render(words, signal)))
  if (far === undefined || near === undefined || far instanceof Failure || near instanceof Failure) throw far
  expect(far.bytes.equals(near.bytes)).toBe(true)
})

test('the same areas found, and none looked for that are known', async () => {
  const smart = { ...job('png'), recipe: recipe([step('focus', { detect: ['saliency'] }), step('outline')], { format: 'png' }) }
  const findings = { areas: [{ left: 10, top: 20, width: 30, height: 40 }] }
  for (const wish of [smart, { ...smart, findings }]) {
    const [far, near] = await Promise.all([pool, local].map((renderer) => renderer.render(wish, signal)))
    if (far === undefined || near === undefined || far instanceof Failure || near instanceof Failure) throw far
    expect(far.bytes.equals(near.bytes)).toBe(true)
    expect(far.findings).toEqual('findings' in wish ? findings : near.findings)
  }
  expect(await pool.inspect({ ...smart, findings }, signal)).toMatchObject({ findings })
})

test('the same facts, failures and formats, and ready', async () => {
  expect(await pool.inspect(job('webp'), signal)).toEqual(await local.inspect(job('webp'), signal))
  const wrong = job('webp', Buffer.from('no picture'))
  const [far, near] = await Promise.all([pool, local].map((renderer) => renderer.render(wrong, signal)))
  expect(far).toBeInstanceOf(Failure)
  expect([(far as Failure).code, (far as Failure).message]).toEqual([(near as Failure).code, (near as Failure).message])
  expect(await pool.formats(signal)).toEqual(await local.formats(signal))
  expect(await pool.ready(signal)).toBe(true)
})

test('no result shows an original that was read before or beside its own, from a file or as bytes', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tintype-render-process-')))
  const inFile = async (background: string, width: number): Promise<{ readonly file: FileVersion; readonly bytes: Buffer }> => {
    const path = join(folder, background)
    // Not packed, so that each is as long as it is wide; the first does not fit into the socket at once.
    const bytes = await sharp({ create: { width, height: 480, channels: 3, background } })
      .png({ compressionLevel: 0 })
      .toBuffer()
    await writeFile(path, bytes)
    return { bytes, file: versionOf({ path, root: folder }, await stat(path, { bigint: true })) }
  }
  /** The colours at both ends. */
  const ends = async (bytes: Buffer): Promise<readonly string[]> => {
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const at = (x: number): string =>
      ['red', 'lime', 'blue'][[0, 1, 2].findIndex((channel) => (data[x * info.channels + channel] ?? 0) > 200)] ?? ''
    return [at(0), at(info.width - 1)]
  }
  try {
    const [red, lime, blue] = [await inFile('red', 640), await inFile('lime', 560), await inFile('blue', 320)]
    const one = (original: Job['originals'][number]): Job => ({ recipe: recipe([], { format: 'png' }), originals: [original], limits })
    const two = (...originals: Job['originals']): Job => ({
      recipe: recipe([step('overlay', { key: 'other', gravity: { x: 0, y: 0 } })], { format: 'png' }),
      originals,
      limits,
    })
    const jobs: readonly (readonly [Job, readonly string[]])[] = [
      [one(red.file), ['red', 'red']],
      [one(lime.bytes), ['lime', 'lime']],
      [one(blue.file), ['blue', 'blue']],
      [two(red.file, blue.file), ['blue', 'red']],
      [two(lime.file, blue.bytes), ['blue', 'lime']],
      [two(lime.bytes, blue.file), ['blue', 'lime']],
      [two(red.bytes, blue.bytes), ['blue', 'red']],
    ]
    for (let times = 0; times < 2; times++) {
      const made = await Promise.all(jobs.map(([each]) => pool.render(each, signal)))
      const seen = await Promise.all(made.map((each) => (each instanceof Failure ? [each.code] : ends(each.bytes))))
      expect(seen).toEqual(jobs.map(([, colours]) => colours))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('loaders that are switched off are blocked in libvips itself, whatever the limits of a job let through', async () => {
  const some = await openPool({ entry: renderProcessEntry(), processes: 1, spare: 0, read: ['jpeg'] })
  try {
    expect(await some.render(job('webp'), signal)).toMatchObject({ format: 'webp' })
    for (const format of ['png', 'webp', 'avif', 'gif', 'tiff'] as const) {
      const picture = await sharp(original).toFormat(format).toBuffer()
      const refused = await some.render(job('jpeg', picture), signal)
      expect([format, (refused as Failure).status]).toEqual([format, format === 'avif' ? 415 : 422])
      const told = await some.render({ ...job('jpeg', picture), limits: { ...limits, readFormats: ['jpeg'] } }, signal)
      expect(told).toMatchObject({ code: 'original-format-off', detail: { expected: 'one of jpeg' } })
    }
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>')
    expect(await some.render(job('png', svg), signal)).toMatchObject({ code: 'original-damaged' })
    // What one pass hands to the next with profile and metadata is a PNG of our own.
    const twice = [step('resize', { width: { px: 100 } }), step('rotate', { degrees: 45 }), step('resize', { width: { px: 50 } })]
    const keep = { ...job('jpeg'), recipe: recipe(twice, { format: 'jpeg', metadata: 'keep', profile: 'keep' }) }
    expect(await some.render(keep, signal)).toMatchObject({ width: 50 })
    expect(await some.render(job('jpeg', await sharp(original).png().toBuffer()), signal)).toMatchObject({ code: 'original-damaged' })
  } finally {
    await some.close()
  }
})
