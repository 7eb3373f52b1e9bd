import { mkdtempSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asRecipe, limits, quadrants } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { versionOf } from '../schema/file-version.ts'
import { copyrightOf } from './copyright.ts'
import { openPool, renderProcessEntry } from './pool.ts'
import { BytesNeeded, type Rendered, type Renderer } from './renderer.ts'

// Levels live in the process that made them: the real program, in two processes.
const { signal } = new AbortController()
let pool: Renderer
let original: Buffer
beforeAll(async () => {
  original = await quadrants(1600, 1200).jpeg().toBuffer()
  pool = await openPool({ entry: renderProcessEntry(), processes: 2, spare: 0, levelBytes: 4e7 })
})
afterAll(() => pool.close())

function render(name: string, wish: string, bytes = original, version = '1'): Promise<Rendered | Failure> {
  return pool.render({ recipe: asRecipe(wish), originals: [bytes], limits, origin: { name, version } }, signal)
}

async function ask(name: string, width: number): Promise<void> {
  const rendered = await render(name, `resize(width=${width})|format=webp`)
  if (rendered instanceof Failure) throw rendered
}

it('a family goes home to its process while that is free', async () => {
  for (const width of [900, 800, 700, 600]) for (const name of ['one', 'two', 'three']) await ask(name, width)
  // Of each family the first leaves nothing, the second a level, and all others begin there: in whichever process, it was the same one.
  expect(pool.figures()).toMatchObject({ levelsMade: 3, levelHits: 6, levelBytes: 3 * 1600 * 1200 * 3 })
})

it('and to another while it is not: nobody waits for a level', async () => {
  await Promise.all([900, 890, 880, 870].map((width) => ask('crowd', width)))
  const { levelHits, levelsMade } = pool.figures()
  // In each process that took part the first leaves nothing.
  expect([2, 3]).toContain(levelHits - 6 + levelsMade - 3)
})

it('what was decoded of an original is forgotten in every process, and that of others is not', async () => {
  for (const name of ['one', 'crowd', 'two']) pool.forget(name)
  const before = pool.figures()
  await Promise.all(['one', 'one', 'three', 'three'].map((name) => ask(name, 560)))
  await Promise.all(['three', 'three'].map((name) => ask(name, 550)))
  expect(pool.figures().levelBytes).toBeLessThan(before.levelBytes)
  expect(pool.figures().levelHits).toBeGreaterThan(before.levelHits)
})

it('an original is not sent where its pixels are, and sent after all where they do not do', async () => {
  const nothing = Buffer.from('no picture') // whoever gets this says so
  const small = 'resize(width=700)|format=png'
  const asked = async (wish: string, version?: string): Promise<string> => {
    const rendered = await render('held', wish, nothing, version)
    return rendered instanceof Failure ? rendered.code : `${rendered.width}x${rendered.height} ${rendered.passedOn}`
  }
  expect(await asked(small)).toBe('original-not-image')
  const cold = await render('held', small)
  await render('held', small)
  expect(await asked(small)).toBe('700x525 false')
  expect(await asked('resize(width=640,height=640,fit=cover,gravity=attention)|format=webp')).toBe('640x640 false')
  const warm = await render('held', small, nothing)
  if (cold instanceof Failure || warm instanceof Failure) throw cold
  expect(warm.facts).toEqual(cold.facts)
  for (const wish of ['resize(width=100)|format=webp', '|format=webp', 'resize(width=700)|format=jpeg,metadata=keep']) {
    expect(await asked(wish)).toBe('original-not-image')
    await render('held', small) // and then it is known again to be there
    expect(await asked(small)).toBe('700x525 false')
  }
  expect(await asked(small, '2')).toBe('original-not-image')
  pool.forget('held')
  expect(await asked(small)).toBe('original-not-image')
})

it('pixels of a file are not used once the file is withdrawn', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tintype-homes-')))
  try {
    const path = join(root, 'a.jpg')
    writeFileSync(path, original)
    const file = versionOf({ path, root }, statSync(path, { bigint: true }))
    const wide = (width: number): ReturnType<typeof pool.render> =>
      pool.render(
        { recipe: asRecipe(`resize(width=${width})|format=webp`), originals: [file], limits, origin: { name: 'file', version: '1' } },
        signal,
      )
    await wide(900)
    await wide(890)
    const { levelHits } = pool.figures()
    expect(await wide(880)).toMatchObject({ width: 880 })
    expect(pool.figures().levelHits).toBe(levelHits + 1)
    renameSync(path, join(root, '.hidden'))
    symlinkSync(join(root, '.hidden'), path)
    expect(await wide(870)).toBeInstanceOf(BytesNeeded)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

it('an original that says whose it is is sent each time, and its copyright stays', async () => {
  const owned = await quadrants(1600, 1200)
    .withExif({ IFD0: { Copyright: 'Ada', Make: 'Camera' } })
    .jpeg()
    .toBuffer()
  const wish = 'resize(width=700)|format=jpeg'
  const made = [await render('owned', wish, owned), await render('owned', wish, owned), await render('owned', wish, owned)]
  const blocks = await Promise.all(
    made.map(async (each) => (each instanceof Failure ? Promise.reject(each) : (await sharp(each.bytes).metadata()).exif)),
  )
  expect(blocks.map(copyrightOf)).toEqual(Array(3).fill({ Copyright: 'Ada' }))
  for (const block of blocks) expect(block?.includes('Camera')).toBe(false)
  expect(await render('owned', wish, Buffer.from('nothing'))).toMatchObject({ code: 'original-not-image' })
})
