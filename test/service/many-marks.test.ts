import { expect, test } from 'vitest'
import { type Dialect, plainDelivery } from '../../src/dialects/dialect.ts'
import { mostOriginals } from '../../src/recipe/originals.ts'
import { readRecipe } from '../../src/recipe/recipe.ts'
import { openStage } from './stage.ts'

/** `/canonical/TEXT`: a dialect that says all that a recipe can. */
const canonical: Dialect = {
  name: 'canonical',
  doc: 'For this test.',
  spec: '',
  parse: (target) => {
    const recipe = readRecipe(target.slice('/canonical/'.length))
    return recipe instanceof Error ? recipe : { key: 'cat.jpg', recipe, delivery: plainDelivery }
  },
  print: () => '',
}

async function stage() {
  const made = await openStage({ parts: { dialects: [canonical] } as object })
  made.source.put('cat.jpg', 'one')
  for (let index = 0; index <= mostOriginals; index++) made.source.put(`${index}.png`, `mark ${index}`)
  return made
}

const marked = (count: number, kind = 'overlay') =>
  `/canonical/${Array.from({ length: count }, (_, index) => `${kind}(key=${index}.png)`).join('/')}|`

test('a picture takes marks and frames up to a number, whose originals are all fetched', async () => {
  const { ask, source, service } = await stage()
  const target = `${marked(2).slice(0, -1)}/frame(key=2.png)|`
  expect((await ask(target)).status).toBe(200)
  expect([...source.asked].map((asked) => (asked as { key: string }).key ?? asked).sort()).toEqual(['0.png', '1.png', '2.png', 'cat.jpg'])
  expect(service.originalsOf(target)).toHaveLength(4)
  expect((await ask(marked(mostOriginals))).status).toBe(200)
})

test.each(['overlay', 'frame'])('more are refused before anything is fetched: %s', async (kind) => {
  const { ask, source } = await stage()
  const { status, text } = await ask(marked(mostOriginals + 1, kind))
  expect([status, JSON.parse(text).code, source.asked.length]).toEqual([400, 'parameter-invalid', 0])
})
