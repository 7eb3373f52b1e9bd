import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { likeness } from '../../scripts/flat.mjs'
import { cases, render } from './cases.ts'
import { flat, golden } from './compare.ts'

describe('golden images', () => {
  it.each(Object.entries(cases))('%s: %s', async (name, wish) => {
    const accepted = await golden(name)
    // A missing one is drawn by `npm run golden`, looked at and accepted by a person; never by this test.
    if (accepted === undefined) throw new Error(`There is no golden image "${name}": run npm run golden, look, and accept it.`)
    const [before, now] = [await flat(accepted), await flat((await render(wish)).bytes)]
    expect({ width: now.width, height: now.height }).toEqual({ width: before.width, height: before.height })
    const { ssim, difference } = likeness(before, now)
    expect(ssim).toBeGreaterThanOrEqual(0.99)
    expect(difference).toBeLessThanOrEqual(2)
  })

  it('all belong to a case', async () => {
    const kept = await readdir(fileURLToPath(new URL('images', import.meta.url)))
    expect(kept.sort()).toEqual(
      Object.keys(cases)
        .map((name) => `${name}.webp`)
        .sort(),
    )
  })
})
