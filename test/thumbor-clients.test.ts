import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import Thumbor from 'thumbor'
import ThumborLite from 'thumbor-lite'
import { Format, HAlign, ThumborUrlBuilder, VAlign } from 'thumbor-url-builder-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTintype, type Tintype } from '../src/index.ts'
import { quadrants } from './pictures.ts'

/** Packages that applications build Thumbor's URLs with, as they are published: whoever uses one points it here and changes nothing else. */
const key = '4bdc2f0c7f8e0b6b5a1f31c2'
const folders: string[] = []
const servers: Server[] = []
const opened: Tintype[] = []

/** Where a service with these keys listens. */
async function serve(keys: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tintype-clients-'))
  folders.push(root)
  await writeFile(join(root, 'photo.png'), await quadrants(80, 60).png().toBuffer())
  const tintype = await createTintype({
    source: { file: { root } },
    store: { kinds: ['memory'] },
    thumbor: { prefix: '/', ...(keys.length === 0 ? {} : { keys }) },
  })
  opened.push(tintype)
  const server = createServer(tintype.listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

let open = ''
let locked = ''
beforeAll(async () => {
  open = await serve([])
  locked = await serve([key])
})
afterAll(async () => {
  for (const server of servers) server.close()
  for (const tintype of opened) await tintype.close()
  for (const folder of folders) await rm(folder, { recursive: true })
})

/** What the two that are alike understand; the third is typed, and says some of it its own way. */
type Chain = { setImagePath(path: string): Chain; buildUrl(): string } & Record<
  'resize' | 'fitIn' | 'crop' | 'flipHorizontally' | 'halign' | 'valign' | 'smartCrop' | 'filter',
  (...args: unknown[]) => Chain
>
type Wish = readonly [what: string, url: string, size: readonly [number, number], type?: string]
type Build = (securityKey: string | undefined, server: string) => readonly Wish[]

const chained =
  (Client: new (securityKey: string | undefined, server: string) => unknown): Build =>
  (securityKey, server) => {
    const begin = (): Chain => (new Client(securityKey, server) as Chain).setImagePath('photo.png')
    return [
      ['a size', begin().resize(40, 20).buildUrl(), [40, 20]],
      ['one side', begin().resize(40, 0).buildUrl(), [40, 30]],
      ['the original height', begin().resize(40, 'orig').buildUrl(), [40, 60]],
      ['a box to fit in', begin().fitIn(40, 40).buildUrl(), [40, 30]],
      ['a crop, mirrored', begin().crop(0, 0, 40, 40).resize(20, 20).flipHorizontally().buildUrl(), [20, 20]],
      ['sides to keep', begin().resize(20, 20).halign('left').valign('bottom').buildUrl(), [20, 20]],
      ['what matters', begin().resize(30, 10).smartCrop(true).buildUrl(), [30, 10]],
      ['filters', begin().resize(40, 30).filter('grayscale()').filter('format(jpeg)').buildUrl(), [40, 30], 'image/jpeg'],
    ]
  }

const typed: Build = (securityKey, server) => {
  const begin = (): ThumborUrlBuilder => new ThumborUrlBuilder(securityKey as string, server).setImagePath('photo.png')
  return [
    ['a size', begin().resize(40, 20).buildUrl(), [40, 20]],
    ['one side', begin().resize(40, 0).buildUrl(), [40, 30]],
    ['a box to fit in', begin().fitIn(40, 40).buildUrl(), [40, 30]],
    ['a crop, mirrored', begin().crop(0, 0, 40, 40).resize(20, 20).withFlipVertically().buildUrl(), [20, 20]],
    ['sides to keep', begin().resize(20, 20).hAlign(HAlign.LEFT).vAlign(VAlign.BOTTOM).buildUrl(), [20, 20]],
    ['what matters', begin().resize(30, 10).smartCrop(true).buildUrl(), [30, 10]],
    ['filters', begin().resize(40, 30).filter('grayscale()').format(Format.JPEG).buildUrl(), [40, 30], 'image/jpeg'],
  ]
}

const clients = { thumbor: chained(Thumbor), 'thumbor-lite': chained(ThumborLite), 'thumbor-url-builder-ts': typed }

describe.each(Object.entries(clients))('%s', (_name, build) => {
  it.each([
    ['unsigned', undefined, () => open],
    ['signed', key, () => locked],
  ] as const)('gets what it asks for, %s', async (_, securityKey, server) => {
    for (const [what, url, [width, height], type = 'image/png'] of build(securityKey, server())) {
      const answer = await fetch(url)
      expect([what, url, answer.status, answer.headers.get('content-type')]).toEqual([what, url, 200, type])
      expect(await sharp(Buffer.from(await answer.arrayBuffer())).metadata(), what).toMatchObject({ width, height })
    }
  })

  it('is refused where it signs with another key, or not at all', async () => {
    for (const wrong of ['another key than that', undefined]) {
      const [, url = ''] = build(wrong, locked)[0] ?? []
      expect((await fetch(url)).status).toBe(400)
    }
  })
})

it('is no way round for other dialects, where Thumbor alone has keys', async () => {
  for (const path of ['/i/photo.png?w=10', '/?img=photo.png', '/_tintype/photo.png'])
    expect([path, (await fetch(locked + path)).status]).toEqual([path, 403])
})
