import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { packFonts, unpackFonts } from './font-pack.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tintype-font-pack-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('what is unpacked is what was packed, and the same folder packs to the same bytes', async () => {
  const from = folder()
  const files = { 'b.ttf': Buffer.from([10, 0, 255, 10]), 'a.ttf': Buffer.alloc(100_000, 7), 'empty.conf': Buffer.alloc(0) }
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(from, name), bytes)
  const pack = await packFonts(from)
  expect(pack.length).toBeLessThan(1000)
  expect(pack.equals(await packFonts(from))).toBe(true)

  const file = join(folder(), 'fonts.br')
  writeFileSync(file, pack)
  const to = join(folder(), 'not', 'there')
  await unpackFonts(file, to)
  expect(readdirSync(to).sort()).toEqual(Object.keys(files).sort())
  for (const [name, bytes] of Object.entries(files)) expect(readFileSync(join(to, name)).equals(bytes)).toBe(true)
})

test('a pack that is cut short is refused, not half laid out', async () => {
  const from = folder()
  writeFileSync(join(from, 'a.ttf'), Buffer.alloc(1000, 1))
  const file = join(folder(), 'fonts.br')
  writeFileSync(file, (await packFonts(from)).subarray(0, 10))
  const to = join(folder(), 'fonts')
  await expect(unpackFonts(file, to)).rejects.toThrow()
  expect(() => readdirSync(to)).toThrow()
})

test('a name in a pack leads nowhere but into the folder', async () => {
  const { brotliCompressSync } = await import('node:zlib')
  const file = join(folder(), 'fonts.br')
  writeFileSync(file, brotliCompressSync(Buffer.from('[["../../out.ttf",2]]\nhi')))
  const to = folder()
  await unpackFonts(file, to)
  expect(readdirSync(to)).toEqual(['out.ttf'])
})
