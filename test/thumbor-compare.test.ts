import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { target } from '../scripts/thumbor/address.mjs'
import { type Digest, digest, type Recorded, recorded } from '../scripts/thumbor/ask.mjs'
import { differenceOf, differences } from '../scripts/thumbor/differences.mjs'
import { drawnNames, drawnOriginal } from '../scripts/thumbor/drawn.mjs'
import { judge } from '../scripts/thumbor/judge.mjs'
import { distance, fingerprint, likeness, seen } from '../scripts/thumbor/look.mjs'
import { corpusRows, drawnRows, type Row } from '../scripts/thumbor/urls.mjs'
import { type Origin, openOrigin } from './origin.ts'
import { animation, drawn, plain, red } from './pictures.ts'

/** The side-by-side with Thumbor, without Thumbor: what it sees, how it judges, what it asks for. */

let photo: Buffer
let clear: Buffer
beforeAll(async () => {
  photo = (await drawnOriginal('photo-240x180.png')) as Buffer
  clear = (await drawnOriginal('clear-300x200.png')) as Buffer
})

const png = (image: Sharp): Promise<Buffer> => image.png().toBuffer()
const answer = async (body: Buffer, type = 'image/png', status = 200): Promise<Digest> =>
  digest({ status, headers: { 'content-type': type }, body })
const row: Row = { feature: 'size', path: '/unsafe/240x180/x.png', original: 'x.png' }

describe('likeness', () => {
  it('is whole for a picture and itself, and near for what an encoder makes of it', async () => {
    const [one, other] = [await seen(photo), await seen(await sharp(photo).jpeg({ quality: 80 }).toBuffer())]
    expect(likeness(one, one)).toEqual({ ssim: 1, difference: 0, alpha: 0 })
    const near = likeness(one, other)
    expect(near.ssim).toBeGreaterThan(0.97)
    expect(near.difference).toBeLessThan(3)
  })

  it('sees what is clear, whatever colour lies under it', async () => {
    const [one, hidden] = await Promise.all(
      [plain(30, 20, [0, 0, 0, 0]), plain(30, 20, [255, 255, 255, 0])].map(async (each) => seen(await png(each))),
    )
    const white = await seen(await png(plain(30, 20, [255, 255, 255, 255])))
    if (one === undefined || hidden === undefined) throw new Error('no picture')
    expect(likeness(one, hidden)).toEqual({ ssim: 1, difference: 0, alpha: 0 })
    expect(likeness(hidden, white)).toMatchObject({ difference: 127, alpha: 255 })
  })
})

describe('a fingerprint', () => {
  const print = async (image: Sharp) => fingerprint(await seen(await png(image)))

  it('is small, has exact cells, and survives JSON', async () => {
    const found = await print(drawn(4, 2, (x, y) => [x * 10, x * 10, x * 10 + y * 0]))
    expect([...Buffer.from(found.luma, 'base64')]).toEqual([0, 10, 20, 30, 0, 10, 20, 30])
    expect(found).toMatchObject({ mean: [15, 15, 15, 255], grain: 6 })
    const large = await print(sharp(photo))
    expect(JSON.stringify(large).length).toBeLessThan(450)
    expect(distance(JSON.parse(JSON.stringify(large)), large)).toEqual({ cells: 0, cell: 0, colour: 0, alpha: 0, grain: 0 })
  })

  it('tells a picture of one pixel', async () => {
    expect(await print(plain(1, 1, red))).toEqual({ luma: Buffer.from([76]).toString('base64'), mean: [255, 0, 0, 255], grain: 0 })
  })
})

