import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleKeys, keyPath } from './example-keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'tintype-keys-'))
beforeAll(() => {
  mkdirSync(join(folder, 'deep/er'), { recursive: true })
  mkdirSync(join(folder, '.hidden'))
  const [jpeg, png] = [Buffer.from('ffd8ffe0ffd9', 'hex'), '\x89PNG\r\nIEND']
  for (const name of ['z.jpg', 'notes.txt', '.secret.jpg', 'deep/er/c.JPEG', '.hidden/d.jpg']) writeFileSync(join(folder, name), jpeg)
  writeFileSync(join(folder, 'b.png'), png, 'latin1')
  writeFileSync(join(folder, 'a.svg'), '<svg></svg>')
  writeFileSync(join(folder, 'broken.jpg'), jpeg.subarray(0, 4))
  symlinkSync('/etc/hosts', join(folder, 'link.jpg'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('photographs come first, whatever is hidden, broken or no picture not at all', async () => {
  expect(await exampleKeys(folder)).toEqual(['z.jpg', 'deep/er/c.JPEG', 'b.png', 'a.svg'])
  expect(await exampleKeys(folder, 1)).toEqual(['z.jpg'])
})

test('a folder that is not there has none', async () => {
  expect(await exampleKeys(join(folder, 'gone'))).toEqual([])
})

test('the path of a key is encoded part by part', () => {
  expect(keyPath('/i', 'my photos/ä?#%.jpg')).toBe('/i/my%20photos/%C3%A4%3F%23%25.jpg')
  expect(keyPath('/', 'a.jpg')).toBe('/a.jpg')
  expect(keyPath('/i', 'demo:a b.jpg')).toBe('/i/demo:a%20b.jpg')
})
