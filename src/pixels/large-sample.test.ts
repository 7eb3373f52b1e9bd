import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { drawLargeSample } from './large-sample.ts'

test('24 megapixels with the weight of a photograph, whole, and the same each time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-sample-'))
  try {
    const landscape = fileURLToPath(new URL('../../samples/landscape.jpg', import.meta.url))
    const [first, second] = [join(folder, '24mpx.jpg'), join(folder, 'again.jpg')]
    const { user, system } = process.cpuUsage()
    await drawLargeSample(sharp, landscape, first)
    const spent = process.cpuUsage({ user, system })
    expect((spent.user + spent.system) / 1e6).toBeLessThan(8)
    await drawLargeSample(sharp, landscape, second)
    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 6000, height: 4000, channels: 3 })
    const bytes = await readFile(first)
    expect(bytes.length).toBeGreaterThan(4_000_000)
    expect(bytes.equals(await readFile(second))).toBe(true)
    expect((await readdir(folder)).sort()).toEqual(['24mpx.jpg', 'again.jpg'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