/** Changes that a drop-in replacement must not make, and some that encoders make. */
describe('a verdict', () => {
  const wrong: readonly [what: string, change: (image: Sharp) => Sharp, fault: RegExp][] = [
    ['mirrored', (image) => image.flop(), /similarity|light off/],
    ['turned by half', (image) => image.rotate(180), /similarity|light off/],
    [
      'moved by two pixels',
      (image) => image.extract({ left: 2, top: 0, width: 238, height: 180 }).extend({ right: 2, extendWith: 'copy' }),
      /similarity|light off/,
    ],
    [
      'with channels in another order',
      (image) =>
        image.recomb([
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ]),
      /colours off/,
    ],
    ['blurred', (image) => image.blur(3), /similarity|grain/],
    ['brighter', (image) => image.linear(1, 12), /colours off|light off/],
    ['half clear', (image) => image.ensureAlpha(0.5), /opacity off/],
  ]

  it.each(wrong)('on a picture that is %s', async (_, change, fault) => {
    const theirs = await answer(photo)
    const ours = await answer(await png(change(sharp(photo))))
    expect(judge(row, theirs, ours).faults.join('; ')).toMatch(fault)
    expect(judge(row, recorded(theirs), ours).faults.join('; ')).toMatch(fault)
  })

  it.each([80, 60])('on a JPEG of quality %d that another encoder made', async (quality) => {
    const jpeg = async (mozjpeg: boolean) => answer(await sharp(photo).jpeg({ quality, mozjpeg }).toBuffer(), 'image/jpeg')
    const [theirs, ours] = [await jpeg(false), await jpeg(true)]
    const asked = { ...row, path: `/unsafe/filters:quality(${quality})/x.png` }
    expect(judge(asked, theirs, ours).faults).toEqual([])
    expect(judge(asked, recorded(theirs), ours).faults).toEqual([])
  })

  it('on sizes, types, statuses, frames and what is no picture', async () => {
    const theirs = await answer(photo)
    const faults = (ours: Digest, given: Partial<Row> = {}, from: Recorded | Digest = theirs) =>
      judge({ ...row, ...given }, from, ours).faults
    expect(faults(await answer(await png(sharp(photo).resize(241, 180, { fit: 'fill' }))))).toEqual(['size 241x180, expected 240x180'])
    expect(faults(await answer(photo, 'image/webp'))).toEqual(['type image/webp, expected image/png'])
    expect(faults(await answer(Buffer.alloc(0), 'text/plain', 404))).toEqual(['status 404, expected 200'])
    expect(faults(await answer(Buffer.from('words')))).toEqual([expect.stringMatching(/^no picture, but image\/png: /)])
    const moving = await animation('gif', [plain(240, 180, red), plain(240, 180, [0, 0, 9])])
    expect(faults(await answer(moving))).toContain('2 frames, expected 1')
  })

  it('on ages, budgets of bytes and what meta says', async () => {
    const aged = { ...(await answer(photo)), age: 60 }
    expect(judge({ ...row, feature: 'max_age' }, aged, { ...aged, age: 61 }).faults).toEqual(['max-age 61, expected 60'])
    const bytes = photo.length
    const path = `/unsafe/filters:max_bytes(${bytes})/x.png`
    const [within, beyond] = [await answer(photo), { ...(await answer(photo)), bytes: bytes + 1 }]
    expect(judge({ ...row, path }, within, beyond).faults).toEqual([`${bytes + 1} bytes, expected at most ${bytes}`])
    expect(judge({ ...row, path }, beyond, beyond).faults).toEqual([])
    const meta = (width: number, source = 1): Buffer =>
      Buffer.from(JSON.stringify({ thumbor: { source: { width: source, height: 1 }, operations: [], target: { width, height: 1 } } }))
    const says = async (body: Buffer) => answer(body, 'application/json')
    expect(judge(row, await says(meta(2)), await says(meta(3))).faults).toEqual([expect.stringMatching(/^meta target /)])
    expect(judge(row, await says(meta(2)), await says(meta(2, 9))).faults).toEqual([])
    expect(judge(row, await says(meta(2)), await says(Buffer.from('no JSON'))).faults).toHaveLength(2)
  })

  it('is as far as the table of differences says, unless it is strict', async () => {
    const theirs = { status: 500 }
    expect(judge(row, theirs, { status: 400 })).toMatchObject({ faults: [], apart: { check: 'answered' } })
    expect(judge(row, theirs, { status: 500 }).faults).toEqual(['status 500, expected one below 500'])
    expect(judge(row, theirs, { status: 500 }, { strict: true })).toEqual({ faults: [] })
    expect(judge(row, { status: 400 }, { status: 403 }).faults).toEqual([])
    expect(judge(row, { status: 400 }, { status: 200 }).faults).toEqual(['status 200, expected a refusal'])
    expect(judge(row, { status: 404 }, { status: 403 }).faults).toEqual(['status 403, expected 404'])
  })

  it('knows no difference where there is none, though the table names the row', () => {
    expect(judge({ ...row, path: '/unsafe/trim:50/{originals}/a.png' }, { status: 400 }, { status: 400 })).toEqual({ faults: [] })
  })
})

