import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { native } from '../../src/dialects/native.ts'
import { Failure } from '../../src/errors.ts'
import { filters } from '../../src/filters/all.ts'
import { openPool, renderProcessEntry } from '../../src/pixels/pool.ts'
import type { Renderer } from '../../src/pixels/renderer.ts'
import type { Recipe } from '../../src/recipe/recipe.ts'
import { limits } from '../pictures.ts'
import { drawnOriginals } from './drawn.ts'
import { type Outcome, problemOf } from './judge.ts'
import { mutantOf, queries } from './mutants.ts'
import { mutate } from './mutate.ts'
import { randomOf } from './random.ts'

/** A short run of what `npm run fuzz` does for hours, always the same. */

const words = { filters, presets: {}, presetsOnly: false, ignored: [], prefix: '/i' }
const { signal } = new AbortController()
const short = 250

let originals: ReadonlyMap<string, Buffer>
let pool: Renderer
beforeAll(async () => {
  originals = await drawnOriginals('samples')
  pool = await openPool({ entry: renderProcessEntry(), processes: 2, spare: 1 })
})
afterAll(() => pool?.close())

function recipeOf(query: string): Recipe {
  const order = native.parse(`/i/a?${query}`, words)
  if (order === undefined || order instanceof Failure) throw order ?? new Error('no native URL')
  return order.recipe
}

async function tried(bytes: Buffer, query: string): Promise<string | undefined> {
  const began = performance.now()
  const outcome: Outcome = await pool.render({ recipe: recipeOf(query), originals: [bytes], limits }, signal)
  return problemOf(outcome, { took: (performance.now() - began) / 1000, deadline: limits.renderSeconds })
}

describe('damaged pictures in the render pool', () => {
  test('give a picture, a 4xx or a 504', async () => {
    const found: string[] = []
    let next = 1
    const lane = async (): Promise<void> => {
      while (next <= short) {
        const { number, name, how, query, bytes } = mutantOf(originals, 4, next++)
        const problem = await tried(bytes, query)
        if (problem !== undefined) found.push(`${number} ${name} (${how.join(', ')}), ${query}: ${problem}`)
      }
    }
    await Promise.all([lane(), lane()])
    expect(found).toEqual([])
  }, 60_000)

  it.each(queries)('whole pictures are drawn: %s', async (query) => {
    expect(await tried(originals.get('gif animation') ?? Buffer.alloc(0), query)).toBeUndefined()
  })
})

describe('a mutant', () => {
  it('follows from its seed and its number', () => {
    const [one, again, other] = [mutantOf(originals, 1, 5), mutantOf(originals, 1, 5), mutantOf(originals, 1, 6)]
    expect(again).toEqual(one)
    expect(other.bytes.equals(one.bytes) && other.query === one.query).toBe(false)
  })

  it('differs from its original, and is not much larger', () => {
    const jpeg = originals.get('jpeg') ?? Buffer.alloc(0)
    const all = Array.from({ length: 300 }, (_, seed) => mutate(jpeg, jpeg, randomOf(seed)))
    expect(all.filter(({ bytes }) => !bytes.equals(jpeg)).length).toBeGreaterThan(250)
    expect(Math.max(...all.map(({ bytes }) => bytes.length))).toBeLessThan(10_000_000)
    expect(new Set(all.flatMap(({ how }) => how)).size).toBeGreaterThan(10)
  })
})

describe('the judge', () => {
  const quick = { took: 1, deadline: 10 }
  test.each([
    ['a failure of the original', new Failure('original-damaged', 'x'), quick, false],
    ['a deadline', new Failure('render-timeout', 'x'), quick, false],
    ['a fault of ours', new Failure('internal', 'x'), quick, true],
    ['work refused', new Failure('overloaded', 'x'), quick, true],
    ['something thrown', new TypeError('x'), quick, true],
    ['a hang', new Failure('render-timeout', 'x'), { took: 26, deadline: 10 }, true],
    ['no picture', { bytes: Buffer.from('x'), format: 'png' }, quick, true],
    ['another format', { bytes: Buffer.from([0xff, 0xd8, 0xff]), format: 'png' }, quick, true],
    ['a picture', { bytes: Buffer.from([0xff, 0xd8, 0xff]), format: 'jpeg' }, quick, false],
  ] as const)('%s', (_, outcome, seconds, wrong) => {
    expect(problemOf(outcome, seconds) !== undefined).toBe(wrong)
  })
})
