import { afterAll, beforeAll, expect, it } from 'vitest'
import { asRecipe, limits, quadrants } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { openPool, renderProcessEntry } from './pool.ts'
import type { Renderer } from './renderer.ts'

// Levels live in the process that made them: the real program, in two processes.
const { signal } = new AbortController()
let pool: Renderer
let original: Buffer
beforeAll(async () => {
  original = await quadrants(1600, 1200).jpeg().toBuffer()
  pool = await openPool({ entry: renderProcessEntry(), processes: 2, spare: 0, levelBytes: 1e7 })
})
afterAll(() => pool.close())

async function ask(name: string, width: number): Promise<void> {
  const job = { recipe: asRecipe(`resize(width=${width})|format=webp`), originals: [original], limits, origin: { name, version: '1' } }
  const rendered = await pool.render(job, signal)
  if (rendered instanceof Failure) throw rendered
}

it('a family goes home to its process while that is free', async () => {
  for (const width of [100, 90, 80, 70]) for (const name of ['one', 'two', 'three']) await ask(name, width)
  // Of each family the first leaves nothing, the second a level, and all others begin there: in whichever process, it was the same one.
  expect(pool.figures()).toMatchObject({ levelsMade: 3, levelHits: 6, levelBytes: 3 * 200 * 150 * 3 })
})

it('and to another while it is not: nobody waits for a level', async () => {
  await Promise.all([100, 99, 98, 97].map((width) => ask('crowd', width)))
  const { levelHits, levelsMade } = pool.figures()
  // In each process that took part the first leaves nothing.
  expect([2, 3]).toContain(levelHits - 6 + levelsMade - 3)
})

it('what was decoded of an original is forgotten in every process, and that of others is not', async () => {
  for (const name of ['one', 'crowd', 'two']) pool.forget(name)
  const before = pool.figures()
  await Promise.all(['one', 'one', 'three', 'three'].map((name) => ask(name, 60)))
  await Promise.all(['three', 'three'].map((name) => ask(name, 50)))
  expect(pool.figures().levelBytes).toBeLessThan(before.levelBytes)
  expect(pool.figures().levelHits).toBeGreaterThan(before.levelHits)
})
