import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpus } from '../corpus.ts'
import { compressedText, crowdedFilter, gif, png, svgAround } from './bombs.ts'
import { mostMemory, processesAreSeen } from './processes.ts'
import { openServer, type Server } from './server.ts'

/** Small files that decoders make much of, through the real server. Of each there is one drawn here, and that of the corpus where it is present. */

const gigabyte = 2 ** 30
const hostile = corpus('hostile')
const inCorpus = ['svg-data-png-bomb.svg', 'png-ztxt-60-chunks.png', 'gif-10000-frames.gif']
const both = (own: string, other: string): readonly string[] => (hostile === undefined ? [own] : [own, other])

let place: string
let server: Server
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tintype-originals-'))
  await cp('samples/landscape.jpg', join(place, 'photo.jpg'))
  const inside = png(20_000, 20_000)
  await writeFile(join(place, 'carries.svg'), svgAround(inside))
  await writeFile(join(place, 'carries-carries.svg'), svgAround(Buffer.from(svgAround(inside))))
  await writeFile(join(place, 'filter.svg'), crowdedFilter())
  await writeFile(join(place, 'texts.png'), png(64, 64, Array<Buffer>(60).fill(compressedText(3_900_000))))
  await writeFile(join(place, 'frames.gif'), gif(10_000))
  if (hostile !== undefined) for (const file of inCorpus) await cp(join(hostile.folder, file), join(place, file))
  server = await openServer({ TINTYPE_STORE_KINDS: 'memory', TINTYPE_RENDER_PROCESSES: '2' }, place)
  expect((await server.get('/i/photo.jpg?w=100')).status).toBe(200)
})
afterAll(async () => {
  await server?.stop()
  await rm(place, { recursive: true, force: true })
})

describe.runIf(processesAreSeen)('memory', () => {
  const carrying = both('carries.svg', 'svg-data-png-bomb.svg')
  it.each([
    ...[...carrying, 'carries-carries.svg'].map((file) => `/i/${file}?w=200`),
    ...carrying.map((file) => `/i/${file}?f=json`),
    ...carrying.map((file) => `/i/photo.jpg?w=200&mark=${file}`),
    '/i/filter.svg?w=4000',
  ])('check 17: %s is 4xx or 504, and no process above 1 GB', async (target) => {
    const { got, bytes } = await mostMemory(server, server.get(target))
    expect([got.status === 504 || (got.status >= 400 && got.status < 500), got.status]).toEqual([true, got.status])
    expect(bytes).toBeLessThan(gigabyte)
    expect((await server.get('/i/photo.jpg?w=100')).status).toBe(200)
  })

  it.each(both('texts.png', 'png-ztxt-60-chunks.png'))('check 18: %s is 200 or 4xx within 3 s, and no process above 1 GB', async (file) => {
    const { got, bytes } = await mostMemory(server, server.get(`/i/${file}?w=32`))
    expect([got.status === 200 || (got.status >= 400 && got.status < 500), got.status]).toEqual([true, got.status])
    expect(got.ms).toBeLessThan(3000)
    expect(bytes).toBeLessThan(gigabyte)
  })
})

describe.each(both('frames.gif', 'gif-10000-frames.gif'))('%s', (file) => {
  it('check 20: as an animation it is 413', async () => {
    for (const format of ['gif', 'webp']) {
      const got = await server.get(`/i/${file}?f=${format}`)
      expect([got.status, JSON.parse(got.body.toString()).code]).toEqual([413, 'original-too-many-frames'])
    }
  })

  it('check 20: as a still it is 200 with one frame', async () => {
    for (const still of ['anim=0', 'page=1', 'page=10000', 'anim=0&f=gif', 'anim=0&f=webp']) {
      const got = await server.get(`/i/${file}?${still}`)
      expect([still, got.status]).toEqual([still, 200])
      expect((await sharp(got.body, { animated: true }).metadata()).pages ?? 1).toBe(1)
    }
  })
})
