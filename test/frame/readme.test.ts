import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTintype, type Tintype } from '../../src/index.ts'

const root = new URL('../../', import.meta.url)
const rows = [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/!\[\]\((docs\/gallery\/[\w-]+\.webp)\) \| `(\/i\/[^`]+)`/g)]
let service: Tintype

beforeAll(async () => {
  service = await createTintype({ source: { file: { root: fileURLToPath(new URL('samples', root)) } }, store: { kinds: ['memory'] } })
})
afterAll(() => service.close())

test('the README has a gallery', () => expect(rows.length).toBeGreaterThan(8))

test.each(rows.map(([, file = '', url = '']) => [url, file]))('%s gives the picture beside it', async (url, file) => {
  const response = await service.fetch(new Request(`http://localhost${url}`, { headers: { accept: 'image/webp' } }))
  expect(response.status).toBe(200)
  const now = Buffer.from(await response.arrayBuffer())
  const shown = readFileSync(new URL(file, root))
  const [a, b] = await Promise.all([now, shown].map((bytes) => sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })))
  expect([a?.info.width, a?.info.height]).toEqual([b?.info.width, b?.info.height])
  const differences = Array.from(a?.data ?? [], (value, index) => Math.abs(value - (b?.data[index] ?? 0)))
  expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(2)
})
