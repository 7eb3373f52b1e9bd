import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thumbor } from '../src/dialects/thumbor.ts'
import { createTintype, Failure, type Tintype } from '../src/index.ts'
import { words } from './contracts/dialect.ts'
import { animation, blue, drawn, plain, quadrants, red, seen } from './pictures.ts'

/** Every line of the table in docs/guide/thumbor.md, seen to hold. */
const table = readFileSync(new URL('../docs/guide/thumbor.md', import.meta.url), 'utf8').split('## What differs on purpose')[1] ?? ''
const lines = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| |'))
  .map((line) => line.split('|')[1]?.trim() ?? '')

let root = ''
let tintype: Tintype
let locked: Tintype
let failing: Server

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tintype-thumbor-'))
  const put = (name: string, bytes: Buffer): Promise<void> => writeFile(join(root, name), bytes)
  await put('photo.png', await quadrants(80, 60).png().toBuffer())
  await put(
    'bordered.png',
    await drawn(40, 30, (x, y) => (x < 5 || y < 5 || x > 34 || y > 24 ? [30, 30, 30] : [250, 20, 20]))
      .png()
      .toBuffer(),
  )
  await put('moving.gif', await animation('gif', [plain(24, 16, red), plain(24, 16, blue)], { delay: [70, 230] }))
  await put('tiny.png', await quadrants(4, 3).png().toBuffer())
  await put('line.png', await plain(300, 1, red).png().toBuffer())
  await put(
    'drawn.svg',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>'),
  )
  await put('p3.jpg', await plain(40, 30, [200, 40, 40]).withIccProfile('p3').jpeg().toBuffer())
  await put('cmyk.jpg', await plain(40, 30, [200, 40, 40]).toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer())
  await put(
    'grain.jpg',
    await drawn(200, 150, (x, y) => [(x * 37 + y * 91) % 256, (x * y) % 256, (x * 13 + y * 7) % 256])
      .jpeg({ quality: 95 })
      .toBuffer(),
  )
  const patch = drawn(7, 7, (x, y) =>
    (y === 0 && x === 3) || (x === 0 && y === 3)
      ? [0, 0, 0, 255]
      : x === 0 || y === 0 || x === 6 || y === 6
        ? [0, 0, 0, 0]
        : [0, 0, 255, 255],
  )
  const stripes = drawn(300, 300, (x) => (x % 7 < 3.5 ? [0, 0, 0] : [255, 255, 255]))
  await put('stripes.jpg', await stripes.jpeg({ quality: 95 }).toBuffer())
  await put('frame.9.png', await patch.png().toBuffer())
  await put('keyed.png', keyed())
  failing = createServer((_request, response) => response.writeHead(500).end())
  await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve))
  const origin = `127.0.0.1:${(failing.address() as AddressInfo).port}`
  const given = { source: { file: { root }, http: { allow: [origin], addresses: ['127.0.0.1'] } }, store: { kinds: ['memory'] } } as const
  tintype = await createTintype({ ...given, thumbor: { metaCallbackName: 'callback' } })
  locked = await createTintype({ ...given, thumbor: { keys: ['7f1c9a2e5b8d4630'] } })
})
afterAll(async () => {
  failing.close()
  await tintype.close()
  await locked.close()
  await rm(root, { recursive: true })
})

/** 80x40 of 16 bits. The left half is of the key colour, which is clear; the right one differs from it in the second of two bytes alone. */
function keyed(): Buffer {
  const line = [0, ...Array.from({ length: 80 }, (_, x) => Array.from({ length: 3 }, () => [16, x < 40 ? 16 : 20])).flat(2)]
  const chunk = (type: string, ...bytes: readonly number[]): Buffer => {
    const body = Buffer.concat([Buffer.from(type), Buffer.from(bytes)])
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const
    ends[0].writeUInt32BE(bytes.length)
    ends[1].writeUInt32BE(crc32(body))
    return Buffer.concat([ends[0], body, ends[1]])
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', 0, 0, 0, 80, 0, 0, 0, 40, 16, 2, 0, 0, 0),
    chunk('tRNS', 16, 16, 16, 16, 16, 16),
    chunk('IDAT', ...deflateSync(Buffer.from(Array.from({ length: 40 }, () => line).flat()))),
    chunk('IEND'),
  ])
}

async function get(path: string, by = tintype) {
  const answer = await by.handle({ method: 'GET', target: `/thumbor/unsafe/${path}`, headers: {}, signal: AbortSignal.timeout(20_000) })
  const body = Buffer.from(answer.body ?? Buffer.alloc(0))
  const type = answer.headers['content-type'] ?? ''
  const {
    width,
    height,
    pages = 1,
    delay,
    icc,
  } = type.startsWith('image/')
    ? await sharp(body, { animated: true, limitInputPixels: false }).metadata()
    : { width: 0, height: 0, delay: undefined, icc: undefined }
  return { status: answer.status, headers: answer.headers, type, body, text: body.toString(), size: [width, height], pages, delay, icc }
}

const size = async (path: string) => (await get(path)).size
const keyOf = (image: string): unknown => {
  const order = thumbor.parse(`/thumbor/unsafe/${image}`, words)
  return order === undefined || order instanceof Failure ? order : order.key
}

