import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Misuse } from './command.ts'
import { filesOf, formatOf, resultPath, targetOf } from './render-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'tintype-files-'))
beforeAll(() => {
  mkdirSync(join(folder, 'in/deep'), { recursive: true })
  for (const name of ['in/b.jpg', 'in/a.jpg', 'in/deep/c.jpg', 'in/[x].jpg', 'in/d.txt']) writeFileSync(join(folder, name), 'x')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('files to render', () => {
  test.each([
    [['in/a.jpg', 'in/a.jpg'], ['in/a.jpg']],
    [['in/*.jpg'], ['in/[x].jpg', 'in/a.jpg', 'in/b.jpg']],
    [
      ['in/**/c.jpg', 'in/a.jpg'],
      ['in/deep/c.jpg', 'in/a.jpg'],
    ],
    [['in/[x].jpg'], ['in/[x].jpg']],
    [['gone.jpg'], ['gone.jpg']],
  ])('%j are %j', async (words, files) => {
    expect(await filesOf(words, folder)).toEqual(files.map((file) => join(folder, file)))
  })

  test('a pattern that nothing matches is a slip', async () => {
    await expect(filesOf(['in/*.bmp'], folder)).rejects.toBeInstanceOf(Misuse)
  })
})

test('a folder is not taken for its files', async () => {
  await expect(filesOf(['in'], folder)).rejects.toBeInstanceOf(Misuse)
})

describe('where results go', () => {
  test.each([
    ['out.webp', 1, 'file'],
    ['in', 1, 'folder'],
    ['new/', 1, 'folder'],
    ['new', 3, 'folder'],
    ['v1.2/', 1, 'folder'],
    ['in', 3, 'folder'],
  ])('%s for %d: a %s', async (word, count, kind) => {
    expect(await targetOf(word, folder, count)).toMatchObject({ kind })
  })

  test('several pictures do not go into one file', async () => {
    await expect(targetOf('out.webp', folder, 2)).rejects.toBeInstanceOf(Misuse)
  })

  test('an ending that cannot be written names neither a file nor a folder', async () => {
    for (const count of [1, 2]) await expect(targetOf('out.bmp', folder, count)).rejects.toBeInstanceOf(Misuse)
  })

  test('a result in a folder has the ending of its format', () => {
    expect(resultPath({ kind: 'folder', path: '/o' }, '/x/a.b.jpeg', 'webp')).toBe('/o/a.b.webp')
    expect(resultPath({ kind: 'file', path: '/o/y.jpg' }, '/x/a.jpeg', 'webp')).toBe('/o/y.jpg')
    expect(formatOf('a.JPG')).toBe('jpeg')
    expect(formatOf('a.bmp')).toBeUndefined()
  })
})
