import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { looksWhole } from './looks-whole.ts'

const samples = fileURLToPath(new URL('../../samples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tintype-whole-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['landscape.jpg', 'cmyk.jpg', 'drawing.png', 'animation.gif', 'animation.webp', 'logo.svg'])(
  '%s is whole, and half of it is not',
  async (name) => {
    const bytes = readFileSync(join(samples, name))
    const half = join(folder, name)
    writeFileSync(half, bytes.subarray(0, bytes.length / 2))
    expect([await looksWhole(join(samples, name)), await looksWhole(half)]).toEqual([true, false])
  },
)

test('notes behind a picture leave it whole', async () => {
  const path = join(folder, 'phone.jpg')
  writeFileSync(path, Buffer.concat([readFileSync(join(samples, 'portrait.jpg')), Buffer.alloc(5000)]))
  expect(await looksWhole(path)).toBe(true)
})

test('what is empty, text, or not there is no picture', async () => {
  for (const [name, content] of Object.entries({ 'empty.jpg': '', 'text.jpg': 'hello' })) {
    writeFileSync(join(folder, name), content)
    expect(await looksWhole(join(folder, name))).toBe(false)
  }
  expect(await looksWhole(join(folder, 'gone.jpg'))).toBe(false)
})