const tests: Readonly<Record<string, () => Promise<void>>> = {
  trim: async () => expect(await size('trim:50/bordered.png')).toEqual([30, 20]),
  orig: async () => expect(await size('origx/photo.png')).toEqual([80, 60]),
  hosts: async () => {
    expect(keyOf('httpbin.org/a.png')).toBe('http://httpbin.org/a.png')
    expect(keyOf('http%3A//%5B2606%3A2800%3A%3A1%5D/a.png')).toBe('http://[2606:2800::1]/a.png')
  },
  slashes: async () => expect(keyOf('http:/example.com/a.png')).toBe('http://example.com/a.png'),
  extract_focal: async () => {
    const answer = await get('20x60/filters:extract_focal()/http://thumbor.example/unsafe/60x0:80x20/photo.png')
    expect((await seen(answer.body)).at(10, 2)).toEqual([0, 255, 0, 255])
  },
  'meta source': async () =>
    expect(JSON.parse((await get('meta/40x20/photo.png')).text).thumbor.source).toMatchObject({ width: 80, height: 60 }),
  'meta callback': async () => {
    const answer = await get('meta/photo.png?callback=show')
    expect([answer.type, answer.text.slice(0, 6)]).toEqual(['text/javascript', 'show({'])
  },
  'gif filters': async () => {
    const answer = await get('filters:rgb(0,100,0)/moving.gif')
    expect(answer.pages).toBe(2)
    expect((await seen(answer.body)).at(2, 2)).toEqual([255, 255, 0, 255])
    expect((await get('filters:format(png)/moving.gif')).type).toBe('image/png')
  },
  'gif delays': async () => expect((await get('12x8/moving.gif')).delay).toEqual([70, 230]),
  'tiny sharpen': async () => expect(await size('filters:sharpen(2,1,true)/tiny.png')).toEqual([4, 3]),
  'empty curve': async () => {
    const answer = await get('filters:curve([],[],[],[])/photo.png')
    expect((await seen(answer.body)).at(2, 2)).toEqual([255, 0, 0, 255])
  },
  noise: async () => {
    const [one, two] = [await get('20x15/filters:noise(40)/photo.png'), await get('20x15/filters:noise(40):strip_exif()/photo.png')]
    expect((await sharp(one.body).raw().toBuffer()).equals(await sharp(two.body).raw().toBuffer())).toBe(true)
  },
  frame: async () => {
    const { at } = await seen((await get('filters:frame(frame.9.png)/photo.png')).body)
    expect(at(0, 0)).toEqual([0, 0, 255, 255])
  },
  'bad values': async () => {
    for (const filter of ['fill(nocolour)', 'background_color(none)', 'convolution(1;2;3;4,2)', 'colorize(1,2,3,zz)']) {
      const { status, text } = await get(`filters:${filter}/photo.png`)
      expect([status, JSON.parse(text).code, JSON.parse(text).parameter]).toEqual([400, 'parameter-invalid', filter.split('(')[0]])
    }
  },
  'no side of 0': async () => expect(await size('fit-in/100x100/line.png')).toEqual([100, 1]),
  'large results': async () => {
    const { status, text } = await get('99999x1/photo.png')
    expect([status, JSON.parse(text).code]).toEqual([400, 'output-too-large'])
  },
  svg: async () => expect(await size('fit-in/30x30/drawn.svg')).toEqual([30, 15]),
  profiles: async () => {
    const { body, icc } = await get('20x15/p3.jpg')
    expect(icc).toBeUndefined()
    const [r = 0, g = 0] = (await seen(body)).at(5, 5)
    expect([Math.abs(r - 200) < 12, Math.abs(g - 40) < 12]).toEqual([true, true])
  },
  cmyk: async () => {
    const [r = 0, g = 0] = (await seen((await get('20x15/cmyk.jpg')).body)).at(5, 5)
    expect([Math.abs(r - 200) < 25, Math.abs(g - 40) < 25]).toEqual([true, true])
  },
  'max_age 0': async () => expect((await get('filters:max_age(0)/photo.png')).headers['cache-control']).toBe('no-cache'),
  max_bytes: async () => {
    const full = (await get('grain.jpg')).body.length
    const budget = Math.round(full * 0.9)
    const { body } = await get(`filters:max_bytes(${budget})/grain.jpg`)
    expect([body.length <= budget, body.length > budget * 0.75]).toEqual([true, true])
  },
  heic: async () => {
    const { type, headers } = await get('filters:format(heic)/photo.png')
    expect([type, decodeURIComponent(headers['x-tintype-dropped'] ?? '')]).toEqual(['image/png', 'format(heic)'])
  },
  unsafe: async () => expect((await get('photo.png', locked)).status).toBe(400),
  errors: async () => {
    const { status, type } = await get('missing.png')
    expect([status, type]).toEqual([404, 'application/problem+json'])
    const { port } = failing.address() as AddressInfo
    expect((await get(`http%3A//127.0.0.1%3A${port}/a.png`)).status).toBe(502)
  },
  halved: async () => {
    // Stripes of 7 px, a fifth as large: nothing of them is left but gray, unless a halving let them through.
    const { at } = await seen((await get('60x60/stripes.jpg')).body)
    const across = Array.from({ length: 40 }, (_, x) => at(x + 10, 30)[0] ?? 0)
    expect(Math.max(...across) - Math.min(...across)).toBeLessThan(60)
  },
  'key colour': async () => {
    const { at } = await seen((await get('40x20/keyed.png')).body)
    expect([at(5, 10)[3], at(35, 10)]).toEqual([0, [16, 16, 16, 255]])
  },
  enlarged: async () => expect(await size('160x120/photo.png')).toEqual([160, 120]),
}

describe('where Thumbor and its dialect here differ on purpose', () => {
  it('is told line by line', () => expect(lines).toEqual(Object.keys(tests)))
  it.each(Object.entries(tests))('%s', async (_line, holds) => holds())
})
