import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
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
import type { InFile, Job } from '../pixels/renderer.ts'
import { type Format, formats } from '../recipe/output.ts'
import { recipe } from '../recipe/recipe.ts'
import { step } from '../recipe/steps.ts'
import { versionOf } from '../schema/file-version.ts'

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

test('originals are read into the same memory one after the other, and no result shows another', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-render-process-'))
  const inFile = async (background: string): Promise<InFile & { readonly bytes: Buffer }> => {
    const path = join(folder, background)
    const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    await writeFile(path, bytes)
    const read = (): Promise<never> => Promise.reject(new Error('It is read where it is decoded.'))
    return { bytes, head: bytes, file: versionOf(path, await stat(path, { bigint: true })), read }
  }
  try {
    const [red, green, blue] = await Promise.all(['red', 'green', 'blue'].map(inFile))
    if (red === undefined || green === undefined || blue === undefined) throw new Error('Three files.')
    const untouched = (original: InFile): Job => ({ recipe: recipe([], { format: 'keep' }), originals: [original], limits })
    const overlay = recipe([step('overlay', { key: 'other' })], { format: 'png' })
    const two = (...originals: Job['originals']): Job => ({ recipe: overlay, originals, limits })
    const jobs = [untouched(red), untouched(green), two(red, blue), untouched(blue), two(green, blue.bytes), two(green.bytes, blue)]
    for (let times = 0; times < 3; times++) {
      // All at once: the next begins while the answer before it is on its way.
      const made = await Promise.all(jobs.map((each) => pool.render(each, signal)))
      const bytes = made.map((each) => (each instanceof Failure ? Buffer.alloc(0) : each.bytes))
      expect(made.map((each) => !(each instanceof Failure) && each.passedOn)).toEqual([true, true, false, true, false, false])
      for (const [index, original] of [red, green, undefined, blue].entries())
        if (original !== undefined) expect(bytes[index]?.equals(original.bytes)).toBe(true)
      for (const index of [2, 4, 5]) expect((await sharp(bytes[index]).stats()).dominant.b).toBeGreaterThan(200)
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