describe('what is asked for', () => {
  it('is the same each time, names drawn originals, and holds no path twice', () => {
    const rows = drawnRows()
    expect(rows).toEqual(drawnRows())
    expect(rows.length).toBeGreaterThan(350)
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length)
    for (const { original } of rows) expect(drawnNames).toContain(original)
    expect(target('/unsafe/{host}/a/{encoded}%2Fb/{originals}/c', 'http://h:1')).toBe('/unsafe/h:1/a/http%3A%2F%2Fh%3A1%2Fb/http://h:1/c')
  })

  it('asks at least twice for each filter that Thumbor has by default', () => {
    const byDefault =
      'background_color blur brightness colorize contrast convolution curve equalize fill focal format frame grayscale max_age max_bytes no_upscale noise proportion quality rgb rotate round_corner saturation sharpen stretch strip_icc upscale watermark'
    for (const name of byDefault.split(' ')) {
      const calls = drawnRows().filter(({ path }) => new RegExp(`[/:]${name}\\(`).test(path))
      expect([name, calls.length >= 2]).toEqual([name, true])
    }
  })

  it('asks at least three times for each still of a corpus, and for no animation', () => {
    const still = Array.from({ length: 50 }, (_, at) => ({ file: `jpeg-${at}.jpg`, sharpDecodes: true, pages: 1, format: 'jpeg' }))
    const rows = corpusRows([
      ...still,
      { file: 'gif-moving.gif', sharpDecodes: true, pages: 9, format: 'gif' },
      { file: 'jxl.jxl', sharpDecodes: false, pages: null, format: 'jxl' },
    ])
    for (const { file } of still) expect(rows.filter(({ original }) => original === `corpus/${file}`).length).toBeGreaterThanOrEqual(3)
    expect(rows.some(({ original }) => /moving|jxl/.test(original))).toBe(false)
  })

  it('meets every line of the table of differences', async () => {
    const { rows } = JSON.parse(await readFile(new URL('vectors/thumbor/recorded.json', import.meta.url), 'utf8')) as {
      rows: (Row & Recorded)[]
    }
    const met = new Set(rows.map((each) => differenceOf(each, each)))
    expect(differences.filter((line) => !met.has(line)).map(({ what }) => what)).toEqual([])
  })
})

describe('the script', () => {
  let right: Origin
  let wrong: Origin
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-thumbor-'))
    const larger = await png(sharp(clear).resize(301, 200, { fit: 'fill' }))
    right = await openOrigin((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(clear))
    wrong = await openOrigin(({ url }, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(url?.includes('/-80x60/') ? larger : clear),
    )
  })
  afterAll(async () => {
    await Promise.all([right.close(), wrong.close(), rm(folder, { recursive: true })])
  })

  const run = (...args: string[]): Promise<{ code: number | null; output: string }> =>
    new Promise((ended) => {
      const script = fileURLToPath(new URL('../scripts/thumbor/compare.mjs', import.meta.url))
      const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
      child.on('close', (code) => ended({ code, output }))
    })
  const sides = (ours: string): string[] => [
    '--thumbor',
    right.url,
    '--tintype',
    `${ours}/thumbor/`,
    '--originals',
    'http://127.0.0.1:1',
    '--only',
    'flip',
  ]

  it('passes where both sides answer alike, below the mount', async () => {
    const { code, output } = await run(...sides(right.url))
    expect(output).toMatch(/\n10 passed, 0 failed\n$/)
    expect(code).toBe(0)
    const paths = right.requests.map(({ url }) => url)
    expect(paths).toContain('/unsafe/-300x-200/http://127.0.0.1:1/800x600.jpg')
    expect(paths).toContain('/thumbor/unsafe/-300x-200/http://127.0.0.1:1/800x600.jpg')
  })

  it('fails where a size is wrong, and writes what it found', async () => {
    const [json, record] = [join(folder, 'found.json'), join(folder, 'recorded.json')]
    const { code, output } = await run(...sides(wrong.url), '--json', json, '--record', record)
    expect(output).toContain('size 301x200, expected 300x200')
    expect(output).toMatch(/\n8 passed, 2 failed\n$/)
    expect(code).toBe(1)
    const found = JSON.parse(await readFile(json, 'utf8')) as { faults: string[] }[]
    expect(found.filter(({ faults }) => faults.length > 0)).toHaveLength(2)
    const { rows } = JSON.parse(await readFile(record, 'utf8')) as { rows: (Row & Recorded)[] }
    expect(rows).toHaveLength(10)
    expect(rows[0]).toMatchObject({
      feature: 'flip',
      status: 200,
      width: 300,
      height: 200,
      type: 'image/png',
      ...fingerprint(await seen(clear)),
    })
  })

  it('tells how it is called', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, output: expect.stringContaining('pip install thumbor') })
    expect((await run('--thumbor', right.url)).code).toBe(2)
    expect((await run(...sides(right.url), '--only', 'nothing like it')).code).toBe(2)
  })
})
