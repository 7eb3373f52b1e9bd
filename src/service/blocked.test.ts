import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../test/service/stage.ts'
import { type Blocked, mostLines, openBlocked } from './blocked.ts'

let folder = ''
let file = ''
const notes: string[] = []
const opened: Blocked[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-blocked-'))
  file = join(folder, 'list.txt')
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
  notes.length = 0
  await rm(folder, { recursive: true })
})

async function open(settings: Partial<Parameters<typeof openBlocked>[0]> = { file, put: true }): Promise<Blocked> {
  const blocked = await openBlocked({ keys: [], put: false, ...settings }, (message) => notes.push(message))
  if (blocked === undefined) throw new Error('Expected a list.')
  opened.push(blocked)
  return blocked
}

describe('the list of what is blocked', () => {
  it('is none where nothing names one', async () => {
    expect(await openBlocked({ keys: [], put: false }, () => {})).toBeUndefined()
  })

  it.each([
    ['cats', ['photos/cats/1.jpg'], true],
    ['cats', ['photos/Cats/1.jpg'], false],
    ['a b.jpg', ['http://h/a%20b.jpg', 'http://h/a b.jpg'], true],
    ['http%3A//h/a.jpg', ['http://h/a.jpg'], true],
    ['a%0Ab', ['a', 'b'], false],
    ['%0A', ['a', 'b'], false],
    ['%zz', ['x%zzy'], true],
    ['b.jpg', ['a.jpg', 'c/b.jpg'], true],
  ])('with the line %j: %j is refused: %s', async (line, names, refused) => {
    expect((await open({ keys: [line] })).refuses(names)).toBe(refused)
    await writeFile(file, `\ufefffirst\r\n\r\n  ${line}  \n`)
    expect((await open({ file })).refuses(names)).toBe(refused)
  })

  it('is empty while its file is not there', async () => {
    const blocked = await open()
    expect([blocked.text, blocked.refuses([''])]).toEqual(['', false])
  })

  it('takes lines, each once, behind what an editor left, and keeps what others wrote', async () => {
    await writeFile(file, 'one\ntwo')
    const blocked = await open()
    await appendFile(file, '-and-more')
    expect(await blocked.add('three')).toBeUndefined()
    expect(await blocked.add('three')).toBeUndefined()
    expect(await readFile(file, 'utf8')).toBe('one\ntwo-and-more\nthree\n')
    expect(blocked.text).toBe('one\ntwo-and-more\nthree\n')
    expect(blocked.refuses(['a/three'])).toBe(true)
  })

  it('takes many lines at once', async () => {
    const blocked = await open()
    await Promise.all(Array.from({ length: 50 }, (_, index) => blocked.add(`line-${index}`)))
    expect((await readFile(file, 'utf8')).trim().split('\n').sort()).toEqual(
      Array.from({ length: 50 }, (_, index) => `line-${index}`).sort(),
    )
  })

  it.each(['', ' ', ' a', 'a\nb', 'a\0', 'x'.repeat(2001)])('takes no line %j', async (line) => {
    const blocked = await open()
    expect(await blocked.add(line)).toMatchObject({ code: 'request-malformed' })
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  })

  it('takes no line beyond its bounds', async () => {
    await writeFile(file, Array.from({ length: mostLines }, (_, index) => `${index}\n`).join(''))
    expect(await (await open()).add('one more')).toMatchObject({ code: 'block-full' })
  })

  it.each([
    ['too many lines', 'x\n'.repeat(mostLines + 1)],
    ['too many bytes', 'x'.repeat(500_001)],
    ['a line that is too long', 'x'.repeat(2001)],
  ])('stops the start with %s', async (_, text) => {
    await writeFile(file, text)
    await expect(open()).rejects.toMatchObject({ code: 'setting-invalid', detail: { parameter: 'block.file' } })
  })

  it('is read again when the file changes, in place or by a rename, and stays as it was when that cannot be read', {
    timeout: 20_000,
  }, async () => {
    await writeFile(file, 'one\n')
    const blocked = await open()
    const soon = (name: string, refused: boolean) => until(() => blocked.refuses([name]) === refused)
    expect(blocked.refuses(['two'])).toBe(false)
    await appendFile(file, 'two\n')
    await soon('two', true)
    await writeFile(join(folder, 'new'), 'three\n')
    await rename(join(folder, 'new'), file)
    await soon('three', true)
    expect(blocked.refuses(['one'])).toBe(false)
    await writeFile(file, 'x\n'.repeat(mostLines + 1))
    await until(() => notes.length > 0)
    expect(blocked.refuses(['three'])).toBe(true)
    await rm(file)
    await soon('three', false)
  })
})
