import { expect, test } from 'vitest'
import { type Candidate, candidates } from '../recipe/output.ts'
import { printRecipe, recipe } from '../recipe/recipe.ts'
import { takenCandidates } from './candidates.ts'
import { negotiate } from './negotiate.ts'

const all: readonly Candidate[] = ['webp', 'avif', 'jpeg', 'png']

test.each<[string | undefined, readonly Candidate[]]>([
  [undefined, []],
  ['', []],
  ['text/html', []],
  ['image/webp', ['webp']],
  ['IMAGE/WebP ; q=0.5', ['webp']],
  ['image/jpg', ['jpeg']],
  ['image/jpeg', ['jpeg']],
  // A wildcard of pictures is all of them, one of everything only what every client has always shown.
  ['image/*', ['webp', 'avif', 'jpeg', 'png']],
  ['*/*', ['jpeg']],
  ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', ['webp', 'avif', 'jpeg', 'png']],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', ['webp', 'avif', 'jpeg']],
  // A weight of none refuses, and what is exact counts before what is not.
  ['image/webp;q=0', []],
  ['image/webp;q=0.000, image/*', ['avif', 'jpeg', 'png']],
  ['image/*, image/jpeg;q=0, */*', ['webp', 'avif', 'png']],
  ['*/*;q=0, image/png', ['png']],
  ['image/*;q=0, */*', []],
  ['image/webp;q=0.1', ['webp']],
  ['image/webp;q=best', []],
  ['image/webp;q=-1', []],
  ['image/webp;q=0, image/webp', ['webp']],
  // Quotes hold commas together; a range with parameters asks for something else.
  ['text/x;a=",image/webp,", image/png', ['png']],
  ['text/x;a="\\",image/webp,", image/png', ['png']],
  ['image/webp;level=1', []],
  ['image/webp;level=1;q=1, image/avif', ['avif']],
  ['image/webp;q=0.7;ext=1', ['webp']],
  ['image/webpx, ximage/webp, webp', []],
  [`${'x/y,'.repeat(1000)}image/webp`, []],
])('%j takes %j', (accept, taken) => expect(takenCandidates(all, accept)).toEqual(taken))

test('the order is that of the operator, and a JPEG for a PNG asks nobody', () => {
  expect(takenCandidates(['png', 'jpeg-for-png', 'webp'], 'image/webp, image/png;q=0.1')).toEqual(['png', 'jpeg-for-png', 'webp'])
  expect(takenCandidates(candidates, undefined)).toEqual(['jpeg-for-png'])
  expect(takenCandidates(candidates, 'image/jpeg;q=0')).toEqual(['jpeg-for-png'])
})

test('decides the recipe, and is said in Vary', () => {
  const kept = recipe([], { format: 'keep', prefer: ['webp', 'jpeg-for-png', 'png'] })
  const text = (accept?: string) => printRecipe(negotiate(kept, accept === undefined ? {} : { accept }).recipe)
  expect(text()).toBe('|format=keep,prefer=jpeg-for-png')
  expect(text('image/webp,*/*')).toBe('|format=keep,prefer=webp%2Cjpeg-for-png')
  expect(text('image/*')).toBe(printRecipe(kept))
  expect(negotiate(kept, {}).vary).toEqual(['Accept'])
  expect(negotiate(kept, { accept: 'x' })).toBe(negotiate(kept, {}))
})

test.each([[[]], [['jpeg-for-png']]] as [Candidate[]][])('nobody is asked where there is nothing to choose: %j', (prefer) => {
  const kept = recipe([], { format: 'keep', prefer })
  expect(negotiate(kept, { accept: 'image/webp' })).toEqual({ recipe: kept, vary: [] })
  const named = recipe([], { format: 'png', prefer: ['webp'] })
  expect(negotiate(named, { accept: 'image/webp' })).toEqual({ recipe: named, vary: [] })
})
